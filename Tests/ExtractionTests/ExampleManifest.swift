import Manifest

/// A plugin of a German newsroom with these lines below `[article]`.
func exampleManifest(_ article: String) throws -> Manifest {
  try Manifest(
    parsing: """
      [publisher]
      id = "example"
      name = "Example"
      url = "https://www.news.example/"
      country = "de"
      language = "en"
      zone = "Europe/Berlin"
      [[sources]]
      kind = "rss"
      url = "https://www.news.example/rss"
      [article]
      \(article)
      """, file: "plugin.toml")
}
