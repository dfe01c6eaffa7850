import Testing

@testable import Configuration

@Suite("Places of settings")
struct SettingPlacesTests {
  @Test("every value has the place where it was written last, elements of lists too")
  func places() throws {
    var settings = Settings()
    try settings.apply(
      """
      [fetch]
      timeout = "10s"
      proxies = { bbc = "", "le-monde" = "http://a:1" }
      [publishers]
      only = ["a",
        "b"]
      """, file: "f.toml")
    #expect(settings.places.place("fetch.timeout") == "f.toml:2:11")
    #expect(settings.places.place("fetch.proxies.le-monde") == "f.toml:3:36")
    #expect(settings.places.place("publishers.only") == "f.toml:5:8")
    #expect(settings.places.place("publishers.only", element: "b") == "f.toml:6:3")
    #expect(settings.places.place("publishers.only", element: "c") == "f.toml:5:8")
    #expect(settings.places.place("fetch.contact") == nil)

    try settings.apply("publishers.only = [\"b\"]", file: "g.toml")
    #expect(settings.places.place("publishers.only", element: "b") == "g.toml:1:20")
    #expect(settings.places.place("publishers.only", element: "a") == "g.toml:1:19")
    settings.places.put("publishers.only", at: "--only")
    #expect(settings.places.place("publishers.only", element: "b") == "--only")
  }

  @Test("where a setting was written is no part of what it says")
  func equality() throws {
    var one = Settings()
    var other = Settings()
    try one.apply("[fetch]\nhttp2 = true", file: "a")
    try other.apply("\n\n[fetch]\nhttp2 = true", file: "b")
    #expect(one == other && one == Settings())
  }
}
