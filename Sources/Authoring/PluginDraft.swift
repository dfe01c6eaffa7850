/// A new plugin as it is being worked out, and its plugin.toml with a comment for whoever goes on with it.
public struct PluginDraft: Sendable {
  public struct Source: Sendable, Equatable {
    public var kind: String
    public var url: String
    public var section: String?
    /// For `html`: the links that are items.
    public var select: String?

    public init(kind: String, url: String, section: String? = nil, select: String? = nil) {
      self.kind = kind
      self.url = url
      self.section = section
      self.select = select
    }
  }

  public var id: String
  public var name: String
  public var url: String
  public var country: String
  public var language: String
  public var zone: String
  public var hosts: [String] = []
  public var logo: String?
  public var cms: String?
  /// Facts that are guesses: keys of [publisher].
  public var guessed: Set<String> = []
  public var sources: [Source] = []
  public var rules = DraftRules()
  /// What the generic reader found by itself, as comments: field, value.
  public var found: [(field: String, value: String)] = []

  public init(id: String, name: String, url: String, country: String, language: String, zone: String) {
    self.id = id
    self.name = name
    self.url = url
    self.country = country
    self.language = language
    self.zone = zone
  }

  public var toml: String {
    var out = "# \(name): made by 'newswirectl plugin new'. Every key is explained in docs/plugins.md.\n"
    if let cms { out += "# The pages look like \(cms).\n" }
    if let logo { out += "# Logo: \(logo)\n" }
    out += "\n[publisher]\n"
    func line(_ key: String, _ value: String, _ comment: String? = nil) {
      let remark = guessed.contains(key) ? "a guess: the pages do not say; please correct it" : comment
      let text = "\(key) = \(TOMLText.quoted(value))"
      out += remark.map { text + String(repeating: " ", count: max(1, 40 - text.count)) + "# \($0)\n" } ?? text + "\n"
    }
    line("id", id, "the folder's name; part of every article's uri, so choose once")
    line("name", name)
    line("url", url)
    line("country", country)
    line("language", language)
    line("zone", zone, "for dates that name none")
    if !hosts.isEmpty { out += "hosts = [\(hosts.map(TOMLText.quoted).joined(separator: ", "))]\n" }
    line("copyright_holder", name)
    line("usage_terms", "© \(name). Personal use; redistribution needs the publisher's licence.")
    if sources.isEmpty {
      out += """

        # Where articles are announced: none was found. Look for a feed or a news sitemap (robots.txt names them), or name the
        # links of a section page:
        #[[sources]]
        #kind = "html"
        #url = \(TOMLText.quoted(url))
        #select = "css:main h3 a"

        """
    }
    for source in sources {
      out += "\n[[sources]]\nkind = \(TOMLText.quoted(source.kind))\nurl = \(TOMLText.quoted(source.url))\n"
      if let section = source.section { out += "section = \(TOMLText.quoted(section))\n" }
      if let select = source.select { out += "select = \(TOMLText.quoted(select))\n" }
    }
    if !found.isEmpty {
      out += "\n# Found without a rule on the first sample; a rule would only be needed where this is wrong:\n"
      for (field, value) in found {
        let one = value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        out += "#   \(field): \(one.prefix(90))\(one.count > 90 ? "…" : "")\n"
      }
    }
    if rules.fields.isEmpty {
      out += "\n# No rule was needed. 'newswirectl plugin preview' shows what is found where.\n[article]\n"
    } else {
      out += "\n[article]\n"
      for (key, expressions) in rules.fields {
        let quoted = expressions.map(TOMLText.quoted)
        let one = "\(key) = [\(quoted.joined(separator: ", "))]"
        out += one.count <= 110 ? one + "\n" : "\(key) = [\n" + quoted.map { "  \($0),\n" }.joined() + "]\n"
      }
    }
    return out
  }

  /// A name as an id: lower-case letters, digits and hyphens.
  public static func id(from name: String) -> String {
    var out = ""
    for scalar in name.lowercased().decomposed {
      if ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) {
        out.unicodeScalars.append(scalar)
      } else if let plain = letters[scalar] {
        out += plain
      } else if !scalar.properties.isDiacritic, scalar.properties.generalCategory != .nonspacingMark,
        !out.hasSuffix("-"), !out.isEmpty, scalar != "'", scalar != "’"
      {
        out += "-"
      }
    }
    while out.hasSuffix("-") { out.removeLast() }
    return String(out.prefix(60))
  }

  private static let letters: [Unicode.Scalar: String] = [
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe", "ð": "d", "þ": "th",
    "ł": "l",
    "ı": "i", "đ": "d", "é": "e", "è": "e", "ê": "e", "ë": "e", "á": "a", "à": "a", "â": "a", "ã": "a", "í": "i",
    "ì": "i",
    "î": "i", "ï": "i", "ó": "o", "ò": "o", "ô": "o", "õ": "o", "ú": "u", "ù": "u", "û": "u", "ç": "c", "ñ": "n",
    "š": "s",
    "ž": "z", "č": "c", "ř": "r", "ě": "e", "ý": "y", "ş": "s", "ğ": "g", "ń": "n", "ś": "s", "ź": "z", "ż": "z",
    "ą": "a",
    "ę": "e", "ć": "c", "ő": "o", "ű": "u",
  ]
}

extension String {
  fileprivate var decomposed: String.UnicodeScalarView { unicodeScalars }
}

extension DraftRules {
  /// The rules of several pages as one: every candidate that a page offered, those of more pages first. What is removed
  /// is the union, since an expression that finds nothing costs nothing.
  public static func merged(_ pages: [DraftRules]) -> DraftRules {
    var merged = DraftRules()
    var keys: [String] = []
    for page in pages { for field in page.fields where !keys.contains(field.key) { keys.append(field.key) } }
    for key in keys {
      var counts: [(expression: String, count: Int)] = []
      for page in pages {
        for expression in page[key] {
          if let index = counts.firstIndex(where: { $0.expression == expression }) {
            counts[index].count += 1
          } else {
            counts.append((expression, 1))
          }
        }
      }
      merged[key] = counts.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(
        \.element.expression)
    }
    return merged
  }
}
