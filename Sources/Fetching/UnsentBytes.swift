internal import CCurl

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// Keeps a request from being sent after its time.
///
/// What a socket was given and the other side has not acknowledged stays with the kernel, also after the socket is
/// closed, and is sent again for minutes: a machine that was cut off would ask when it is reached again, long after it
/// lost the right to. So such a connection is broken off, which drops what waits in it; and where nobody is left to do
/// that, because the program was stopped or killed, the kernel itself gives up after the delivery limit.
extension SocketWatch {
  /// Once the socket is connected, which may take its time: what makes a connection asks for nothing.
  func limitDelivery(of socket: Int32) {
    guard let deliveryLimit, openSockets.contains(socket) else { return }
    // RFC 5482, tcp(7): counted from the first of what was sent and is not acknowledged.
    var milliseconds = UInt32(clamping: deliveryLimit.wholeNanoseconds / 1_000_000)
    _ = setsockopt(
      socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<UInt32>.size))
  }

  /// On the curl thread, before the transfer is taken out: then libcurl still has the socket.
  func dropUnsent(of transfer: Transfer) {
    guard let socket = socket(of: transfer) else { return }
    var waiting: Int32 = 0
    guard ioctl(socket, UInt(TIOCOUTQ), &waiting) == 0, waiting > 0 else { return }
    // Closing with SO_LINGER would do for a connection that carries this request alone; one of HTTP/2 stays open.
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    _ = connect(socket, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
  }

  /// libcurl tells a transfer's socket only when it has ended, but both ends of its connection before.
  private func socket(of transfer: Transfer) -> Int32? {
    let (localPort, port, address) = transfer.connection
    guard localPort > 0, let address = IPAddress(address) else { return nil }
    return openSockets.first { socket in
      guard let own = Self.end(of: socket, getsockname), own.port == localPort else { return false }
      guard let peer = Self.end(of: socket, getpeername) else { return false }
      return peer.port == port && peer.address == address
    }
  }

  private static func end(
    of socket: Int32, _ name: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> (address: IPAddress, port: Int)? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard name(socket, address, &length) == 0, let ip = IPAddress(address, length: Int(length)) else { return nil }
        // At the same place in both families (RFC 3493).
        let port = UnsafeRawPointer(address).loadUnaligned(fromByteOffset: 2, as: UInt16.self)
        return (ip, Int(UInt16(bigEndian: port)))
      }
    }
  }
}
