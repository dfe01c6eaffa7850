internal import Glibc
import Synchronization

/// What became of the text that a program wrote to standard output. Who redirects it into a file wants to hear of a
/// full disk, whichever verb it was that printed.
public enum StandardOutput {
  /// The system's number of the first write that failed; 0 for none.
  private static let failure = Atomic<Int32>(0)

  static func noteFailure(_ code: Int32) {
    _ = failure.compareExchange(expected: 0, desired: code, ordering: .relaxed)
  }

  /// Why what was printed is not where it was meant to go; nil when all of it is, or when its reader has seen enough
  /// and closed the pipe (`| head`).
  static var problem: String? { problem(failure.load(ordering: .relaxed)) }

  static func problem(_ code: Int32) -> String? {
    switch code {
    case 0, EPIPE: nil
    case EBADF: "cannot write to standard output: it is closed"
    default: "cannot write to standard output: \(String(cString: strerror(code)))"
    }
  }

  /// Puts something in the place of standard descriptors that the program was started without (`>&-`). The next file
  /// that is opened would get their number otherwise, and what is printed would go into it. What holds the place
  /// refuses to be used, so that nothing seems to be read or written.
  public static func holdPlaces() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      // The lowest free number is the one that is missing.
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }
}
