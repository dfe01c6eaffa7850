/// What the `meta` elements of a page say, by name, property and itemprop together. Names compare without case.
public struct MetaTags: Sendable {
  private var table: [String: [String]] = [:]
  /// The names in the order of the document, each once, in lower case.
  public private(set) var names: [String] = []

  public init(_ document: Document) {
    for meta in document.root.descendants(named: ["meta"]) {
      guard let content = meta["content"] else { continue }
      let value = Whitespace.folded(content)
      guard !value.isEmpty else { continue }
      for attribute in ["name", "property", "itemprop", "http-equiv"] {
        guard let given = meta[attribute]?.lowercased() else { continue }
        let isOne = !given.isEmpty && given.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        for name in isOne ? [given] : given.split(whereSeparator: \.isWhitespace).map(String.init) {
          if table[name] == nil { names.append(name) }
          if table[name]?.contains(value) != true { table[name, default: []].append(value) }
        }
      }
    }
  }

  /// All values under a name, folded, in document order, none twice.
  public subscript(name: String) -> [String] { table[name.lowercased()] ?? [] }

  /// The first value under the first of the names that has one.
  public func first(_ names: String...) -> String? {
    for name in names { if let value = self[name].first { return value } }
    return nil
  }
}
