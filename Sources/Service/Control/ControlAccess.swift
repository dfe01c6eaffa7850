import Glibc

/// Who is at the other end of a control connection, as the kernel says (unix(7), SO_PEERCRED and SO_PEERGROUPS).
public struct PeerCredentials: Sendable, Equatable {
  public var processID: Int32
  public var userID: UInt32
  public var groupID: UInt32
  /// The supplementary groups.
  public var groups: [UInt32]

  public init(processID: Int32, userID: UInt32, groupID: UInt32, groups: [UInt32] = []) {
    (self.processID, self.userID, self.groupID, self.groups) = (processID, userID, groupID, groups)
  }

  /// Asks the kernel about a connected socket.
  init?(socket: Int32) {
    var credentials = (Int32(0), UInt32(0), UInt32(0))  // struct ucred: pid, uid, gid
    var length = socklen_t(MemoryLayout.size(ofValue: credentials))
    guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
    var groups = [UInt32](repeating: 0, count: 256)
    var size = socklen_t(groups.count * 4)
    let peerGroups: Int32 = 59  // SO_PEERGROUPS, Linux 4.13; glibc's headers hide it from Swift
    let count = getsockopt(socket, SOL_SOCKET, peerGroups, &groups, &size) == 0 ? Int(size) / 4 : 0
    self.init(
      processID: credentials.0, userID: credentials.1, groupID: credentials.2, groups: Array(groups.prefix(count)))
  }
}

/// Which peers may change something; all who can connect may look.
public struct ControlAccess: Sendable, Equatable {
  /// The group whose members may give orders.
  public static let administrators = "newswire-admin"

  public var ownUserID: UInt32
  /// The id of the administrators' group; nil when the machine has none.
  public var groupID: UInt32?
  /// True when the socket's own mode keeps all others out, and the daemon cannot see who a peer is because it runs in a
  /// user namespace (`PrivateUsers=yes`) where foreign ids read as `nobody`. Having connected is the proof then: the
  /// kernel checked owner and group of the socket in the outer namespace.
  public var trustsSocketMode: Bool

  static let overflowID: UInt32 = 65_534

  public init(ownUserID: UInt32, groupID: UInt32?, trustsSocketMode: Bool) {
    (self.ownUserID, self.groupID, self.trustsSocketMode) = (ownUserID, groupID, trustsSocketMode)
  }

  public func mayChange(_ peer: PeerCredentials) -> Bool {
    if peer.userID == 0 || peer.userID == ownUserID { return true }
    if let groupID, peer.groupID == groupID || peer.groups.contains(groupID) { return true }
    return trustsSocketMode && peer.userID == Self.overflowID
  }

  /// The rules for a daemon on this machine that listens on `listener`.
  public static func standard(for listener: ControlListener) -> ControlAccess {
    ControlAccess(
      ownUserID: geteuid(), groupID: groupID(named: administrators),
      trustsSocketMode: isInUserNamespace() && listener.isClosedToOthers)
  }

  static func groupID(named name: String) -> UInt32? {
    var entry = group()
    var found: UnsafeMutablePointer<group>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
    return entry.gr_gid
  }

  /// Outside any user namespace the map is one line for all ids (user_namespaces(7)).
  static func isInUserNamespace() -> Bool {
    guard let text = readSmallFile("/proc/self/uid_map") else { return false }
    return text.split(whereSeparator: { $0 == " " || $0 == "\n" }) != ["0", "0", "4294967295"]
  }
}

/// The text of a small file, up to 64 kB; nil when it cannot be read.
func readSmallFile(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 65_536)
  var size = 0
  while size < bytes.count {
    let count = bytes[size...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    if count <= 0 { break }
    size += count
  }
  return String(decoding: bytes[..<size], as: UTF8.self)
}
