import Dates
import Markup
public import TOML
import Values

extension Manifest {
  /// Reads a plugin's text. `file` names it in messages; `folder` is the name its id must equal; `sets` are the shared
  /// rules it may extend. `checkingZone` is for processes that cannot read the zone files. Throws every problem of the
  /// file, and of the sets it extends, at once.
  public init(
    parsing text: String, file: String, folder: String? = nil, sets: RuleSets = RuleSets(), checkingZone: Bool = true
  ) throws(Problems) {
    let log = TableReader.ProblemLog(file: file)
    let table: TOMLTable
    do {
      table = try TOMLTable(parsing: text)
    } catch {
      log.add(error.reason, at: error.position)
      throw Problems(log.problems)
    }
    var chain = RuleChain(sets: sets)
    let manifest = ManifestReader(log: log, checkingZone: checkingZone).read(
      table, text: text, folder: folder, chain: &chain)
    let problems = log.problems + chain.problems
    guard let manifest, problems.isEmpty else { throw Problems(problems) }
    self = manifest
  }
}

private struct ManifestReader {
  let log: TableReader.ProblemLog
  let checkingZone: Bool

  func read(_ table: TOMLTable, text: String, folder: String?, chain: inout RuleChain) -> Manifest? {
    let top = TableReader(table, position: Position(line: 1, column: 1), log: log)
    let publisher: Publisher?
    if let section = top.child("publisher") {
      publisher = self.publisher(section, folder: folder)
    } else {
      if table["publisher"] == nil { top.report("the table [publisher] is missing", at: top.position) }
      publisher = nil
    }
    let policy = top.child("fetch").map { self.policy($0) } ?? FetchPolicy()
    var counts: [Source.Kind: Int] = [:]
    let sources = top.children("sources").compactMap {
      source($0, publisher: publisher?.id ?? folder ?? "?", counts: &counts)
    }
    let login = top.child("login").flatMap { self.login($0) }
    let rules = chain.resolve(RuleLayer(top, log: log), file: log.file)
    let program = top.child("program").flatMap { Program($0) }
    top.finish()
    if program?.jobs.contains(.discover) != true, top.table["program"] == nil || program != nil,
      let source = sources.first(where: { $0.kind == .program })
    {
      top.report(
        "\(source.url) is of kind \"program\", but no [program] with the job \"discover\" reads it", at: top.position)
    }
    guard let publisher else { return nil }
    return Manifest(
      publisher: publisher, fetch: policy, sources: sources, article: rules.article, layouts: rules.layouts,
      program: program, file: log.file, login: login, text: text, sets: chain.used)
  }

  private func publisher(_ reader: TableReader, folder: String?) -> Publisher? {
    let id = reader.requiredString("id", hint: "the folder's name, such as \"evening-standard\"")
    if let id, let position = reader.table["id"]?.position {
      if !id.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }) {
        reader.report("publisher.id may hold lower-case letters, digits and hyphens only", at: position)
      } else if let folder, folder != id {
        reader.report("publisher.id is \"\(id)\" but the folder is \"\(folder)\"; make them equal", at: position)
      }
    }
    let name = reader.requiredString("name", hint: "the publisher's name as readers know it")
    let url = self.url(reader, "url", hint: "the publisher's home page")
    let country = reader.requiredString("country", hint: "two letters of ISO 3166-1, such as \"gb\"")
    if let country, country.utf8.count != 2 || country != country.lowercased(),
      let position = reader.table["country"]?.position
    {
      reader.report("publisher.country must be two lower-case letters of ISO 3166-1, such as \"gb\"", at: position)
    }
    let language = reader.requiredString("language", hint: "a BCP 47 tag, such as \"en\" or \"pt-BR\"")
    let zone = reader.requiredString("zone", hint: "an IANA zone, such as \"Europe/London\"")
    if checkingZone, let zone, let position = reader.table["zone"]?.position {
      do { _ = try Zone(name: zone) } catch { reader.report("publisher.zone: \(error)", at: position) }
    }
    var hosts = reader.strings("hosts").map { $0.text.lowercased() }
    if hosts.isEmpty, let host = url?.host {
      hosts = [host, host.hasPrefix("www.") ? String(host.dropFirst(4)) : "www." + host]
    }
    let holder = reader.string("copyright_holder")
    let terms = reader.string("usage_terms")
    reader.finish()
    guard let id, let name, let url, let country, let language, let zone else { return nil }
    return Publisher(
      id: id, name: name, url: url, country: country, language: language, zone: zone, hosts: hosts,
      copyrightHolder: holder, usageTerms: terms)
  }

  private func url(_ reader: TableReader, _ key: String, hint: String) -> WebURL? {
    guard let text = reader.requiredString(key, hint: hint) else { return nil }
    guard let url = WebURL(text) else {
      reader.report(
        "\(reader.path).\(key) is not an http or https address", at: reader.table[key]?.position ?? reader.position)
      return nil
    }
    if url.userinfo != nil {
      reader.report(
        "\(reader.path).\(key) holds a user name or password; addresses end up in logs and must not",
        at: reader.table[key]?.position ?? reader.position)
      return nil
    }
    return url
  }

  private func policy(_ reader: TableReader) -> FetchPolicy {
    var policy = FetchPolicy()
    if let seconds = reader.duration("min_interval") { policy.minInterval = max(seconds, 1) }
    if let seconds = reader.duration("max_interval") { policy.maxInterval = seconds }
    if policy.maxInterval < policy.minInterval {
      reader.report(
        "fetch.max_interval is shorter than fetch.min_interval",
        at: reader.table["max_interval"]?.position ?? reader.table["min_interval"]?.position ?? reader.position)
    }
    policy.concurrency = reader.integer("concurrency", in: 1...64)
    policy.gap = reader.duration("gap", in: 0...86_400).map { Double($0) }
    policy.headers = headers(reader)
    if let flag = reader.boolean("robots") { policy.respectRobots = flag }
    policy.revisit = reader.durations("revisit")
    if let flag = reader.boolean("withdrawals") { policy.publishesWithdrawals = flag }
    if let name = reader.string("group") { policy.group = group(name, reader) }
    policy.http2 = reader.boolean("http2")
    policy.cookies = cookies(reader)
    policy.keepsCookies = reader.boolean("keep_cookies") ?? false
    policy.wholeEvery = reader.duration("whole_every")
    if let seconds = policy.wholeEvery, seconds > 0, seconds < 86_400 {
      reader.report(
        "fetch.whole_every is less than a day; publishers bear one unconditional request a day, 0 switches it off",
        at: reader.table["whole_every"]?.position ?? reader.position)
    }
    reader.finish()
    return policy
  }

  private func group(_ name: String, _ reader: TableReader) -> FetchPolicy.Group {
    switch name {
    case "domain": return .domain
    case "host": return .host
    default:
      let isName = name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
      }
      if name.isEmpty || !isName {
        reader.report(
          "fetch.group must be \"domain\", \"host\" or a name of lower-case letters, digits, hyphens and dots",
          at: reader.table["group"]?.position ?? reader.position)
      }
      return .named(name)
    }
  }

  /// Fields that every request carries: such as can be sent.
  private func headers(_ reader: TableReader) -> [(name: String, value: String)] {
    var places: [String: Position] = [:]
    if case .table(let table) = reader.table["headers"]?.kind {
      for entry in table.entries { places[entry.key] = entry.position }
    }
    return reader.stringTable("headers").map { entry in
      let position = places[entry.key] ?? reader.position
      if !HTTPField.isName(entry.key) {
        reader.report("fetch.headers: \(entry.key.debugDescription) is no name of a header field", at: position)
      } else if !HTTPField.maySet(entry.key) {
        reader.report("fetch.headers.\(entry.key) is the fetcher's own and cannot be set; take it out", at: position)
      } else if !HTTPField.isValue(entry.value) {
        reader.report(
          "fetch.headers.\(entry.key) holds a line break or another control character, which no field may", at: position
        )
      }
      return (name: entry.key, value: entry.value)
    }
  }

  /// Characters that a cookie's value may hold (RFC 6265, section 4.1.1).
  private func cookies(_ reader: TableReader) -> [(name: String, value: String)] {
    reader.stringTable("cookies").map { entry in
      let isValue = entry.value.utf8.allSatisfy {
        (0x21...0x7E).contains($0) && ![0x22, 0x2C, 0x3B, 0x5C].contains($0)
      }
      if !isValue || entry.key.isEmpty || entry.key.utf8.contains(where: { $0 <= 0x20 || $0 == 0x3D || $0 == 0x3B }) {
        reader.report(
          "fetch.cookies.\(entry.key) holds a character that cookies do not have; encode it with %",
          at: reader.table["cookies"]?.position ?? reader.position)
      }
      return (name: entry.key, value: entry.value)
    }
  }

  private func login(_ reader: TableReader) -> Login? {
    let kinds = Login.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    func position(_ key: String) -> Position { reader.table[key]?.position ?? reader.position }
    let name = reader.requiredString("kind", hint: "one of \(kinds)")
    let kind = name.flatMap { Login.Kind(rawValue: $0) }
    if name != nil, kind == nil { reader.report("login.kind must be one of \(kinds)", at: position("kind")) }
    let credential = reader.requiredString(
      "credential", hint: "the name of a file in the credentials directory; never the secret itself")
    if let credential, !Self.isCredentialName(credential) {
      reader.report(
        "login.credential is a name of letters, digits, dots, hyphens and underscores, not a secret and not a path",
        at: position("credential"))
    }
    guard let kind, let credential else {
      _ = ["header", "url", "page", "user_field", "password_field", "fields", "cookie"].map { reader.entry($0) }
      return nil
    }
    var login = Login(kind: kind, credential: credential)
    if kind == .header { login.header = reader.requiredString("header", hint: "the name of the header field") }
    if let header = login.header, !HTTPField.maySet(header) {
      reader.report("login.header: a field \(header.debugDescription) cannot be set", at: position("header"))
    }
    if kind == .form {
      login.url = url(reader, "url", hint: "where the login form is sent")
      if let url = login.url, url.scheme != "https" {
        reader.report("login.url must be https: a password goes there", at: position("url"))
      }
      if reader.table["page"] != nil {
        login.page = url(reader, "page", hint: "the page that shows the login form")
        if let page = login.page, page.scheme != "https" {
          reader.report(
            "login.page must be https: what it hides in its form goes with a password", at: position("page"))
        }
      }
      login.userField = reader.string("user_field") ?? login.userField
      login.passwordField = reader.string("password_field") ?? login.passwordField
      login.fields = reader.stringTable("fields").map { (name: $0.key, value: $0.value) }
      login.cookie = reader.string("cookie")
    }
    reader.finish()
    return login
  }

  static func isCredentialName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 255 && !name.hasPrefix(".")
      && name.utf8.allSatisfy {
        (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
      }
  }

  /// A source's address, which may hold the date.
  private func address(_ reader: TableReader) -> (url: WebURL, template: AddressTemplate?)? {
    guard case .string(let text) = reader.table["url"]?.kind else {
      return url(reader, "url", hint: "where the source is found").map { ($0, nil) }
    }
    if let unknown = AddressTemplate.unknownPlaceholder(in: text) {
      let known = AddressTemplate.Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
      reader.report(
        "\(reader.path).url holds \(unknown), which is no part of a date: known are \(known); write %7B and %7D for braces",
        at: reader.table["url"]?.position ?? reader.position)
      _ = reader.entry("url")
      return nil
    }
    guard let template = AddressTemplate(text) else {
      return url(reader, "url", hint: "where the source is found").map { ($0, nil) }
    }
    _ = reader.entry("url")
    guard let url = template.url(on: CivilTime(year: 2000, month: 1, day: 1)), url.userinfo == nil,
      !url.host.contains("{"), AddressTemplate(url.host) == nil,
      template.url(on: CivilTime(year: 1999, month: 12, day: 31))?.host == url.host
    else {
      reader.report(
        "\(reader.path).url is not an http or https address with the date in its path or query",
        at: reader.table["url"]?.position ?? reader.position)
      return nil
    }
    return (url, template)
  }

  private func source(_ reader: TableReader, publisher: String, counts: inout [Source.Kind: Int]) -> Source? {
    let kinds = Source.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    let name = reader.requiredString("kind", hint: "one of \(kinds)")
    let kind = name.flatMap { Source.Kind(rawValue: $0) }
    if name != nil, kind == nil {
      reader.report(
        "\(reader.path).kind must be one of \(kinds)", at: reader.table["kind"]?.position ?? reader.position)
    }
    let address = self.address(reader)
    let section = reader.string("section")
    let keep = RulesReader(log: log).pattern(reader, "keep")
    let drop = RulesReader(log: log).pattern(reader, "drop")
    let sitemapKeep = RulesReader(log: log).pattern(reader, "sitemap_keep")
    let sitemapDrop = RulesReader(log: log).pattern(reader, "sitemap_drop")
    let select = reader.entry("select").flatMap { RulesReader(log: log).nodeExpression($0.value, "select") }
    if kind == .html, select == nil, reader.table["select"] == nil {
      reader.report(
        "\(reader.path).select is missing: a html source needs the links that are items", at: reader.position)
    }
    let http2 = reader.boolean("http2")
    let history = reader.integer("history", in: 0...1000) ?? 0
    if history > 0, let kind, [.sitemap, .newsSitemap, .html].contains(kind) {
      reader.report(
        "\(reader.path).history is for feeds; a \(kind.rawValue) has no archive",
        at: reader.table["history"]?.position ?? reader.position)
    }
    let push = reader.boolean("push") ?? true
    reader.finish()
    guard let kind, let address else { return nil }
    counts[kind, default: 0] += 1
    let number = counts[kind, default: 1]
    return Source(
      id: "\(publisher)/\(kind.rawValue)" + (number > 1 ? "-\(number)" : ""), kind: kind, url: address.url,
      template: address.template, section: section, keep: keep, drop: drop, sitemapKeep: sitemapKeep,
      sitemapDrop: sitemapDrop, select: select, http2: http2, history: history, push: push)
  }
}
