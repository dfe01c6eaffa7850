import CSystemd
import Glibc

/// Writes native journal entries with all their fields. When the journal does not take one, the sentence goes to stderr
/// with its priority instead, which is the journal's other door.
public final class JournalSink: EventSink {
  /// Sends fields and returns 0 or a negative errno.
  typealias Send = @Sendable ([(name: String, value: String)]) -> Int32

  private let identifier: String
  private let send: Send
  private let fallback: LineSink

  public convenience init(identifier: String) {
    self.init(identifier: identifier, send: Self.journal, fallback: LineSink(descriptor: 2, priorities: true))
  }

  init(identifier: String, send: @escaping Send, fallback: LineSink) {
    self.identifier = identifier
    self.send = send
    self.fallback = fallback
  }

  public func write(_ record: EventRecord) {
    if send(record.journalFields(identifier: identifier)) < 0 { fallback.write(record) }
  }

  /// journald finds out which unit a record belongs to when it takes it, by the process: one that is gone by then has
  /// none, and its last words are missing from `journalctl -u`.
  public func settle() { usleep(50_000) }

  /// sd_journal_sendv(3) adds no place in the code of its own: ours is where the event was recorded.
  private static let journal: Send = { fields in
    var bytes: [UInt8] = []
    var lengths: [Int] = []
    for (name, value) in fields {
      let start = bytes.count
      bytes.append(contentsOf: name.utf8)
      bytes.append(UInt8(ascii: "="))
      bytes.append(contentsOf: value.utf8)
      lengths.append(bytes.count - start)
    }
    return bytes.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return -EINVAL }
      var offset = 0
      let vectors = lengths.map { length -> iovec in
        defer { offset += length }
        return iovec(iov_base: base + offset, iov_len: length)
      }
      return sd_journal_sendv(vectors, Int32(vectors.count))
    }
  }
}
