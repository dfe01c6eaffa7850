import ArgumentParser
import Authoring
import Manifest
import Service
import Values
import Workers

/// `newswirectl plugin new`: a plugin for a publisher, worked out from its pages.
struct PluginNew: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a plugin for a publisher, from its home page, an article, or saved pages.",
    discussion: """
      Looks at the publisher's home page, its feeds and news sitemaps (robots.txt and the usual places), and a few articles;
      works out rules for what is not found without any; and writes a commented plugin.toml with the articles as samples
      beside it. Requests obey the settings and manners of newswire.toml.

      With --from-page, saved article pages are used and nothing is fetched; --url says where each came from.

      On a terminal it asks about what it is not told; --yes, or a pipe, takes what it found. A folder that is there already
      is left alone.

      EXAMPLES
        newswirectl plugin new https://www.examiner.example/
        newswirectl plugin new --yes --into ./Plugins https://www.examiner.example/news/1
        newswirectl plugin new --yes --from-page page.html --url https://www.examiner.example/news/1
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
      guard let address, WebURL(address) != nil else {
        throw ValidationError("give the publisher's address, or saved pages with --from-page and --url")
      }
      if !url.isEmpty { throw ValidationError("--url goes with --from-page") }
    } else {
      guard url.count == fromPage.count else {
        throw ValidationError("give one --url for each --from-page: \(fromPage.count) pages, \(url.count) addresses")
      }
      if address != nil { throw ValidationError("--from-page fetches nothing, so it takes no address but --url") }
      for text in url where WebURL(text) == nil { throw ValidationError("--url \(text): not an http or https address") }
    }
  }

  func run() async throws {
    let reader = OfflineReader(catalogue: Catalogue())
    var survey = Survey(reader: reader)
    if fromPage.isEmpty {
      guard let start = address.flatMap({ WebURL($0) }) else { preconditionFailure("validate has read the address") }
      let source = try network.open()
      try await survey.look(from: start, source, articles: max(1, articles))
      await source.close()
    } else {
      for (file, text) in zip(fromPage, url) {
        guard let url = WebURL(text) else { preconditionFailure("validate has read the address") }
        try await survey.add(page: FetchedPage(url: url, contentType: nil, body: try Input.bytes(of: file)), from: file)
      }
    }
    Progress.show("")
    guard !survey.pages.isEmpty else {
      try fail("no article could be read: name one, or save pages and use --from-page", .data)
    }
    var draft = survey.draft()
    try settle(&draft)
    let folder = "\(into)/\(draft.id)"
    if Paths.exists(folder) {
      try fail(
        "\(folder) is there already; choose another --id, or go on with: newswirectl plugin test \(folder)", .usage)
    }
    try await write(&draft, survey, folder)
    await reader.stop()
  }

  /// The facts that the operator gives, by options or when asked.
  private func settle(_ draft: inout PluginDraft) throws {
    func set(_ key: String, _ option: String?, _ path: WritableKeyPath<PluginDraft, String>) {
      guard let option else { return }
      draft[keyPath: path] = option
      draft.guessed.remove(key)
    }
    set("name", name, \.name)
    if id == nil, name != nil { draft.id = PluginDraft.id(from: draft.name) }
    set("id", id, \.id)
    set("country", country, \.country)
    set("language", language, \.language)
    set("zone", zone, \.zone)
    if !yes, Terminal.isTerminal(0), Terminal.isTerminal(1) {
      Terminal.write("Enter keeps what stands in brackets.\n")
      func ask(_ key: String, _ label: String, _ path: WritableKeyPath<PluginDraft, String>) {
        let mark = draft.guessed.contains(key) ? styled(" (a guess)", .yellow) : ""
        Terminal.write("\(label)\(mark) [\(draft[keyPath: path])]: ")
        guard let line = readLine(strippingNewline: true) else { return }
        let text = line.split(separator: " ").joined(separator: " ")
        guard !text.isEmpty else { return }
        draft[keyPath: path] = text
        draft.guessed.remove(key)
      }
      ask("name", "Name", \.name)
      if id == nil, name == nil { draft.id = PluginDraft.id(from: draft.name) }
      ask("id", "Id", \.id)
      ask("country", "Country", \.country)
      ask("language", "Language", \.language)
      ask("zone", "Zone", \.zone)
    }
    guard !draft.id.isEmpty, draft.id == PluginDraft.id(from: draft.id) else {
      try fail(
        "the id \"\(draft.id)\" may hold lower-case letters, digits and hyphens only; name one with --id", .usage)
    }
  }

  /// Writes plugin.toml and samples, keeping only rules that lose nothing on any of the pages.
  private func write(_ draft: inout PluginDraft, _ survey: Survey, _ folder: String) async throws {
    try AtomicFile.write(Array(draft.toml.utf8), to: folder + "/plugin.toml")
    let place = try PluginPlace(folder: folder)
    let manifest: Manifest
    do { manifest = try Manifest(file: place.file, folder: draft.id) } catch {
      try fail(
        "the facts are not usable:\n\(error)\ncorrect them in the file, or give --country, --language, --zone", .data)
    }
    var reports = try await read(survey, place, manifest)
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
    // A zone that reads the pages' dates otherwise than they were found is not theirs.
    let isOff = zip(survey.pages, reports).contains { page, report in
      page.article["published"] != nil && report["article"]?["published"] != page.article["published"]
    }
    let isZoneWrong = isOff && zone == nil && draft.zone != "UTC" && draft.rules["published"].isEmpty
    if isZoneWrong {
      draft.zone = "UTC"
      draft.guessed.insert("zone")
    }
    if !dropped.isEmpty || isZoneWrong {
      for key in dropped {
        draft.rules[key] = []
        if key == "body" { draft.rules["body_remove"] = [] }
      }
      try AtomicFile.write(Array(draft.toml.utf8), to: place.file)
      reports = try await read(survey, place, try place.manifest())
    }
    for (number, (page, report)) in zip(survey.pages, reports).enumerated() {
      let name = "\(folder)/samples/\(number + 1)"
      let sample = Sample(url: page.page.url, contentType: page.page.contentType, article: report["article"])
      try AtomicFile.write(page.page.body, to: name + ".html")
      try AtomicFile.write(sample.json.bytes(pretty: true) + [0x0A], to: name + ".json")
    }
    tell(draft, reports, survey.pages[0].page.url, folder)
  }

  private static func isNear(_ field: FieldComparison) -> Bool {
    let same = TextDiff.parts(field.expected, field.found).count { if case .same = $0 { true } else { false } }
    return same * 100 >= max(field.expected.count, field.found.count) * 98
  }

  private func read(_ survey: Survey, _ place: PluginPlace, _ manifest: Manifest) async throws -> [JSON] {
    let reader = OfflineReader(catalogue: place.catalogue)
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
