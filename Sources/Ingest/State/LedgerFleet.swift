import Configuration
import Fleet
import PostgreSQL
import Publication
import Store
import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Where the state of a fleet is, and which node this is.
struct SharedState: Sendable {
  let target: PostgresTarget
  let node: String
  /// Tells this node's state directory from all others: a name that two machines were given is noticed by it.
  let instance: String
}

/// What the ledger does for a fleet only.
extension Ledger {
  /// This state directory's own mark, made at the first start. One that cannot be read is an error and stays: with
  /// another, this node would be a stranger to its own leases.
  func instance(state: String) throws(LedgerFailure) -> String {
    try Self.makeDirectory(state, setting: "state")
    let path = state + "/node-id"
    if let known = try Self.readMark(path) { return known }
    let mark = (0..<4).map { _ in String(UInt32.random(in: 0...UInt32.max), radix: 16) }.joined()
    let partial = path + ".partial"
    let file = Glibc.open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard file >= 0 else { throw Self.markFailure("write", path) }
    defer { Glibc.close(file) }
    let bytes = Array((mark + "\n").utf8)
    guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0, rename(partial, path) == 0 else {
      throw Self.markFailure("write", path)
    }
    return mark
  }

  /// nil when there is none, or one that a crash left empty.
  private static func readMark(_ path: String) throws(LedgerFailure) -> String? {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    if file < 0, errno == ENOENT { return nil }
    guard file >= 0 else { throw markFailure("read", path) }
    defer { Glibc.close(file) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(file, &bytes, bytes.count)
    guard count >= 0 else { throw markFailure("read", path) }
    let text = String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self)
    return text.isEmpty ? nil : text
  }

  private static func markFailure(_ verb: String, _ path: String) -> LedgerFailure {
    let code = errno
    return LedgerFailure(
      temporary: false, exitStatus: 73, errno: code,
      message: "cannot \(verb) \(path): \(String(cString: strerror(code))); check the state directory")
  }

  /// Connects to the database again when the connection has been lost, and completes what that left unfinished; nil
  /// when nothing was lost.
  func reopenIfLost() throws(LedgerFailure) -> RecoveryReport? {
    guard isOpen, mustReopen || open.store.isLost else { return nil }
    return try guarding {
      try open.store.reopen()
      let report = try open.publisher.recover()
      mustReopen = false
      return report
    }
  }

  /// Leaves an item to the node that holds the rate group.
  ///
  /// - Parameter url: where a redirect leads, when it is that which the other node has to fetch.
  func handOver(_ item: DiscoveredItem, to group: String, at url: WebURL? = nil) throws(LedgerFailure) {
    try guarding { try open.store.handOver(item: item.id, to: group, url: url?.description) }
  }

  /// Items that were left to this node, or to one that is gone.
  func handedItems(limit: Int) throws(LedgerFailure) -> [DiscoveredItem] {
    try guarding { try open.store.handedItems(limit: limit).map(\.item) }
  }
}
