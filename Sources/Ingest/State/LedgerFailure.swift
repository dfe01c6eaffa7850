import Fleet
import Publication
import Queue
import Store

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Why state could not be kept or an article not be published.
public struct LedgerFailure: Error, Sendable, CustomStringConvertible {
  /// The system's error number, for the service manager; 0 when there is none.
  public var errno: Int32 = 0
  /// True when waiting helps: no space, a busy database. Nothing is lost meanwhile.
  public var isTemporary: Bool
  /// What the daemon exits with when it is not.
  public var exitStatus: Int32
  public var message: String
  /// True when a lease went to another node before what it allowed was committed.
  var isLeaseLost = false
  /// True when the database is on a server that could not be asked.
  var isUnreachable = false

  public var description: String { message }

  init(_ error: any Error) {
    switch error {
    case let error as LedgerFailure: self = error
    case let error as PublicationError:
      message = error.description
      exitStatus = error.exitStatus
      switch error {
      case .spaceExhausted: (isTemporary, errno) = (true, ENOSPC)
      case .unreachable: (isTemporary, errno, isUnreachable) = (true, EHOSTUNREACH, true)
      case .ioError: (isTemporary, errno) = (false, EIO)
      case .failed: isTemporary = false
      }
    case let error as StoreError:
      message = error.description
      isTemporary = [.full, .busy, .unreachable].contains(error.kind)
      exitStatus = error.exitStatus
      switch error.kind {
      case .io: errno = EIO
      case .full: errno = ENOSPC
      case .busy: errno = EBUSY
      case .unreachable: (errno, isUnreachable) = (EHOSTUNREACH, true)
      case .corrupt: errno = EBADMSG
      case .cannotCreate: errno = EACCES
      case .exhausted: errno = EMFILE
      case .newerSchema, .refused, .failed: break
      }
    case let error as NotOurs:
      message = error.message
      isTemporary = true
      exitStatus = 75
      isLeaseLost = true
    case let error as FleetError:
      message = error.description
      isTemporary = [.unreachable, .readOnly].contains(error.kind)
      exitStatus = error.exitStatus
    case let error as QueueError:
      message = error.description
      errno = error.code
      isTemporary = error.kind == .spaceExhausted || error.kind == .busy
      exitStatus = error.exitStatus
    default:
      message = "\(error)"
      isTemporary = false
      exitStatus = 70
    }
  }

  /// What a lease allowed was not done: another node has it now.
  static func leaseLost(_ fence: Fence?) -> LedgerFailure {
    var failure = LedgerFailure(
      temporary: true, exitStatus: 75,
      message: "another node has the lease of \(fence?.group ?? "its rate group") now")
    failure.isLeaseLost = true
    return failure
  }

  init(temporary: Bool, exitStatus: Int32, errno: Int32 = 0, message: String) {
    isTemporary = temporary
    self.errno = errno
    self.exitStatus = exitStatus
    self.message = message
  }
}
