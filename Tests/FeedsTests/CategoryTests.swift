import Feeds
import Testing

@Suite struct CategoryTests {
  @Test(
    "words for machines are no tags",
    arguments: [
      ("<category domain='x.example/metadata/dc.identifier'>8c0e5b1e-000</category>", []),
      ("<category domain='x.example/metadata/dc.type'>article</category>", []),
      ("<category domain='x.example/metadata/prism.channel'>fnc</category>", []),
      ("<category>8c0e5b1e-2f0e-5a2c-9f5d-0123456789ab</category>", []),
      ("<category domain='x.example/taxonomy'>us/crime</category><category>B</category>", ["us/crime", "B"]),
      ("<category>one-two-three-and-four-five-six-eight</category>", ["one-two-three-and-four-five-six-eight"]),
      ("<media:category scheme='urn:x' label='Label'>code1</media:category>", ["Label"]),
      ("<media:category label=''>Word</media:category><media:category>Other</media:category>", ["Word", "Other"]),
    ])
  func tags(_ written: String, _ tags: [String]) throws {
    #expect(try read(rss("<item><title>A</title>\(written)</item>")).items[0].tags == tags)
  }
}
