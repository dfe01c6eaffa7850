/// SQL is written as SQLite reads it, `?` or `?1`, so that one text serves both; PostgreSQL wants `$1`.
enum Placeholders {
  /// The text with each `?` outside of quotes and comments replaced. A text that has `$1` already stays as it is.
  static func numbered(_ sql: String) -> String {
    guard sql.utf8.contains(0x3F) else { return sql }
    var result: [UInt8] = []
    var quote: UInt8?
    var isComment = false
    var count = 0
    var rest = Array(sql.utf8)[...]
    while let byte = rest.popFirst() {
      if isComment {
        isComment = byte != 0x0A
      } else if let open = quote {
        if byte == open { quote = nil }
      } else if byte == 0x27 || byte == 0x22 {
        quote = byte
      } else if byte == 0x2D, rest.first == 0x2D {
        isComment = true
      } else if byte == 0x3F {
        result.append(0x24)
        if !(rest.first.map { (0x30...0x39).contains($0) } ?? false) {
          count += 1
          result += "\(count)".utf8
        }
        continue
      }
      result.append(byte)
    }
    return String(decoding: result, as: UTF8.self)
  }
}
