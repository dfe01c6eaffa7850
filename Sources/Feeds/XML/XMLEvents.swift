internal import Glibc
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
  /// Its children, or where none stands at its beginning its text.
  case childrenOrText
  /// Its text, or as HTML what stands in it when it has elements.
  case markup
}

/// Receives the elements of a feed.
protocol XMLHandler {
  var home: XMLTag.Home { get }
  mutating func start(_ tag: XMLTag, _ attributes: XMLAttributes, _ place: XMLPlace) -> XMLResponse
  /// The text of an element for which `text` or `markup` was asked.
  mutating func finish(_ tag: XMLTag, _ value: XMLText)
  /// The end of an element for which `descend` was asked.
  mutating func end(_ tag: XMLTag)
  /// How many items are complete: what a damaged document is judged by.
  var itemCount: Int { get }
  /// The weight of all complete items together.
  var weight: Int { get }
}

/// The base address and the language that hold at an element, as places in lists: every text has one of these.
struct XMLPlace {
  /// Into `Bases.urls`; 0 is the document's own address.
  var base: Int32 = 0
  /// Into `Bases.languages`; 0 is none.
  var language: Int32 = 0
}

/// The text of an element.
struct XMLText {
  /// Trimmed; with `isMarkup`, HTML rebuilt from the elements.
  var text: Slice
  var isMarkup: Bool
  /// How many elements it had.
  var elements: Int
  var place: XMLPlace
}

/// An attribute as it stands in the document.
struct XMLAttribute {
  var nameStart: Int
  /// After the prefix and its colon.
  var localStart: Int
  var nameEnd: Int
  var valueStart: Int
  var valueEnd: Int
}

/// The attributes of an element while it starts. Names are compared as bytes and without prefix.
struct XMLAttributes {
  let start: UnsafePointer<XMLAttribute>
  let count: Int
  let bytes: UnsafePointer<UInt8>
  let store: TextStore

  /// The value of the attribute of that name, in lower case; trimmed.
  @inline(__always)
  subscript(name: StaticString) -> Slice? {
    for index in 0..<count {
      let attribute = start[index]
      if attribute.nameEnd - attribute.localStart == name.utf8CodeUnitCount, local(index).equals(name) {
        return store.text(attribute.valueStart, attribute.valueEnd)
      }
    }
    return nil
  }

  /// The same of an attribute that has no prefix.
  func unprefixed(_ name: StaticString) -> Slice? {
    for index in 0..<count where prefix(index).isEmpty && local(index).equals(name) {
      return store.text(start[index].valueStart, start[index].valueEnd)
    }
    return nil
  }

  func local(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: bytes + start[index].localStart, count: start[index].nameEnd - start[index].localStart)
  }

  /// Empty without one.
  func prefix(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let length = start[index].localStart - start[index].nameStart
    return UnsafeBufferPointer(start: bytes + start[index].nameStart, count: max(0, length - 1))
  }
}
