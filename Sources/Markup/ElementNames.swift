import CXML2

/// The names of a document's elements and attributes as Swift's strings. The parser keeps each name once, so that its
/// address stands for it; a small table by address saves making the same string for every element.
struct ElementNames {
  struct Entry {
    fileprivate var address: UnsafePointer<xmlChar>?
    var name = ""
    /// Content that is never shown as text.
    var isSilent = false
    /// Shown as a block, or a break.
    var isBlock = false
  }

  private static let size = 256
  private var entries = [Entry](repeating: Entry(), count: size)

  subscript(address: UnsafePointer<xmlChar>) -> Entry {
    mutating get {
      let bits = Int(bitPattern: address)
      let place = (bits ^ bits >> 8) & (Self.size - 1)
      if entries[place].address == address { return entries[place] }
      let name = String(cString: address)
      let entry = Entry(
        address: address, name: name, isSilent: silentElements.contains(name),
        isBlock: name == "br" || blockElements.contains(name))
      entries[place] = entry
      return entry
    }
  }
}
