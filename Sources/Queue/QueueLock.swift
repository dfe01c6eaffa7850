internal import Glibc

extension Spool {
  /// Takes the exclusive right to publish into this queue, as long as the object lives, or throws `.busy` naming the
  /// process that has it. Comes before everything that changes what is in `tmp/`: two that clean up after each other
  /// lose articles.
  ///
  /// The lock is on `tmp/` itself, which is newswired's own: a file for it would be one more name in the queue, and
  /// gone with whoever tidies up. The kernel gives it back when the process ends, however it ends.
  public func lock() throws(QueueError) {
    if uninterrupted({ flock(tmp.descriptor, LOCK_EX | LOCK_NB) }) == 0 { return }
    let code = errno
    guard code == EWOULDBLOCK else {
      // Some network file systems have no locks; whoever uses one has been told that the promises do not matter.
      if anyFileSystem { return }
      throw QueueError(errno: code, operation: "lock queue", path: path)
    }
    let holder = try lockHolder().map { "process \($0)" } ?? "another process"
    throw QueueError(.busy, operation: "lock queue", path: path, message: "held by \(holder)")
  }

  /// Who holds the lock, by the kernel's list (proc(5), locks); nil where that is hidden, as in a unit with
  /// ProcSubset=pid.
  ///
  ///     3: FLOCK  ADVISORY  WRITE 1234 08:01:5632 0 EOF
  private func lockHolder() throws(QueueError) -> Int? {
    guard let process = try? Directory(path: "/proc"), let locks = try process.readStream("locks") else { return nil }
    let status = try tmp.status()
    let device = deviceNumbers(status.st_dev)
    for line in locks.split(separator: 0x0A) {
      let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard fields.count > 5, fields[1] == "FLOCK", let pid = Int(fields[4]), pid > 0 else { continue }
      let place = fields[5].split(separator: ":")
      guard place.count == 3, UInt(place[0], radix: 16) == device.major, UInt(place[1], radix: 16) == device.minor,
        UInt(place[2]) == status.st_ino
      else { continue }
      return pid
    }
    return nil
  }
}

/// A device's two numbers, as the kernel writes them.
func deviceNumbers(_ device: dev_t) -> (major: UInt, minor: UInt) {
  ((device >> 8) & 0xFFF | (device >> 32) & ~0xFFF, device & 0xFF | (device >> 12) & 0xFFF_FF00)
}
