/// One block of an article's body.
public indirect enum Block: Sendable, Equatable {
  case paragraph([Inline])
  /// A subhead; level 2...4.
  case heading(level: Int, [Inline])
  /// One element an item.
  case list(ordered: Bool, [[Block]])
  case quote([Block])
  /// The place of `Article.pictures[index]`.
  case figure(Int)
  case table([TableRow])
  case preformatted(String)
}

/// A row of a table, in the order of its cells.
public struct TableRow: Sendable, Equatable {
  public struct Cell: Sendable, Equatable {
    public var isHeader: Bool
    public var content: [Inline]

    public init(isHeader: Bool, content: [Inline]) {
      self.isHeader = isHeader
      self.content = content
    }
  }

  public var cells: [Cell]

  public init(cells: [Cell]) { self.cells = cells }
}

/// Text inside a block.
public indirect enum Inline: Sendable, Equatable {
  case text(String)
  case strong([Inline])
  case emphasis([Inline])
  /// `href` is absolute.
  case link(href: String, [Inline])
  case lineBreak
}

extension Sequence where Element == Inline {
  /// The characters alone; a line break becomes a line feed.
  public var plainText: String {
    var text = ""
    for inline in self {
      switch inline {
      case .text(let value): text += value
      case .strong(let children), .emphasis(let children), .link(_, let children): text += children.plainText
      case .lineBreak: text += "\n"
      }
    }
    return text
  }
}

extension Block {
  /// The block as lines of plain text: a list gives one an item, a table one a row. Figures give none.
  public var plainText: [String] {
    switch self {
    case .paragraph(let content), .heading(_, let content):
      let text = content.plainText
      return text.isEmpty ? [] : [text]
    case .list(_, let items): return items.flatMap { $0.flatMap(\.plainText) }
    case .quote(let blocks): return blocks.flatMap(\.plainText)
    case .figure: return []
    case .table(let rows):
      return rows.map { $0.cells.map { $0.content.plainText }.filter { !$0.isEmpty }.joined(separator: " | ") }
        .filter { !$0.isEmpty }
    case .preformatted(let text): return text.isEmpty ? [] : [text]
    }
  }
}

extension Article {
  /// The body as text/plain: paragraphs and subheads with a blank line between them. Captions and standfirst are left
  /// out, and so are tables of figures, whose rows say nothing as lines; the HTML has them. Where there is nothing else
  /// they are the text.
  public var bodyText: String {
    let prose = body.filter { !$0.isOfFigures }.flatMap(\.plainText)
    return (prose.isEmpty ? body.flatMap(\.plainText) : prose).joined(separator: "\n\n")
  }
}

extension Block {
  /// Whether this is a table without sentences in its cells.
  fileprivate var isOfFigures: Bool {
    guard case .table(let rows) = self else { return false }
    return !rows.contains { row in row.cells.contains { $0.content.plainText.utf8.count > 200 } }
  }
}
