import Manifest

/// A plugin of a British paper that is called as its id is, with as many feeds as are asked for.
func exampleManifest(_ id: String, sources: Int = 0) throws -> Manifest {
  let list = (0..<sources).map { "[[sources]]\nkind = \"rss\"\nurl = \"https://\(id).example/\($0)\"\n" }.joined()
  return try Manifest(
    parsing: """
      [publisher]
      id = "\(id)"
      name = "\(id)"
      url = "https://\(id).example/"
      country = "gb"
      language = "en"
      zone = "Europe/London"

      \(list)
      """, file: "plugin.toml", checkingZone: false)
}
