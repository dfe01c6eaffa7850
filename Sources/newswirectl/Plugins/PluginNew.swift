import ArgumentParser
import Authoring
import Manifest
import Service
import TOML
import Values
import Workers

/// `newswirectl plugin new`: a plugin for a publisher, worked out from its pages.
struct PluginNew: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a plugin for a publisher, from its home page, an article, or saved pages.",
    discussion: """
      Looks at the publisher's home page, its feeds and news sitemaps (robots.txt and the usual places), and a few articles; \
      works out rules for what is not found without any; and writes a commented plugin.toml with the articles as samples \
      beside it. Requests obey the settings and manners of newswire.toml.

      With --from-page, saved article pages are used and nothing is fetched; --url says where each came from.

      On a terminal it asks about what it is not told; --yes, or a pipe, takes what it found. A folder that is there already \
      is left alone.

      EXAMPLES
        newswirectl plugin new https://www.examiner.example/
        newswirectl plugin new --yes --into ./Plugins \\
          https://www.examiner.example/news/1
        newswirectl plugin new --yes --from-page page.html \\
          --url https://www.examiner.example/news/1
      """)

  @Argument(help: "The publisher's home page, or one of its articles.")
  var address: String?

  @Option(help: "A saved article page; may be given several times. Nothing is fetched.")
  var fromPage: [String] = []

  @Option(help: "Where the saved page came from; once for each --from-page.")
  var url: [String] = []

  @Option(help: "The folder in which the plugin's own folder is made.")
  var into = "."

  @Option(help: "The plugin's id instead of one made from the name.")
  var id: String?

  @Option(help: "The publisher's name instead of the one found.")
  var name: String?

  @Option(help: "Its country, two letters.")
  var country: String?

  @Option(help: "Its language, a BCP 47 tag.")
  var language: String?

  @Option(help: "The IANA zone of its newsroom.")
  var zone: String?

  @Option(help: "How many articles are fetched.")
  var articles = 3

  @Flag(name: .shortAndLong, help: "Ask nothing.")
  var yes = false

  @OptionGroup var network: NetworkOptions

  func validate() throws {
    if fromPage.isEmpty {
      guard let address else {
        throw ValidationError("give the publisher's address, or saved pages with --from-page and --url")
      }
      guard Self.url(address) != nil else {
        throw ValidationError("\(address): not the address of a web site, such as https://www.examiner.example/")
      }
      if !url.isEmpty { throw ValidationError("--url goes with --from-page") }
    } else {
      guard url.count == fromPage.count else {
        throw ValidationError(
          "give one --url for each --from-page: there are \(fromPage.count) of the one and \(url.count) of the other")
      }
      if address != nil { throw ValidationError("--from-page fetches nothing, so it takes no address but --url") }
      for text in url where WebURL(text) == nil { throw ValidationError("--url \(text): not an http or https address") }
    }
  }

  /// An address as people write it: `www.examiner.example` will do.
  private static func url(_ text: String) -> WebURL? {
    if let url = WebURL(text) { return url }
    guard !text.contains("://"), text.contains("."), !text.contains(where: \.isWhitespace) else { return nil }
    return WebURL("https://" + text)
  }

  func run() async throws {
    // The search for rules is long work, and nobody else waits for it.
    let reader = OfflineReader(catalogue: Catalogue(), jobLimit: 120)
    var survey = Survey(reader: reader)
    if fromPage.isEmpty {
      guard let start = address.flatMap(Self.url) else { preconditionFailure("validate has read the address") }
      let source = try network.open()
      try await survey.look(from: start, source, articles: max(1, articles))
      await source.close()
    } else {
      for (file, text) in zip(fromPage, url) {
        guard let url = WebURL(text) else { preconditionFailure("validate has read the address") }
        let body: [UInt8]
        do { body = try Input.bytes(of: file) } catch { try fail("\(error)", .inputOutput) }
        try await survey.add(page: FetchedPage(url: url, contentType: nil, body: body), from: file)
      }
    }
    Progress.show("")
    guard !survey.pages.isEmpty else { try fail(survey.emptiness, .data) }
    var draft = survey.draft()
    let given = try settle(&draft)
    let folder = "\(into)/\(draft.id)"
    try await write(&draft, survey, folder, given)
    await reader.stop()
  }

  /// Takes the facts that the operator gives, by options or when asked, and says which.
  private func settle(_ draft: inout PluginDraft) throws -> Set<DraftFact> {
    let options: [(DraftFact, String?)] = [
      (.name, name), (.id, id), (.country, country), (.language, language), (.zone, zone),
    ]
    for (fact, option) in options {
      guard let option else { continue }
      draft[keyPath: fact.path] = option
      draft.guessed.remove(fact.key)
      if fact == .name, id == nil { draft.id = PluginDraft.id(from: draft.name) }
    }
    var given = Set(options.compactMap { $0.1 == nil ? nil : $0.0 })
    for fact in DraftFact.allCases where given.contains(fact) {
      if let problem = fact.problem(draft[keyPath: fact.path], into: into) {
        try fail("--\(fact.key) \(draft[keyPath: fact.path]): \(problem)", .usage)
      }
    }
    if !yes, Terminal.isTerminal(0), Terminal.isTerminal(1) {
      given.formUnion(DraftQuestions(into: into, given: given).ask(&draft))
    }
    for fact in DraftFact.allCases {
      if let problem = fact.problem(draft[keyPath: fact.path], into: into) {
        try fail("\(problem) (--\(fact.key))", .usage)
      }
    }
    return given
  }

  /// Writes plugin.toml and samples, keeping only rules that lose nothing on any of the pages.
  private func write(
    _ draft: inout PluginDraft, _ survey: Survey, _ folder: String, _ given: Set<DraftFact>
  ) async throws {
    // Nothing is on disk before all of it is known: who breaks off leaves no half a plugin.
    var reports = try await read(survey, try manifest(draft, folder))
    // A rule of one page that spoils another goes.
    var dropped: [String] = []
    for (page, report) in zip(survey.pages, reports) {
      let fields = Comparison.fields(expected: page.article, found: report["article"] ?? .null, rules: report["rules"])
      for field in fields where !field.isEqual && !field.expected.isEmpty {
        let key = field.field == "pictures" ? "body" : field.field == "authors" ? "byline" : field.field
        let isRight = field.field == "body" ? page.suggested["body"].isEmpty == false && Self.isNear(field) : false
        if !draft.rules[key].isEmpty, !isRight, !dropped.contains(key) { dropped.append(key) }
      }
    }
    // A zone that moves the pages' dates is not theirs. One that only names the offset of a date without any proves
    // nothing.
    let isOff = zip(survey.pages, reports).contains { page, report in
      guard let found = page.article["published"]?.string else { return false }
      return report["article"]?["published"]?.string?.prefix(Self.clock) != found.prefix(Self.clock)
    }
    let isZoneWrong = isOff && !given.contains(.zone) && draft.zone != "UTC" && draft.rules["published"].isEmpty
    if isZoneWrong {
      draft.zone = "UTC"
      draft.guessed.insert("zone")
    }
    if !dropped.isEmpty || isZoneWrong {
      for key in dropped {
        draft.rules[key] = []
        if key == "body" { draft.rules["body_remove"] = [] }
      }
      reports = try await read(survey, try manifest(draft, folder))
    }
    for (number, (page, report)) in zip(survey.pages, reports).enumerated() {
      let name = "\(folder)/samples/\(number + 1)"
      let sample = Sample(url: page.page.url, contentType: page.page.contentType, article: report["article"])
      try AtomicFile.write(page.page.body, to: name + ".html")
      try AtomicFile.write(sample.json.bytes(pretty: true) + [0x0A], to: name + ".json")
    }
    try AtomicFile.write(Array(draft.toml.utf8), to: folder + "/plugin.toml")
    tell(draft, reports, survey.pages[0].page.url, folder)
  }

  /// Of an RFC 3339 date what stands before the offset.
  private static let clock = "2026-01-01T00:00:00".count

  private static func isNear(_ field: FieldComparison) -> Bool {
    let same = TextDiff.parts(field.expected, field.found).count { if case .same = $0 { true } else { false } }
    return same * 100 >= max(field.expected.count, field.found.count) * 98
  }

  private func manifest(_ draft: PluginDraft, _ folder: String) throws -> Manifest {
    do throws(Problems) {
      return try Manifest(parsing: draft.toml, file: folder + "/plugin.toml", folder: draft.id)
    } catch {
      Terminal.write(error.description + "\n", to: 2)
      try fail("the pages give no usable plugin: correct these with options such as --name and --zone", .data)
    }
  }

  private func read(_ survey: Survey, _ manifest: Manifest) async throws -> [JSON] {
    let reader = OfflineReader(catalogue: Catalogue([manifest]))
    var reports: [JSON] = []
    for page in survey.pages {
      reports.append(
        try await reader.inspect(page.page.body, url: page.page.url, contentType: page.page.contentType, manifest))
    }
    await reader.stop()
    return reports
  }

  private func tell(_ draft: PluginDraft, _ reports: [JSON], _ first: WebURL, _ folder: String) {
    Terminal.write(styled("\(folder)/plugin.toml", .bold) + "\n")
    Terminal.write("  \(draft.name), \(draft.country), \(draft.language), \(draft.zone)\n")
    for source in draft.sources { Terminal.write("  \(source.kind) \(source.url)\n") }
    if draft.sources.isEmpty {
      Terminal.write(styled("  no feed or sitemap found: add [[sources]] by hand", .yellow) + "\n")
    }
    if let report = reports.first {
      for field in Comparison.fields(expected: .null, found: report["article"] ?? .null, rules: report["rules"]) {
        Terminal.write(FieldReport.text(field, isNew: true))
      }
    }
    Terminal.write(
      """
      Next:
        newswirectl plugin preview \(folder)/samples/1.html --url \(first) --plugin \(folder) --output preview.html
        newswirectl plugin test \(folder)
        newswirectl plugin check \(folder)

      """)
  }
}
