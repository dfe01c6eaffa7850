import Values

// The body in a worker's record: one object a block, its kind in `type`. Inline content is an array of strings
// (plain text) and objects ({"b": […]}, {"i": […]}, {"a": […], "href": "…"}, {"br": true}).

extension Block {
  var record: JSON {
    switch self {
    case .paragraph(let content): ["type": "p", "content": Inline.record(content)]
    case .heading(let level, let content):
      ["type": "h", "level": JSON(level), "content": Inline.record(content)]
    case .list(let ordered, let items):
      ["type": "list", "ordered": .bool(ordered), "items": .array(items.map { .array($0.map(\.record)) })]
    case .quote(let blocks): ["type": "quote", "blocks": .array(blocks.map(\.record))]
    case .figure(let index): ["type": "figure", "picture": JSON(index)]
    case .table(let rows):
      [
        "type": "table",
        "rows": .array(
          rows.map { row in
            .array(row.cells.map { ["header": .bool($0.isHeader), "content": Inline.record($0.content)] })
          }),
      ]
    case .preformatted(let text): ["type": "pre", "text": .string(text)]
    }
  }

  /// Deeper nesting than any article has is refused, so that a hostile record cannot exhaust the stack.
  init(_ reader: RecordReader, depth: Int) throws(ArticleRecordError) {
    if depth > 32 { throw ArticleRecordError(path: reader.path, reason: "nested deeper than 32 levels") }
    let type = try reader.required("type")
    switch type {
    case "p": self = .paragraph(try Inline.read(reader, depth: depth))
    case "h":
      self = .heading(level: min(max(reader.json["level"]?.integer ?? 2, 2), 4), try Inline.read(reader, depth: depth))
    case "list":
      let items = try reader.each("items") { (item) throws(ArticleRecordError) in
        try RecordReader(["blocks": item.json], path: item.path).each("blocks") { (block) throws(ArticleRecordError) in
          try Block(block, depth: depth + 1)
        }
      }
      self = .list(ordered: reader.json["ordered"]?.bool ?? false, items)
    case "quote":
      self = .quote(
        try reader.each("blocks") { (block) throws(ArticleRecordError) in try Block(block, depth: depth + 1) })
    case "figure":
      guard let index = reader.json["picture"]?.integer, index >= 0 else {
        throw ArticleRecordError(path: reader.path + ".picture", reason: "is not an index")
      }
      self = .figure(index)
    case "table":
      self = .table(
        try reader.each("rows") { (row) throws(ArticleRecordError) in
          TableRow(
            cells: try RecordReader(["cells": row.json], path: row.path).each("cells") {
              (cell) throws(ArticleRecordError) in
              TableRow.Cell(
                isHeader: cell.json["header"]?.bool ?? false, content: try Inline.read(cell, depth: depth))
            })
        })
    case "pre": self = .preformatted(try reader.required("text"))
    default: throw ArticleRecordError(path: reader.path + ".type", reason: "is unknown: \(type.prefix(40))")
    }
  }
}

extension Inline {
  static func record(_ content: [Inline]) -> JSON {
    .array(
      content.map { inline in
        switch inline {
        case .text(let text): .string(text)
        case .strong(let children): ["b": record(children)]
        case .emphasis(let children): ["i": record(children)]
        case .link(let href, let children): ["a": record(children), "href": .string(href)]
        case .lineBreak: ["br": true]
        }
      })
  }

  static func read(
    _ reader: RecordReader, key: String = "content", depth: Int
  ) throws(ArticleRecordError) -> [Inline] {
    if depth > 32 { throw ArticleRecordError(path: reader.path, reason: "nested deeper than 32 levels") }
    if let text = reader.json[key]?.string { return [.text(text)] }
    return try reader.each(key) { (inline) throws(ArticleRecordError) in
      if let text = inline.json.string { return .text(text) }
      guard let object = inline.json.object else {
        throw ArticleRecordError(path: inline.path, reason: "is neither text nor an object")
      }
      if object["b"] != nil { return .strong(try read(inline, key: "b", depth: depth + 1)) }
      if object["i"] != nil { return .emphasis(try read(inline, key: "i", depth: depth + 1)) }
      if object["a"] != nil {
        return .link(href: try inline.required("href"), try read(inline, key: "a", depth: depth + 1))
      }
      if object["br"] != nil { return .lineBreak }
      throw ArticleRecordError(path: inline.path, reason: "has none of b, i, a, br")
    }
  }
}
