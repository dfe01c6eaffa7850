import Articles
public import Values

/// One self-contained page that shows what a plugin makes of an article page: the article as a reader sees it, every
/// field with the rule that gave it, beside the page's source with the matched parts marked. It needs no script and
/// loads nothing; a content security policy forbids both should the source try.
public struct PreviewPage {
  private let article: Article
  private let record: JSON
  private let rules: JSON?
  private let source: String
  private let plugin: String
  private let url: String
  private let fill: Double?
  private let kind: String

  /// `report` is a worker's answer to an `inspect` job.
  public init(report: JSON, plugin: String, url: WebURL) throws {
    record = report["article"] ?? .null
    article = try Article(record: record)
    rules = report["rules"]
    source = report["source"]?.string ?? ""
    fill = report["fill"]?.number
    kind = article.kind == .article ? "article" : article.kind.rawValue
    self.plugin = plugin
    self.url = url.description
  }

  public var html: String {
    """
    <!DOCTYPE html>
    <html lang="\(escaped(article.language ?? "en"))">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escaped(article.headline)) – preview</title>
    <style>
    \(PreviewStyle.text(fields: fields.map(\.field) + ["removed"]))
    </style>
    </head>
    <body>
    <header class="bar"><strong>\(escaped(plugin))</strong><span>\(escaped(url))</span>\(facts)</header>
    <main>
    <section class="reader" aria-label="The article">
    \(reading)
    </section>
    <section class="fields" aria-label="Fields and rules">
    <h2>Fields</h2>
    <table>
    \(fields.map(row).joined(separator: "\n"))
    </table>
    <p class="legend">Point at a field to find it in the source. <mark class="f-removed">Struck out</mark> is what the plugin removes.</p>
    </section>
    <section class="source" aria-label="The page's source">
    <h2>Source</h2>
    <pre>\(source)</pre>
    </section>
    </main>
    </body>
    </html>

    """
  }

  private var facts: String {
    var facts = [kind]
    if let fill { facts.append("\(Int((fill * 100).rounded())) % of the standard fields") }
    if article.isPartial { facts.append("partial") }
    return facts.map { "<em>\(escaped($0))</em>" }.joined()
  }

  private func escaped(_ text: String) -> String { Escaping.html(text) }

  // MARK: Fields

  private var fields: [(field: String, value: String, rule: String?)] {
    Comparison.fields.compactMap { field in
      let lines = Comparison.lines(of: record, field)
      guard !lines.isEmpty || Self.expected.contains(field) else { return nil }
      var value = lines.joined(separator: field == "pictures" ? "\n" : " · ")
      if field == "body" {
        value = "\(lines.count) blocks, \(article.bodyText.wordCount) words"
      }
      if field == "pictures" {
        value =
          [
            (article.pictures.count, "picture"), (article.pictures.count { $0.caption != nil }, "caption"),
            (article.pictures.count { $0.credit != nil }, "credit"),
          ].map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")
      }
      if lines.isEmpty { value = "" }
      return (field, value, lines.isEmpty ? nil : Comparison.rule(field, rules))
    }
  }

  /// Fields whose absence is worth a line.
  private static let expected: Set<String> = [
    "standfirst", "authors", "published", "section", "pictures", "canonical_url",
  ]

  private func row(_ entry: (field: String, value: String, rule: String?)) -> String {
    let rule = entry.rule.map {
      $0 == "generic" ? "<small>found without a rule</small>" : "<code>\(escaped($0))</code>"
    }
    let name = entry.field == "canonical_url" ? "canonical" : entry.field
    let value =
      entry.value.isEmpty ? "<small class=\"none\">nothing found</small>" : escaped(String(entry.value.prefix(300)))
    return "<tr class=\"k-\(name)\"><th>\(escaped(name))</th><td>\(value)</td><td>\(rule ?? "")</td></tr>"
  }

  // MARK: Reading

  private var reading: String {
    var out = ""
    if let kicker = article.kicker ?? article.section { out += "<p class=\"kicker\">\(escaped(kicker))</p>\n" }
    out += "<h1>\(escaped(article.headline))</h1>\n"
    if let standfirst = article.standfirst { out += "<p class=\"standfirst\">\(escaped(standfirst))</p>\n" }
    let line = [
      article.byline.map { "<span class=\"by\">\(escaped($0))</span>" },
      article.published.map { "<time>\(escaped($0.rfc3339))</time>" },
      article.modified.map { "changed <time>\(escaped($0.rfc3339))</time>" },
    ].compactMap { $0 }
    if !line.isEmpty { out += "<p class=\"byline\">\(line.joined(separator: " · "))</p>\n" }
    let placed = Set(article.body.compactMap { block in if case .figure(let index) = block { index } else { nil } })
    for (index, picture) in article.pictures.enumerated() where !placed.contains(index) { out += figure(picture) }
    for block in article.body { out += self.block(block) }
    if !article.keywords.isEmpty {
      out +=
        "<p class=\"keywords\">\(article.keywords.map { "<span>\(escaped($0))</span>" }.joined(separator: " "))</p>\n"
    }
    return out
  }

  private func block(_ block: Block) -> String {
    switch block {
    case .paragraph(let content): return "<p>\(inline(content))</p>\n"
    case .heading(let level, let content): return "<h\(level)>\(inline(content))</h\(level)>\n"
    case .list(let ordered, let items):
      let tag = ordered ? "ol" : "ul"
      let inner = items.map { "<li>\($0.map { self.block($0) }.joined())</li>" }.joined()
      return "<\(tag)>\(inner)</\(tag)>\n"
    case .quote(let blocks): return "<blockquote>\(blocks.map { self.block($0) }.joined())</blockquote>\n"
    case .figure(let index): return article.pictures.indices.contains(index) ? figure(article.pictures[index]) : ""
    case .table(let rows):
      let inner = rows.map { row in
        "<tr>"
          + row.cells.map { $0.isHeader ? "<th>\(inline($0.content))</th>" : "<td>\(inline($0.content))</td>" }.joined()
          + "</tr>"
      }.joined()
      return "<table class=\"copy\">\(inner)</table>\n"
    case .preformatted(let text): return "<pre class=\"copy\">\(escaped(text))</pre>\n"
    }
  }

  private func inline(_ content: [Inline]) -> String {
    content.map { part in
      switch part {
      case .text(let text): escaped(text)
      case .strong(let children): "<strong>\(inline(children))</strong>"
      case .emphasis(let children): "<em>\(inline(children))</em>"
      case .link(let href, let children): "<a href=\"\(escaped(href))\" rel=\"noreferrer\">\(inline(children))</a>"
      case .lineBreak: "<br>"
      }
    }.joined()
  }

  /// A picture is shown as its frame: the page loads nothing.
  private func figure(_ picture: Picture) -> String {
    let best = picture.best
    let name =
      best.map { $0.href.split(separator: "?")[0].split(separator: "/").last.map(String.init) ?? $0.href } ?? ""
    let sizes = picture.renditions.compactMap(\.width).max().map { "up to \($0) px" }
    let facts = [
      picture.isLead ? "lead picture" : "picture", sizes,
      "\(picture.renditions.count) \(picture.renditions.count == 1 ? "file" : "files")",
    ].compactMap {
      $0
    }
    let captions = [
      picture.caption.map { escaped($0) }, picture.credit.map { "<span class=\"credit\">\(escaped($0))</span>" },
    ].compactMap { $0 }
    let link = best.map { "<a href=\"\(escaped($0.href))\" rel=\"noreferrer\">\(escaped(name))</a>" } ?? ""
    return """
      <figure><div class="frame"><span>\(facts.joined(separator: ", "))</span>\(link)\
      \(picture.alt.map { "<small>alt: \(escaped($0))</small>" } ?? "")</div>\
      \(captions.isEmpty ? "" : "<figcaption>\(captions.joined(separator: " "))</figcaption>")</figure>

      """
  }
}

enum Escaping {
  static func html(_ text: String) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count)
    for character in text.unicodeScalars {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(character)
      }
    }
    return out
  }
}

enum PreviewStyle {
  private static let hues = [
    "headline": 12, "kicker": 330, "standfirst": 35, "byline": 265, "authors": 265, "published": 200, "modified": 200,
    "section": 300, "keywords": 170, "language": 190, "access": 90, "partial": 90, "canonical": 215, "pictures": 145,
    "body": 50,
  ]

  /// The style sheet, with a rule for each field that lets its marks stand out while its row is pointed at.
  static func text(fields: [String]) -> String {
    var out = base
    for field in fields.map({ $0 == "canonical_url" ? "canonical" : $0 }) where field != "removed" {
      let hue = hues[field] ?? 220
      out += """
        mark.f-\(field){background:hsl(\(hue) 85% 88%);box-shadow:inset 0 -2px hsl(\(hue) 60% 55%)}
        tr.k-\(field) th{border-left-color:hsl(\(hue) 60% 55%)}
        body:has(tr.k-\(field):hover) mark.f-\(field){background:hsl(\(hue) 95% 72%);outline:2px solid hsl(\(hue) 70% 40%)}
        @media (prefers-color-scheme:dark){mark.f-\(field){background:hsl(\(hue) 45% 24%)}body:has(tr.k-\(field):hover) mark.f-\(field){background:hsl(\(hue) 60% 38%)}}

        """
    }
    return out
  }

  private static let base = """
    :root{color-scheme:light dark;--ink:#1d1d1f;--paper:#fffefb;--quiet:#6a6a6f;--line:#e3e0d8;--well:#f6f4ee;--link:#1a4f8b}
    @media (prefers-color-scheme:dark){:root{--ink:#e9e7e1;--paper:#1b1b1d;--quiet:#a09e98;--line:#38373a;--well:#232325;--link:#8cb8ea}}
    *{box-sizing:border-box}
    html{font:17px/1.55 Charter,"Bitstream Charter","Source Serif 4",Georgia,"DejaVu Serif",serif;color:var(--ink);background:var(--paper)}
    body{margin:0}
    .bar{position:sticky;top:0;z-index:2;display:flex;gap:1rem;align-items:baseline;padding:.6rem 1.2rem;background:var(--well);border-bottom:1px solid var(--line);font:13px/1.4 system-ui,"DejaVu Sans",sans-serif}
    .bar span{color:var(--quiet);overflow:hidden;text-overflow:ellipsis;white-space:nowrap;flex:1}
    .bar em{font-style:normal;padding:.1rem .5rem;border:1px solid var(--line);border-radius:1rem;white-space:nowrap}
    main{display:grid;grid-template-columns:minmax(22rem,38rem) minmax(24rem,1fr);grid-template-rows:auto 1fr}
    .reader{grid-row:1 / span 2;padding:2rem 2.2rem 4rem;border-right:1px solid var(--line)}
    .reader h1{font-size:2.1rem;line-height:1.15;letter-spacing:-.012em;margin:.2rem 0 .8rem;text-wrap:balance}
    .reader h2,.reader h3,.reader h4{line-height:1.25;margin:1.8rem 0 .5rem}
    .reader h2{font-size:1.35rem}.reader h3{font-size:1.15rem}.reader h4{font-size:1rem}
    .reader p{margin:0 0 1rem;hyphens:auto;overflow-wrap:break-word}
    .kicker{font:600 .74rem/1.4 system-ui,"DejaVu Sans",sans-serif;letter-spacing:.08em;text-transform:uppercase;color:var(--quiet);margin:0}
    .reader .standfirst{font-size:1.16rem;line-height:1.42;color:var(--quiet)}
    .reader .byline{font:.82rem/1.5 system-ui,"DejaVu Sans",sans-serif;color:var(--quiet);border-top:1px solid var(--line);border-bottom:1px solid var(--line);padding:.5rem 0}
    .by{color:var(--ink);font-weight:600}
    .reader a{color:var(--link);text-underline-offset:.15em}
    .reader blockquote{margin:1.4rem 0;padding:0 0 0 1.1rem;border-left:3px solid var(--line);font-style:italic}
    .reader li>p{margin:0 0 .3rem}
    .reader figure{margin:1.6rem 0}
    .frame{display:flex;flex-direction:column;align-items:center;justify-content:center;gap:.2rem;min-height:9rem;padding:1rem;background:repeating-linear-gradient(135deg,var(--well) 0 12px,transparent 12px 24px),var(--well);border:1px solid var(--line);border-radius:3px;font:.8rem/1.4 system-ui,"DejaVu Sans",sans-serif;color:var(--quiet);text-align:center;overflow-wrap:anywhere}
    figcaption{font:.82rem/1.45 system-ui,"DejaVu Sans",sans-serif;color:var(--quiet);margin-top:.4rem}
    .credit{font-size:.92em;opacity:.85}.credit::before{content:"© "}
    .keywords span{display:inline-block;font:.76rem/1.3 system-ui,"DejaVu Sans",sans-serif;border:1px solid var(--line);border-radius:1rem;padding:.12rem .6rem;margin:.12rem 0}
    table.copy{border-collapse:collapse;font-size:.9rem;display:block;overflow-x:auto}table.copy th,table.copy td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left}
    pre.copy{overflow-x:auto;font-size:.85rem}
    .fields{padding:1.2rem 1.4rem;border-bottom:1px solid var(--line);font:13px/1.45 system-ui,"DejaVu Sans",sans-serif}
    .fields h2,.source h2{font:600 .74rem/1 system-ui,"DejaVu Sans",sans-serif;letter-spacing:.08em;text-transform:uppercase;color:var(--quiet);margin:0 0 .7rem}
    .fields table{border-collapse:collapse;width:100%;table-layout:fixed}
    .fields th{width:7.2rem;text-align:left;font-weight:600;border-left:4px solid transparent;padding:.28rem .5rem;vertical-align:top}
    .fields td{padding:.28rem .5rem;vertical-align:top;overflow-wrap:anywhere}
    .fields td:last-child{width:42%}
    .fields tr:hover{background:var(--well)}
    .fields tr+tr th,.fields tr+tr td{border-top:1px solid var(--line)}
    .fields code,.source pre{font:12px/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
    .fields small{color:var(--quiet)}.none{font-style:italic}
    .legend{color:var(--quiet);margin:.8rem 0 0}
    .source{padding:1.2rem 1.4rem;min-width:0}
    .source pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:1;color:var(--ink)}
    .source i{font-style:normal;color:var(--quiet)}.source b{font-weight:400;color:var(--link)}.source u{text-decoration:none;color:var(--quiet)}
    mark{color:inherit;background:var(--well);border-radius:2px}
    mark.f-removed,mark.f-removed *{text-decoration:line-through;opacity:.55}
    @media (max-width:60rem){main{display:block}.reader{border-right:0}}
    @media print{.bar{position:static}main{display:block}}

    """
}
