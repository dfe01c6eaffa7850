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
    let rules = chain.resolve(RuleLayer(top, log: log), file: log.file)
    top.finish()
    guard let publisher else { return nil }
    return Manifest(
      publisher: publisher, fetch: policy, sources: sources, article: rules.article, layouts: rules.layouts,
      file: log.file, text: text, sets: chain.used)
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
    policy.gap = reader.duration("gap").map { Double($0) }
    policy.headers = reader.stringTable("headers").map { (name: $0.key, value: $0.value) }
    if let flag = reader.boolean("robots") { policy.respectRobots = flag }
    policy.revisit = reader.durations("revisit")
    if let flag = reader.boolean("withdrawals") { policy.publishesWithdrawals = flag }
    reader.finish()
    return policy
  }

  private func source(_ reader: TableReader, publisher: String, counts: inout [Source.Kind: Int]) -> Source? {
    let kinds = Source.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    let name = reader.requiredString("kind", hint: "one of \(kinds)")
    let kind = name.flatMap { Source.Kind(rawValue: $0) }
    if name != nil, kind == nil {
      reader.report(
        "\(reader.path).kind must be one of \(kinds)", at: reader.table["kind"]?.position ?? reader.position)
    }
    let url = self.url(reader, "url", hint: "where the source is found")
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
    reader.finish()
    guard let kind, let url else { return nil }
    counts[kind, default: 0] += 1
    let number = counts[kind, default: 1]
    return Source(
      id: "\(publisher)/\(kind.rawValue)" + (number > 1 ? "-\(number)" : ""), kind: kind, url: url, section: section,
      keep: keep, drop: drop, sitemapKeep: sitemapKeep, sitemapDrop: sitemapDrop, select: select)
  }
}
