internal import Glibc
internal import Markup
internal import Values

/// A text of the document: bytes of the document itself, or of the store where it had to be put together.
struct Slice {
  var start: UInt32
  var count: UInt32
  var isStored: Bool

  init(_ start: Int, _ end: Int, isStored: Bool = false) {
    self.start = UInt32(truncatingIfNeeded: start)
    count = UInt32(truncatingIfNeeded: end - start)
    self.isStored = isStored
  }

  static let empty = Slice(0, 0)
  var isEmpty: Bool { count == 0 }
}

/// The document being read and the texts put together from it. Texts stay slices until the model needs a String of
/// them: that is one String a kept field.
///
/// A handle to memory that whoever made it frees with `free()`; documents are smaller than 4 GB.
struct TextStore {
  private struct State {
    var document: UnsafePointer<UInt8>
    var documentCount: Int
    var bytes: UnsafeMutablePointer<UInt8>
    var count = 0
    var capacity: Int
    var didName = false
    var didEscape = false
    var didUnwrap = false
  }

  private let state: UnsafeMutablePointer<State>

  init(document: UnsafeBufferPointer<UInt8>) {
    state = .allocate(capacity: 1)
    let capacity = 1024
    state.initialize(
      to: State(
        document: document.baseAddress ?? UnsafePointer(bitPattern: 1)!, documentCount: document.count,
        bytes: .allocate(capacity: capacity), capacity: capacity))
  }

  func free() {
    state.pointee.bytes.deallocate()
    state.deallocate()
  }

  /// Whether a reference to an entity that XML does not know, or to no character, was replaced.
  var didName: Bool { state.pointee.didName }
  /// Whether a text was wrapped in CDATA twice.
  var didUnwrap: Bool { state.pointee.didUnwrap }
  /// Whether an "&" stood for itself.
  var didEscape: Bool { state.pointee.didEscape }

  /// The bytes of a slice: well-formed UTF-8, valid until something is added.
  @inline(__always)
  func bytes(_ slice: Slice) -> UnsafeBufferPointer<UInt8> {
    let base = slice.isStored ? UnsafePointer(state.pointee.bytes) : state.pointee.document
    let limit = slice.isStored ? state.pointee.count : state.pointee.documentCount
    precondition(Int(slice.start) + Int(slice.count) <= limit, "a slice of another document")
    return UnsafeBufferPointer(start: base + Int(slice.start), count: Int(slice.count))
  }

  func string(_ slice: Slice) -> String { UTF8Text.string(wellFormed: bytes(slice)) }
  func string(_ slice: Slice?) -> String? { slice.map { string($0) } }

  /// Whether the text is this word, in whatever case; the word in lower case.
  func equals(_ slice: Slice?, _ word: StaticString) -> Bool {
    guard let slice else { return false }
    return bytes(slice).equals(word)
  }

  // MARK: Adding

  /// How much is in the store; `truncate(to:)` drops what came after.
  var mark: Int { state.pointee.count }
  func truncate(to mark: Int) { state.pointee.count = mark }

  /// Room for `more` bytes, and where they go; `add` says how many came.
  @inline(__always)
  func room(_ more: Int) -> UnsafeMutablePointer<UInt8> {
    if state.pointee.count + more > state.pointee.capacity { grow(more) }
    return state.pointee.bytes + state.pointee.count
  }

  @inline(__always)
  func add(_ count: Int) { state.pointee.count += count }

  @inline(never)
  private func grow(_ more: Int) {
    let larger = max(state.pointee.capacity * 2, state.pointee.count + more + 64)
    let moved = realloc(state.pointee.bytes, larger)!.assumingMemoryBound(to: UInt8.self)
    state.pointee.bytes = moved
    state.pointee.capacity = larger
  }

  func append(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    guard count > 0 else { return }
    memcpy(room(count), bytes, count)
    add(count)
  }

  func append(_ byte: UInt8) {
    room(1).pointee = byte
    add(1)
  }

  func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }

  /// A slice of a text that is not of the document.
  func slice(_ text: String) -> Slice {
    let start = mark
    var text = text
    text.withUTF8 { bytes in
      if let base = bytes.baseAddress { append(base, bytes.count) }
    }
    return Slice(start, mark, isStored: true)
  }

  // MARK: References

  /// Appends document bytes with their references replaced. What is no reference stays.
  func appendDecoded(_ from: Int, _ end: Int) {
    let document = state.pointee.document
    // A reference is never shorter than its character.
    let out = room(end - from)
    var count = 0
    var index = from
    while index < end {
      let mark = memchr(document + index, 0x26, end - index)
      let next = mark.map { UnsafeRawPointer($0) - UnsafeRawPointer(document) } ?? end
      if next > index {
        memcpy(out + count, document + index, next - index)
        count += next - index
      }
      guard next < end else { break }
      if let reference = CharacterReference.read(document, at: next, end: end) {
        if !reference.isXML { state.pointee.didName = true }
        if reference.scalar.isASCII {
          out[count] = UInt8(reference.scalar.value)
          count += 1
        } else {
          for byte in UTF8.encode(reference.scalar)! {
            out[count] = byte
            count += 1
          }
        }
        index = reference.end
      } else {
        state.pointee.didEscape = true
        out[count] = 0x26
        count += 1
        index = next + 1
      }
    }
    add(count)
  }

  /// Document bytes as text: themselves where they hold no reference.
  @inline(__always)
  func text(_ from: Int, _ end: Int) -> Slice {
    let document = state.pointee.document
    var (from, end) = (from, end)
    while from < end, document[from] <= 0x20 { from += 1 }
    while end > from, document[end - 1] <= 0x20 { end -= 1 }
    guard end > from, memchr(document + from, 0x26, end - from) != nil else { return Slice(from, end) }
    let start = mark
    appendDecoded(from, end)
    return trimmed(Slice(start, mark, isStored: true))
  }

  /// The text without the marks of CDATA that are part of it: wrapped by one program, and once more by the next, whole
  /// or in pieces. Read as HTML they would be comments.
  @inline(never)
  func unwrapped(_ slice: Slice) -> Slice {
    // The "!" is rarer than "<" in any text.
    guard slice.count > 9, bytes(slice).holds(0x21), let first = nextSection(slice, from: 0) else { return slice }
    // One around all of it: what looks like its end inside is text.
    if first == 0, slice.count >= 12, bytes(slice).suffix(3).elementsEqual("]]>".utf8),
      nextSection(slice, from: 9) == nil
    {
      state.pointee.didUnwrap = true
      return trimmed(Slice(Int(slice.start) + 9, Int(slice.start) + Int(slice.count) - 3, isStored: slice.isStored))
    }
    return withoutMarks(slice, first)
  }

  /// Where CDATA begins in a text, but for that of a script, which has it behind a comment's sign.
  private func nextSection(_ slice: Slice, from: Int) -> Int? {
    let text = bytes(slice)
    var index = max(from, 1)
    while index + 8 <= text.count, let found = memchr(text.baseAddress! + index, 0x21, text.count - index) {
      let place = UnsafeRawPointer(found) - UnsafeRawPointer(text.baseAddress!) - 1
      index = place + 2
      guard text[place] == 0x3C, UnsafeBufferPointer(rebasing: text[place...]).begins("<![cdata[") else { continue }
      if !isInComment(place, text) { return place }
    }
    return nil
  }

  /// Where CDATA ends in a text, but for that of a script.
  private func nextEnd(_ text: UnsafeBufferPointer<UInt8>, from: Int) -> Int? {
    var index = from
    while let place = TextScan.place(of: "]]>", in: text, from: index) {
      if !isInComment(place, text) { return place }
      index = place + 3
    }
    return nil
  }

  /// Whether what stands there is behind the sign of a script's comment, or in one of HTML.
  private func isInComment(_ place: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = place
    while index > 0, text[index - 1] <= 0x20 { index -= 1 }
    return index > 0 && "/*-".utf8.contains(text[index - 1])
  }

  /// A copy without the beginnings of CDATA, and without as many of its ends.
  private func withoutMarks(_ slice: Slice, _ first: Int) -> Slice {
    state.pointee.didUnwrap = true
    // Where the text is may change while the store grows.
    _ = room(Int(slice.count))
    let text = bytes(slice)
    let base = text.baseAddress!
    let start = mark
    var (copied, open) = (0, 0)
    var next: Int? = first
    var end = -1
    func copy(to end: Int) { append(base + copied, end - copied) }
    while copied < text.count {
      let stop = next ?? text.count
      if open > 0, end < copied { end = nextEnd(text, from: copied) ?? text.count }
      if open > 0, end < stop {
        copy(to: end)
        (copied, open) = (end + 3, open - 1)
      } else {
        copy(to: stop)
        copied = stop
        guard next != nil else { break }
        (copied, open) = (stop + 9, open + 1)
        next = nextSection(slice, from: copied)
      }
    }
    return trimmed(Slice(start, mark, isStored: true))
  }

  /// The slice without white space at its ends.
  func trimmed(_ slice: Slice) -> Slice {
    let all = bytes(slice)
    var (start, end) = (0, all.count)
    while start < end, all[start] <= 0x20 { start += 1 }
    while end > start, all[end - 1] <= 0x20 { end -= 1 }
    return Slice(Int(slice.start) + start, Int(slice.start) + end, isStored: slice.isStored)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are this word, in whatever case; the word in lower case.
  func equals(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard count == length else { return false }
    for index in 0..<length {
      let byte = self[index]
      if (byte &- 0x41 < 26 ? byte | 0x20 : byte) != word.utf8Start[index] { return false }
    }
    return true
  }

  /// Whether the bytes begin with this word, in whatever case; the word in lower case.
  func begins(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    return count >= length && UnsafeBufferPointer(rebasing: self[..<length]).equals(word)
  }

  @inline(__always)
  func holds(_ byte: UInt8) -> Bool { baseAddress.map { memchr($0, Int32(byte), count) != nil } ?? false }

  /// Whether an ampersand stands there as a reference to itself.
  var holdsEscapedSign: Bool {
    var index = 0
    while index + 4 < count, let base = baseAddress, let found = memchr(base + index, 0x26, count - index) {
      let place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      let rest = UnsafeBufferPointer(rebasing: self[place...])
      if rest.begins("&amp;") || rest.begins("&#38;") || rest.begins("&#038;") { return true }
      index = place + 1
    }
    return false
  }

  /// Whether a line of nothing but white space stands between two others.
  var holdsBlankLine: Bool {
    var index = 0
    while index < count, let base = baseAddress, let found = memchr(base + index, 0x0A, count - index) {
      index = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
      var next = index
      while next < count, self[next] == 0x20 || self[next] == 0x09 { next += 1 }
      if next < count, self[next] == 0x0A { return true }
    }
    return false
  }

  var trimmed: UnsafeBufferPointer<UInt8> {
    var (start, end) = (0, count)
    while start < end, self[start] <= 0x20 { start += 1 }
    while end > start, self[end - 1] <= 0x20 { end -= 1 }
    return UnsafeBufferPointer(rebasing: self[start..<end])
  }

  /// The number that the bytes are in decimal digits, with a sign perhaps.
  var integer: Int? {
    guard count > 0, count < 19 else { return nil }
    var index = self[0] == UInt8(ascii: "-") || self[0] == UInt8(ascii: "+") ? 1 : 0
    guard index < count else { return nil }
    var value = 0
    while index < count {
      guard self[index] &- 0x30 < 10 else { return nil }
      value = value * 10 + Int(self[index] - 0x30)
      index += 1
    }
    return self[0] == UInt8(ascii: "-") ? -value : value
  }
}
