import Markup
import TOML

/// A FiveFilters site config ("FTR") as a plugin. Every directive is carried over, or listed with the reason why not.
public struct SiteConfig: Sendable {
  public struct Note: Sendable, Equatable {
    public var line: Int
    public var directive: String
    public var reason: String
  }

  /// The host that the file's name states.
  public let host: String
  /// Addresses of sample pages, and texts that they should contain.
  public private(set) var tests: [(url: String, contains: [String])] = []
  /// What could not be carried over.
  public private(set) var lost: [Note] = []
  /// What needs no key here, because newswire does it anyway.
  public private(set) var needless: [Note] = []

  private var fields: [(key: String, values: [String])] = []
  private var headers: [(name: String, value: String)] = []
  private var drop: [String] = []
  private var comments: [String] = []

  /// - Parameter fileName: `example.org.txt`, or `.example.org.txt` for a domain with all below it.
  public init(_ text: String, fileName: String) {
    var host = fileName.hasSuffix(".txt") ? String(fileName.dropLast(4)) : fileName
    while host.hasPrefix(".") { host.removeFirst() }
    self.host = host.lowercased()
    let text = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, raw) in lines.enumerated() {
      let line = raw.trimmingSpace
      if line.isEmpty { continue }
      if line.hasPrefix("#") {
        comments.append(String(line.drop { $0 == "#" || $0 == " " }))
        continue
      }
      read(line, number: index + 1)
    }
  }

  // MARK: Reading

  private mutating func read(_ line: Substring, number: Int) {
    guard let (name, argument, value) = Self.parts(of: line) else {
      self.lose(number, String(line.prefix(40)), "not a directive: a line is \"name: value\"")
      return
    }
    func lose(_ reason: String) { self.lose(number, argument.map { "\(name)(\($0))" } ?? name, reason) }
    guard !value.isEmpty || argument != nil else {
      lose("it has no value")
      return
    }
    switch name {
    case "body", "title", "author", "date": expression(name, value, number)
    case "strip": remove(value, number, name)
    case "strip_id_or_class":
      let text = Self.unquoted(value)
      remove("//*[contains(@id, \(Self.literal(text))) or contains(@class, \(Self.literal(text)))]", number, name)
    case "strip_image_src":
      let text = Self.unquoted(value)
      remove("//img[contains(@src, \(Self.literal(text)))]", number, name)
      drop.append(Self.escapedForRegex(text))
    case "test_url": tests.append((value, []))
    case "test_contains":
      if tests.isEmpty { lose("it follows no test_url") } else { tests[tests.count - 1].contains.append(value) }
    case "http_header": header(argument ?? "", value, number)
    case "not_logged_in_xpath":
      guard let path = self.compiled(value, number, name) else { return }
      append("access", "{ xpath = \"'paid'\", where = \(TOMLText.quoted(path)) }")
    case "prune":
      choice(
        value, number, name, no: "nothing is pruned here",
        yes:
          "of a body found by rule only boxes and lines known by name are taken out: add body_remove where something is left over"
      )
    case "tidy":
      choice(
        value, number, name, no: "pages are read as they are",
        yes: "pages are read by libxml2, which repairs in its own way")
    case "convert_double_br_tags":
      choice(value, number, name, no: "", yes: "text between double breaks is a paragraph here")
    case "insert_detected_image", "autodetect_on_failure", "skip_json_ld", "autodetect_next_page", "strip_comments",
      "https":
      switch name {
      case "insert_detected_image": need(number, name, "a lead picture is never shown twice here")
      case "skip_json_ld": need(number, name, "rules come before JSON-LD here")
      case "autodetect_on_failure" where value == "no":
        lose("a field without a value always falls back to the generic reader")
      case "autodetect_next_page" where value == "yes": lose("articles on several pages are not joined by a rule")
      case "strip_comments", "https":
        need(number, name, "comments of the markup are never copy, and addresses are used as given")
      default: need(number, name, "that is what happens anyway")
      }
    case "strip_attr": need(number, name, "no attribute reaches the article but the addresses of links and pictures")
    case "src_lazy_load_attr": need(number, name, "data-src, data-srcset and their like are read anyway")
    case "footnotes", "parser": need(number, name, "it concerns FiveFilters' own parser")
    case "wrap_in":
      if let argument, ["h2", "h3", "h4"].contains(argument.lowercased()), let path = self.compiled(value, number, name)
      {
        append("subheads", TOMLText.quoted("xpath:" + path))
      } else {
        lose("elements are not wrapped by a rule; subheads can be named with article.subheads")
      }
    case "dissolve": need(number, name, "elements that mean nothing are left out and their text kept")
    case "move_into": lose("elements are not moved by a rule: select the parts in their order with body")
    case "find_string", "replace_string":
      lose("the page's text is not rewritten before it is read: use replace on the field, or remove")
    case "next_page_link", "single_page_link", "single_page_link_in_feed":
      lose("articles on several pages are not joined by a rule: a program can fetch them (docs/plugins.md)")
    case "if_page_contains": lose("it is the condition of a single_page_link, which is not carried over")
    case "native_ad_clue": lose("there is no genre rule: drop such addresses in [[sources]]")
    case "requires_login", "login_uri", "login_username_field", "login_password_field", "login_extra_fields":
      lose("a login is the operator's, not the plugin's: see docs/plugins.md on logins")
    case "skip_id_or_class": lose("there is no exception to strip_id_or_class: narrow that rule by hand")
    default:
      let known = Self.names.min { TableReader.distance($0, name) < TableReader.distance($1, name) } ?? ""
      lose("no such directive" + (TableReader.distance(known, name) <= 3 ? "; did you mean \(known)?" : ""))
    }
  }

  private static let names = [
    "body", "title", "author", "date", "strip", "strip_id_or_class", "strip_image_src", "test_url", "test_contains",
    "prune", "tidy", "find_string", "replace_string", "http_header", "next_page_link", "single_page_link",
  ]

  /// `name: value`, `name(argument): value`. The colon after an argument stands behind its last parenthesis.
  private static func parts(of line: Substring) -> (String, String?, String)? {
    let name = line.prefix { $0.isLetter || $0 == "_" }
    guard !name.isEmpty else { return nil }
    var rest = line[name.endIndex...].trimmingSpace
    var argument: String?
    if rest.first == "(" {
      guard let end = rest.range(of: "):") else { return nil }
      argument = String(rest[rest.index(after: rest.startIndex)..<end.lowerBound])
      rest = rest[rest.index(after: end.lowerBound)...]
    }
    guard rest.first == ":" else { return nil }
    return (name.lowercased(), argument, String(rest.dropFirst().trimmingSpace))
  }

  private mutating func lose(_ line: Int, _ directive: String, _ reason: String) {
    lost.append(Note(line: line, directive: directive, reason: reason))
  }

  private mutating func need(_ line: Int, _ directive: String, _ reason: String) {
    needless.append(Note(line: line, directive: directive, reason: reason))
  }

  private mutating func choice(_ value: String, _ line: Int, _ name: String, no: String, yes: String) {
    let isNo = ["no", "false", "0"].contains(value.lowercased())
    let reason = isNo ? no : yes
    if reason.isEmpty { return }
    // "yes" to what newswire never does is lost; "yes" to what it always does, and every "no", is needless.
    if !isNo, name == "prune" || name == "tidy" { lose(line, name, reason) } else { need(line, name, reason) }
  }

  private mutating func append(_ key: String, _ value: String) {
    if let index = fields.firstIndex(where: { $0.key == key }) {
      if !fields[index].values.contains(value) { fields[index].values.append(value) }
    } else {
      fields.append((key, [value]))
    }
  }

  /// The expression if it compiles here; else it is lost with the reason.
  private mutating func compiled(_ value: String, _ line: Int, _ name: String) -> String? {
    do throws(SelectorError) {
      _ = try XPath(value)
      return value
    } catch {
      lose(line, name, "the expression does not compile: \(error.message)")
      return nil
    }
  }

  private mutating func expression(_ name: String, _ value: String, _ line: Int) {
    guard let path = compiled(value, line, name) else { return }
    let key = ["title": "headline", "author": "authors", "date": "published"][name] ?? name
    append(key, TOMLText.quoted("xpath:" + path))
  }

  private mutating func remove(_ value: String, _ line: Int, _ name: String) {
    guard let path = compiled(value, line, name) else { return }
    append("remove", TOMLText.quoted("xpath:" + path))
  }

  private mutating func header(_ name: String, _ value: String, _ line: Int) {
    switch name.lowercased() {
    case "user-agent": lose(line, "http_header(\(name))", "newswire says who it is")
    case "cookie":
      lose(line, "http_header(\(name))", "cookies of a person are no part of a plugin: see docs/plugins.md on logins")
    case "referer", "accept", "accept-language": headers.append((name, value))
    default: lose(line, "http_header(\(name))", "not a header that a plugin sets")
    }
  }

  private static func unquoted(_ text: String) -> String {
    for quote in ["\"", "'"] where text.count > 1 && text.hasPrefix(quote) && text.hasSuffix(quote) {
      return String(text.dropFirst().dropLast())
    }
    return text
  }

  /// A string of XPath 1.0, which has no escapes.
  static func literal(_ text: String) -> String {
    if !text.contains("'") { return "'\(text)'" }
    if !text.contains("\"") { return "\"\(text)\"" }
    let parts = text.split(separator: "'", omittingEmptySubsequences: false).map { "'\($0)'" }
    return "concat(\(parts.joined(separator: ", \"'\", ")))"
  }

  private static func escapedForRegex(_ text: String) -> String {
    var out = ""
    for character in text {
      if !character.isLetter, !character.isNumber, character != "/", character != "-", character != "_" { out += "\\" }
      out.append(character)
    }
    return out
  }

  // MARK: The plugin

  /// Whether the config holds a rule at all; one of sample pages alone is as good as none.
  public var hasRules: Bool { !fields.isEmpty }

  /// plugin.toml; what was lost stands in it as comments.
  public func toml(_ draft: PluginDraft) -> String {
    var draft = draft
    draft.sources = []
    draft.rules = DraftRules()
    let text = draft.toml
    var head = String(text[..<(text.range(of: "\n# Where articles")?.lowerBound ?? text.endIndex)])
    head = head.replacingFirst("made by 'newswirectl plugin new'", with: "imported from a FiveFilters site config")
    var out = head
    for comment in comments where !comment.isEmpty { out += "# \(comment)\n" }
    for note in lost { out += "# not carried over, line \(note.line), \(note.directive): \(note.reason)\n" }
    for test in tests { out += "# sample page: \(test.url)\n" }
    if !headers.isEmpty {
      let list = headers.map { "\(TOMLText.quoted($0.name)) = \(TOMLText.quoted($0.value))" }
      out += "\n[fetch]\nheaders = { \(list.joined(separator: ", ")) }\n"
    }
    out += "\n# No source: an FTR config says how pages are read, not where they are found.\n[article]\n"
    for (key, values) in fields {
      out +=
        values.count == 1 ? "\(key) = [\(values[0])]\n" : "\(key) = [\n" + values.map { "  \($0),\n" }.joined() + "]\n"
    }
    if !drop.isEmpty { out += "\n[article.images]\ndrop = \(TOMLText.quoted(drop.joined(separator: "|")))\n" }
    return out
  }
}

extension Substring {
  fileprivate var trimmingSpace: Substring {
    var text = self
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return text
  }

  fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}

extension String {
  fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }

  fileprivate func replacingFirst(_ text: String, with other: String) -> String {
    guard let range = firstRange(of: text) else { return self }
    return self[..<range.lowerBound] + other + self[range.upperBound...]
  }
}
