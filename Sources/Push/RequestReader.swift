internal import Values

/// Reads one HTTP/1 request out of bytes as they come (RFC 9112). Strict where leniency would be ambiguous: both a
/// length and chunks, a length given twice, a folded line, a control character refuse the request. Pure.
struct RequestReader {
  enum Progress: Equatable {
    case incomplete
    /// The client waits to be told to go on (RFC 9110, section 10.1.1).
    case wantsContinue
    case complete(PushRequest)
    case refused(PushResponse)
  }

  let bodyLimit: Int
  static let headLimit = 16 << 10

  private var bytes: [UInt8] = []
  private var head: PushRequest?
  private var bodyStart = 0
  private var length: Int?
  private var isChunked = false
  private var hasContinued = false
  /// Of a chunked body: what has been put together, and where the next chunk begins.
  private var body: [UInt8] = []
  private var chunkStart = 0

  init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

  mutating func add(_ more: some Sequence<UInt8>) -> Progress {
    bytes.append(contentsOf: more)
    if head == nil {
      guard let end = Self.headEnd(bytes) else {
        return bytes.count > Self.headLimit ? .refused(PushResponse(431)) : .incomplete
      }
      guard end <= Self.headLimit else { return .refused(PushResponse(431)) }
      if let refusal = readHead(Array(bytes[..<end])) { return .refused(refusal) }
      bodyStart = end
      chunkStart = end
    }
    guard var request = head else { return .refused(PushResponse(400)) }
    switch isChunked ? readChunks() : readLength() {
    case .refused(let refusal): return .refused(refusal)
    case .complete:
      request.body = isChunked ? body : Array(bytes[bodyStart..<(bodyStart + (length ?? 0))])
      return .complete(request)
    case .incomplete:
      if !hasContinued, request.header("expect")?.lowercased() == "100-continue", bytes.count == bodyStart {
        hasContinued = true
        return .wantsContinue
      }
      return .incomplete
    }
  }

  // MARK: Head

  private static func headEnd(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    for at in 0...(bytes.count - 4)
    where bytes[at] == 13 && bytes[at + 1] == 10 && bytes[at + 2] == 13 && bytes[at + 3] == 10 {
      return at + 4
    }
    return nil
  }

  /// nil when it reads well.
  private mutating func readHead(_ bytes: [UInt8]) -> PushResponse? {
    let bad = PushResponse(400, "not an HTTP request\n")
    guard let text = String(validating: bytes.dropLast(4), as: UTF8.self) else { return bad }
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || [9, 10, 13].contains($0.value) })
    else { return bad }
    let parts = lines[0].split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].hasPrefix("/"), parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0" else {
      return bad
    }
    guard parts[0] == "GET" || parts[0] == "POST" else { return PushResponse(405) }
    let target = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var request = PushRequest(
      method: String(parts[0]), path: String(target[0]),
      query: target.count == 2 ? FormText.pairs(String(target[1])) : [])
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
        line[..<colon].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !line.contains("\n"), !line.contains("\r")
      else { return bad }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      request.headers.append((line[..<colon].lowercased(), String(value)))
    }
    let lengths = request.headers.filter { $0.name == "content-length" }.map(\.value)
    let codings = request.headers.filter { $0.name == "transfer-encoding" }.map { $0.value.lowercased() }
    guard lengths.count <= 1, lengths.isEmpty || codings.isEmpty, codings.isEmpty || codings == ["chunked"] else {
      return bad
    }
    isChunked = !codings.isEmpty
    if let text = lengths.first {
      guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
        return bad
      }
      guard number <= bodyLimit else { return PushResponse(413) }
      length = number
    } else if !isChunked, request.method == "POST" {
      return PushResponse(411)
    }
    head = request
    return nil
  }

  // MARK: Body

  private enum BodyProgress {
    case incomplete
    case complete
    case refused(PushResponse)
  }

  private func readLength() -> BodyProgress { bytes.count - bodyStart >= (length ?? 0) ? .complete : .incomplete }

  /// The size of a chunk: digits alone, since `Int(_:radix:)` would take a sign as well.
  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard let digit = PercentEncoding.hexValue(digit) else { return nil }
      value = value << 4 | Int(digit)
    }
    return value
  }

  private mutating func readChunks() -> BodyProgress {
    while true {
      guard let lineEnd = bytes[chunkStart...].firstIndex(of: 10) else {
        return bytes.count - chunkStart > 1024 ? .refused(PushResponse(400)) : .incomplete
      }
      let digits = bytes[chunkStart..<lineEnd].prefix { $0 != 0x3B && $0 != 13 && $0 != 0x20 }
      guard (1...8).contains(digits.count), let size = Self.hexadecimal(digits), bytes[lineEnd - 1] == 13
      else { return .refused(PushResponse(400)) }
      if size == 0 {
        // Trailers are read over; they end with an empty line.
        if Self.headEnd(Array(bytes[(lineEnd - 1)...])) != nil { return .complete }
        return bytes.count - lineEnd > Self.headLimit ? .refused(PushResponse(431)) : .incomplete
      }
      guard body.count + size <= bodyLimit else { return .refused(PushResponse(413)) }
      let dataEnd = lineEnd + 1 + size
      guard bytes.count >= dataEnd + 2 else { return .incomplete }
      guard bytes[dataEnd] == 13, bytes[dataEnd + 1] == 10 else { return .refused(PushResponse(400)) }
      body.append(contentsOf: bytes[(lineEnd + 1)..<dataEnd])
      chunkStart = dataEnd + 2
    }
  }
}

/// `application/x-www-form-urlencoded` (WHATWG URL, section 5.1).
enum FormText {
  static func pairs(_ text: String) -> [(name: String, value: String)] {
    text.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (name: decoded(parts[0]), value: parts.count == 2 ? decoded(parts[1]) : "")
    }
  }

  private static func decoded(_ text: Substring) -> String { PercentEncoding.text(text, plusIsSpace: true) }
}
