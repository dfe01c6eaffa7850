// Forwarding: what happens between the queue and a stream of articles, as values: an article's subject and message id,
// the stream's answers, and the order in which articles are claimed, sent, acknowledged and tried again. It must not
// know NATS' library, the queue directory or a clock: all I/O is in newswire-forward.
import Values

/// What a stream needs to know of an article: who it is, and where it belongs.
public struct ArticleFacts: Sendable, Equatable {
  public var uri: String
  public var version: String
  /// The plugin's id, or what the article says of its publisher when the uri is not newswire's.
  public var publisher: String?
  public var section: String?

  /// - Throws: why the element is no article that could be told from others.
  public init(parsing article: [UInt8]) throws(Unreadable) {
    let item: JSON
    do throws(JSONError) { item = try JSON(parsing: article) } catch { throw Unreadable("not JSON: \(error)") }
    guard let uri = item["uri"]?.string, !uri.isEmpty else { throw Unreadable("it has no uri") }
    guard let version = item["version"]?.string, !version.isEmpty else { throw Unreadable("it has no version") }
    self.uri = uri
    self.version = version
    section = Self.name(in: item["subjects"], where: "rel", is: "section")
    let parts = uri.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    if parts.count == 4, parts[0] == "urn", parts[1] == "newswire", !parts[2].isEmpty {
      publisher = String(parts[2])
    } else {
      publisher = Self.name(in: item["infoSources"], where: "role", is: "publisher")
    }
  }

  public struct Unreadable: Error, Sendable, Equatable {
    public let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  private static func name(in list: JSON?, where key: String, is value: String) -> String? {
    list?.array?.first { $0[key]?.string == value }?["name"]?.string
  }

  /// The stream takes each of these once (header `Nats-Msg-Id`). A header's value holds no spaces at its ends and no
  /// controls, so both are written as percent and hexadecimal digits.
  public var messageID: String {
    var id = ""
    for scalar in "\(uri)@\(version)".unicodeScalars {
      if scalar.value <= 0x20 || scalar.value == 0x7F {
        id += "%" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16, uppercase: true)
      } else {
        id.unicodeScalars.append(scalar)
      }
    }
    return id
  }
}
