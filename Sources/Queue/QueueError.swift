internal import Glibc

/// What went wrong with the queue directory: what was attempted, where, and what to do next.
public struct QueueError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// No space, no inodes, or a quota is reached.
    case spaceExhausted
    /// The device failed. After a failed fsync the same file must never be synced again: its pages count as clean.
    case ioError
    /// The directory is none of ours, or lies on a file system that cannot keep the promises.
    case unsuitable
    /// The user may not.
    case permission
    /// The file system takes no changes, which it may have turned to after an error.
    case readOnly
    /// This process, or the machine, has as many files open as it may.
    case exhausted
    /// Another newswired publishes into the queue.
    case busy
    /// There is no such element.
    case notFound
    /// There is no queue directory at that path.
    case noQueue
    /// Another directory lies at the path of one that is in use, or none.
    case replaced
    /// The element is not claimed, so it cannot be acknowledged or released.
    case notClaimed
    /// The element is incomplete, was changed, or cannot be read from the device.
    case damaged
    /// Anything else the kernel reports.
    case failed
  }

  public let kind: Kind
  public let operation: String
  public let path: String
  /// errno, 0 when the finding is ours.
  public let code: Int32
  public let message: String

  public init(_ kind: Kind, operation: String, path: String, code: Int32 = 0, message: String) {
    self.kind = kind
    self.operation = operation
    self.path = path
    self.code = code
    self.message = message
  }

  /// The error the kernel has just reported.
  init(errno code: Int32, operation: String, path: String) {
    let kind: Kind =
      switch code {
      case ENOSPC, EDQUOT: .spaceExhausted
      case EIO: .ioError
      case EACCES, EPERM: .permission
      case EROFS: .readOnly
      case EMFILE, ENFILE: .exhausted
      case ENOENT: .notFound
      case EXDEV, ENOTDIR, ELOOP, ENAMETOOLONG: .unsuitable
      default: .failed
      }
    self.init(kind, operation: operation, path: path, code: code, message: String(cString: strerror(code)))
  }

  /// The error the kernel has just reported of one file that was to be read.
  init(unread code: Int32, operation: String, path: String) {
    let error = QueueError(errno: code, operation: operation, path: path)
    self.init(
      code == EIO ? .damaged : error.kind, operation: operation, path: path, code: code, message: error.message)
  }

  init(replaced directory: Directory, operation: String) {
    self.init(
      .replaced, operation: operation, path: directory.path,
      message: "the directory was removed, renamed or mounted over while it was in use")
  }

  /// The status a daemon ends with when it cannot go on (sysexits.h).
  public var exitStatus: Int32 {
    switch kind {
    case .spaceExhausted, .busy: 75
    case .ioError, .replaced: 74
    case .exhausted: 71
    case .permission, .readOnly: 77
    case .unsuitable, .noQueue: 78
    default: 70
    }
  }

  /// What the operator can do.
  public var hint: String {
    switch kind {
    case .spaceExhausted: "free space on that file system or let consumers take elements"
    case .ioError: "check the device and the kernel log"
    case .unsuitable: "put the queue on a local file system, in a directory of its own"
    case .permission:
      "see its owner and mode: newswired's user must own the queue, a consumer be in the queue's group (newswire-consumers)"
    case .readOnly:
      "the file system is mounted read-only, perhaps after an error: see the kernel log, check it (fsck), and mount it anew"
    case .exhausted: "raise the limit of open files (LimitNOFILE= of the unit, ulimit -n)"
    case .busy: "stop the other process, or give this one a queue directory of its own"
    case .noQueue: "name the queue directory with --spool, or start newswired, which makes it"
    case .replaced:
      "a start makes anew what is missing; what lay in it is where it was moved to, or below what was mounted over it"
    case .notFound: "see what there is with: newswirectl queue list"
    case .notClaimed: "claim it first: newswirectl queue claim"
    case .damaged: "set damaged elements aside with: newswirectl queue check --quarantine"
    case .failed: "check the directory's owner, mode and file system"
    }
  }

  public var description: String { "\(operation): \(path): \(message); \(hint)" }
}
