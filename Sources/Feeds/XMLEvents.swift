internal import CXML2
internal import Markup
internal import Values

/// What a handler wants of an element.
enum XMLResponse {
  /// Its children, one by one.
  case descend
  /// Nothing of it.
  case skip
  /// Its text, with that of the elements inside.
  case text
  /// Its text, or as HTML what stands in it when it has elements.
  case markup
}

/// Receives the elements of a feed.
protocol XMLHandler: AnyObject {
  var home: XMLTag.Home { get }
  func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse
  /// The text of an element for which `text` or `markup` was asked.
  func finish(_ tag: XMLTag, _ value: XMLText)
  /// The end of an element for which `descend` was asked.
  func end(_ tag: XMLTag)
  /// How many items are complete: what a damaged document is judged by.
  var itemCount: Int { get }
}

/// The base address and the language that hold at an element, as places in lists: every text has one of these.
struct XMLPlace {
  /// Into `Bases.urls`; 0 is the document's own address.
  var base = 0
  /// Into `Bases.languages`; 0 is none.
  var language = 0
}

/// The text of an element.
struct XMLText {
  /// Trimmed; with `isMarkup`, HTML rebuilt from the elements.
  var text: String
  var isMarkup: Bool
  /// How many elements it had.
  var elements = 0
  var place: XMLPlace
}

/// The attributes of an element while it starts. Names are compared as bytes; a String is made of a value that is asked
/// for only.
struct XMLAttributes {
  let start: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  let count: Int

  /// The value of the attribute of that local name, trimmed.
  subscript(name: StaticString) -> String? {
    for index in 0..<count where xmlScannerEquals(start![index * 5], name) { return value(index) }
    return nil
  }

  func value(_ index: Int) -> String {
    guard let from = start![index * 5 + 3], let to = start![index * 5 + 4] else { return "" }
    let bytes = UnsafeBufferPointer(start: from, count: to - from)
    let text = UTF8Text.string(bytes)
    // Without entity substitution libxml2 hands "&" in attributes over as a reference.
    let plain = text.holds("&") ? Entities.decoded(text) : text
    return trimmed(plain)
  }

  func prefixIsXML(_ index: Int) -> Bool { xmlScannerEquals(start![index * 5 + 1], "xml") }
  func local(_ index: Int) -> UnsafePointer<xmlChar>? { start![index * 5] }
}

/// Whether a C string and a literal are the same bytes.
func xmlScannerEquals(_ bytes: UnsafePointer<xmlChar>?, _ name: StaticString) -> Bool {
  guard let bytes else { return false }
  let length = name.utf8CodeUnitCount
  for index in 0..<length where bytes[index] != name.utf8Start[index] { return false }
  return bytes[length] == 0
}

/// The text without white space at its ends.
func trimmed(_ text: String) -> String {
  let utf8 = text.utf8
  guard let first = utf8.first, let last = utf8.last, first <= 0x20 || last <= 0x20 else { return text }
  let head = utf8.drop { $0 <= 0x20 }
  var end = head.endIndex
  while end > head.startIndex, head[head.index(before: end)] <= 0x20 { end = head.index(before: end) }
  return String(head[head.startIndex..<end]) ?? text
}
