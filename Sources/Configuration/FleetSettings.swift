internal import PostgreSQL
internal import TOML

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

extension Settings {
  /// Where a fleet keeps its state; the file in `[paths] state` as long as `url` is not set.
  public struct State: Sendable, Equatable {
    /// `postgresql://[user@]host[:port][,host…]/database[?parameter=value…]`, without a password.
    public var url: String?
    /// The name of the credential with the password.
    public var credential: String?
  }

  /// This machine among those that share one state.
  public struct Fleet: Sendable, Equatable {
    /// nil for the host's name.
    public var node: String?
    /// Seconds for which a node has what it fetches; the time after which others take over from one that died.
    public var lease = 15

    /// `node`, or the host's name with what a node's name cannot hold as hyphens.
    public var nodeName: String {
      if let node { return node }
      var bytes = [CChar](repeating: 0, count: 256)
      gethostname(&bytes, bytes.count - 1)
      let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.map { Self.isNameByte($0) ? $0 : 0x2D }
      return name.isEmpty ? "localhost" : String(decoding: name.prefix(Self.longestName), as: UTF8.self)
    }

    static let longestName = 64

    static func isNameByte(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
      default: false
      }
    }
  }
}

extension Settings.State {
  mutating func read(_ reader: TableReader) {
    if let text = reader.string("url") {
      url = text.isEmpty ? nil : text
      if !text.isEmpty {
        do throws(PostgresError) { _ = try PostgresTarget(url: text) } catch {
          // Says nothing of the text itself, which may hold a password.
          let advice = error.message.contains("password") ? ", named by state.credential" : ""
          reader.report("state.url: \(error.message)\(advice)", at: reader.table["url"]?.position ?? reader.position)
        }
      }
    }
    if let text = reader.string("credential") { credential = text.isEmpty ? nil : text }
    reader.finish()
  }
}

extension Settings.Fleet {
  mutating func read(_ reader: TableReader) {
    if let text = reader.string("node") {
      node = text.isEmpty ? nil : text
      if !text.utf8.allSatisfy(Self.isNameByte) || text.utf8.count > Self.longestName {
        reader.report(
          "fleet.node must be letters, digits, - and ., \(Self.longestName) at most",
          at: reader.table["node"]?.position ?? reader.position)
      }
    }
    if let seconds = reader.integer("lease", in: 5...300) { lease = seconds }
    reader.finish()
  }
}
