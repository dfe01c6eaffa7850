import CXML2

/// The names of a document's attributes, and of elements that have no number, as Swift's strings; a small table by
/// address saves making the same string again.
struct ElementNames {
  private struct Entry {
    var address: UnsafePointer<xmlChar>?
    var name = ""
  }

  private static let size = 256
  private var entries: [Entry] = []

  subscript(address: UnsafePointer<xmlChar>) -> String {
    mutating get {
      if entries.isEmpty { entries = Array(repeating: Entry(), count: Self.size) }
      let bits = Int(bitPattern: address)
      let place = (bits ^ bits >> 8) & (Self.size - 1)
      if entries[place].address != address {
        entries[place] = Entry(address: address, name: String(cString: address))
      }
      return entries[place].name
    }
  }
}
