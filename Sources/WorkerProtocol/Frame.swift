// WorkerProtocol: the messages that the daemon, its workers and the programs of plugins exchange, and how they go over
// a pair of descriptors. It must not know what the messages are about, nor who starts whom.
//
// The protocol is described in docs/worker-protocol.md.
public import Values

/// One message of the worker protocol: a JSON object on one line, then as many bytes as its `length` says.
public struct Frame: Sendable, Equatable {
  public var header: JSONObject
  public var body: [UInt8]

  public init(_ header: JSONObject, body: [UInt8] = []) {
    self.header = header
    self.body = body
  }

  public var type: String { header["type"]?.string ?? "" }

  /// The version that both ends must name in their hello.
  public static let protocolVersion = 1
  /// Longest header line, in bytes.
  public static let headerLimit = 65_536
  /// Largest body, in bytes.
  public static let bodyLimit = 64 << 20

  /// The message as it goes over the wire.
  public var bytes: [UInt8] {
    var header = self.header
    header["length"] = JSON(body.count)
    var out = JSON.object(header).bytes()
    out.reserveCapacity(out.count + 1 + body.count)
    out.append(UInt8(ascii: "\n"))
    out.append(contentsOf: body)
    return out
  }
}

/// Why bytes are not a message of the protocol.
public struct FrameError: Error, Sendable, Equatable, CustomStringConvertible {
  public let reason: String
  public var description: String { reason }
}

/// Cuts a stream of bytes into messages: a pure state machine, fed as the bytes come.
public struct FrameDecoder: Sendable {
  private var buffer: [UInt8] = []
  private var header: JSONObject?
  private var length = 0
  private var searched = 0

  public init() {}

  public mutating func append(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

  /// Whether the stream may end here without cutting a message in two.
  public var isBetweenMessages: Bool { header == nil && buffer.isEmpty }

  /// The next complete message, or nil when more bytes are needed.
  public mutating func next() throws(FrameError) -> Frame? {
    if header == nil {
      guard let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
        searched = buffer.count
        if buffer.count > Frame.headerLimit { throw FrameError(reason: "header line longer than 64 KiB") }
        return nil
      }
      let json: JSON
      do { json = try JSON(parsing: Array(buffer[..<end])) } catch {
        throw FrameError(reason: "header line is not JSON: \(error)")
      }
      guard let object = json.object, let length = object["length"]?.integer, length >= 0 else {
        throw FrameError(reason: "header line has no length")
      }
      guard length <= Frame.bodyLimit else { throw FrameError(reason: "body of \(length) bytes is over the limit") }
      header = object
      self.length = length
      buffer.removeFirst(end + 1)
      searched = 0
    }
    guard let header, buffer.count >= length else { return nil }
    var clean = header
    clean["length"] = nil
    let frame = Frame(clean, body: Array(buffer[..<length]))
    buffer.removeFirst(length)
    self.header = nil
    return frame
  }
}
