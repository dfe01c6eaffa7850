internal import Extraction
public import Manifest
public import TOML

/// What is sound and yet unwise in a plugin: rules that will not survive the next deployment of the site, and facts
/// that a reader of its articles misses.
public enum Lint {
  /// Findings without pages; each says where and what to do.
  public static func findings(_ manifest: Manifest, file: String) -> [Problem] {
    var found: [Problem] = []
    func add(_ position: Position, _ message: String) {
      found.append(Problem(file: file, position: position, message: message))
    }
    for (key, expression) in expressions(of: manifest)
    where expression.position.line > 0 && expression.file == manifest.file {
      for remark in remarks(on: expression) { add(expression.position, "\(key): \(remark)") }
    }
    for remark in patternRemarks(manifest.text) { add(remark.position, remark.message) }
    let lines = manifest.text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    func line(of key: String, in table: String) -> Position {
      guard let start = lines.firstIndex(where: { $0.hasPrefix("[\(table)]") }) else {
        return Position(line: 1, column: 1)
      }
      let own = lines[(start + 1)...].prefix { !$0.hasPrefix("[") }
      let index = own.firstIndex { $0.hasPrefix(key + " ") || $0.hasPrefix(key + "=") } ?? start
      return Position(line: index + 1, column: 1)
    }
    if manifest.publisher.copyrightHolder == nil {
      add(
        line(of: "copyright_holder", in: "publisher"),
        "publisher.copyright_holder is missing: say whose articles these are")
    }
    if manifest.publisher.usageTerms == nil {
      add(line(of: "usage_terms", in: "publisher"), "publisher.usage_terms is missing: one line on what a user may do")
    }
    if !Countries.isCode(manifest.publisher.country) {
      let meant = Countries.meant(by: manifest.publisher.country).map { ": did you mean \"\($0)\"?" } ?? ""
      add(
        line(of: "country", in: "publisher"),
        "publisher.country \"\(manifest.publisher.country)\" is no country of ISO 3166-1\(meant)")
    }
    if !isLanguageTag(manifest.publisher.language) {
      add(
        line(of: "language", in: "publisher"),
        "publisher.language \"\(manifest.publisher.language)\" is no BCP 47 tag, such as en or pt-BR")
    }
    if ["UTC", "Etc/UTC", "GMT", "Etc/GMT"].contains(manifest.publisher.zone),
      !utcCountries.contains(manifest.publisher.country)
    {
      let such = RuleProbe.zone(ofCountry: manifest.publisher.country).map { ", such as \"\($0)\"" } ?? ""
      add(
        line(of: "zone", in: "publisher"),
        "publisher.zone is \(manifest.publisher.zone), which is no place in \(manifest.publisher.country): name the zone of its newsroom\(such)"
      )
    }
    for (name, _) in manifest.fetch.headers {
      let remedy: String
      switch name.lowercased() {
      case "authorization": remedy = "a secret does not belong into a plugin: name a credential under [login]"
      case "cookie": remedy = "put what everybody may know into fetch.cookies, and a session under [login]"
      default: continue
      }
      add(line(of: "headers", in: "fetch"), "fetch.headers.\(name): \(remedy)")
    }
    if manifest.sources.isEmpty {
      add(line(of: "url", in: "publisher"), "there are no [[sources]]: nothing of this publisher is found by itself")
    }
    let images = manifest.article.images
    if !images.select.isEmpty, images.credit.isEmpty {
      add(
        images.select[0].position,
        "article.images.select without article.images.credit: pictures would be published without their photographers")
    }
    return found.sorted { $0.position < $1.position }
  }

  /// Whether a text has the form of a language tag (RFC 5646, section 2.1), as far as publishers need it.
  public static func isLanguageTag(_ text: String) -> Bool {
    text.wholeMatch(of: /[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*/) != nil
  }

  private static let utcCountries: Set<String> = ["gb", "ie", "pt", "is", "gh", "sn", "ci", "ml", "sl", "gm"]

  /// Every expression of a plugin with the key it stands under.
  public static func expressions(of manifest: Manifest) -> [(key: String, expression: Expression)] {
    var all: [(String, Expression)] = []
    for source in manifest.sources { if let select = source.select { all.append(("sources.select", select)) } }
    var seen: Set<String> = []
    for rules in [manifest.article] + manifest.layouts.map(\.rules) {
      for (key, expression) in expressions(of: rules)
      where seen.insert("\(expression.position)\(expression.file)\(key)").inserted { all.append((key, expression)) }
    }
    return all.map { (key: $0.0, expression: $0.1) }
  }

  public static func expressions(of rules: ArticleRules) -> [(key: String, expression: Expression)] {
    var all: [(key: String, expression: Expression)] = []
    for expression in rules.remove { all.append(("article.remove", expression)) }
    for expression in rules.bodyRemove { all.append(("article.body_remove", expression)) }
    for expression in rules.subheads { all.append(("article.subheads", expression)) }
    for field in ArticleRules.Field.allCases {
      for candidate in rules.fields[field] ?? [] { all.append(("article.\(field.rawValue)", candidate.expression)) }
    }
    for expression in rules.images.select { all.append(("article.images.select", expression)) }
    for expression in rules.images.lead { all.append(("article.images.lead", expression)) }
    for expression in rules.images.from { all.append(("article.images.from", expression)) }
    for expression in rules.images.to { all.append(("article.images.to", expression)) }
    for (name, candidates) in [
      ("caption", rules.images.caption), ("credit", rules.images.credit), ("alt", rules.images.alt),
    ] {
      for candidate in candidates { all.append(("article.images.\(name)", candidate.expression)) }
    }
    return all
  }

  /// What makes an expression brittle.
  static func remarks(on expression: Expression) -> [String] {
    guard expression.language == .css || expression.language == .xpath else { return [] }
    var remarks: [String] = []
    if let place = position(in: expression) {
      remarks.append(
        "\"\(place)\" counts elements, and the next box on the page moves the count: select by a class, a role or what the element holds"
      )
    }
    for name in names(in: expression.text) where isGenerated(name) {
      remarks.append(
        "\"\(name)\" looks generated and changes with the next deployment: use another attribute, or its stable part with [class*='…']"
      )
    }
    return remarks
  }

  /// A step chosen by number, as written; 1 and the last are places that mean something ("the first paragraph").
  private static func position(in expression: Expression) -> String? {
    let text = expression.text
    if expression.language == .css {
      for match in text.matches(of: /:nth-(last-)?(child|of-type)\(\s*(\d+)\s*\)/) {
        if let number = Int(match.output.3), number > 1 { return String(match.output.0) }
      }
      return nil
    }
    for match in text.matches(of: /[A-Za-z\*]+\[(\d+)\]|\[\s*position\(\)\s*=\s*(\d+)\s*\]/) {
      if let number = (match.output.1 ?? match.output.2).flatMap({ Int($0) }), number > 1 {
        return String(match.output.0)
      }
    }
    return nil
  }

  /// Words of an expression that may be classes or ids.
  private static func names(in text: String) -> [String] {
    text.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }.map(String.init)
  }

  /// Whether a class name was made by a build tool: `css-1x2y3z`, `sc-bdVaJa`, `Article_body__3kF9x`, `jsx-2871293847`.
  public static func isGenerated(_ name: String) -> Bool {
    guard name.utf8.count >= 5, name.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
    if name.wholeMatch(of: /(css|sc|jsx|emotion|styles?|svelte|tw)-[A-Za-z0-9]{5,}/) != nil {
      let tail = name.split(separator: "-").last.map(String.init) ?? ""
      return isMixed(tail) || tail.allSatisfy(\.isNumber) || humps(tail) >= 2
    }
    // CSS modules: file_name__ and five letters of a digest.
    if let match = name.wholeMatch(of: /[A-Za-z][A-Za-z-]*_[A-Za-z][A-Za-z0-9_-]*__([A-Za-z0-9+_-]{5})/) {
      let tail = String(match.output.1)
      return tail.contains { !$0.isLowercase } || !tail.contains { "aeiouy".contains($0) }
    }
    if let match = name.wholeMatch(of: /.+(__|--|_)([A-Za-z0-9]{5,})/) { return isMixed(String(match.output.2)) }
    return !name.contains("-") && !name.contains("_") && name.utf8.count >= 6 && isMixed(name) && digits(name) >= 2
  }

  /// Capitals that follow a small letter.
  private static func humps(_ name: String) -> Int {
    zip(name, name.dropFirst()).count { $0.isLowercase && $1.isUppercase }
  }

  private static func digits(_ name: String) -> Int { name.filter(\.isNumber).count }

  /// Letters and digits, or cases, mixed as no word is.
  private static func isMixed(_ name: String) -> Bool {
    let characters = Array(name)
    guard characters.contains(where: \.isLetter) else { return false }
    var changes = 0
    for (a, b) in zip(characters, characters.dropFirst()) {
      if a.isNumber != b.isNumber || (a.isUppercase && b.isLowercase ? false : a.isLowercase && b.isUppercase) {
        changes += 1
      }
    }
    let hasDigits = characters.contains(where: \.isNumber)
    // "section2" and "articleBody" are words; "3kF9x" and "bdVaJa" are not.
    if hasDigits { return changes >= 2 || (characters[0].isNumber && changes >= 1) }
    let vowels = characters.count { "aeiouyAEIOUY".contains($0) }
    return changes >= 2 && vowels * 4 < characters.count
  }
}
