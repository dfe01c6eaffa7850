#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Why a file cannot be read, for people: the system's words, and what to do where that is known.
public enum UnreadableFile {
  /// - Parameter code: the error number, as `open` or `read` left it.
  public static func reason(_ code: Int32) -> String {
    let words = String(cString: strerror(code))
    let advice: String? =
      switch code {
      case ENOENT, ENOTDIR: "check the path"
      case EACCES, EPERM: "let this user read it, or do this as one who may"
      case EISDIR: "name a file in it"
      case EIO: "the disk fails; see the kernel's messages (dmesg)"
      case EMFILE, ENFILE: "too much is open; raise the limit of open files"
      default: nil
      }
    return advice.map { "\(words); \($0)" } ?? words
  }
}
