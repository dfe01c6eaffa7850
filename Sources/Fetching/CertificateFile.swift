internal import Values

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// A file of certificate authorities, as far as it can be told before a server is met: libcurl opens it for each
/// connection, and then every one fails.
enum CertificateFile {
  /// Each is the beginning of a certificate that OpenSSL reads.
  private static let beginnings = [
    "-----BEGIN CERTIFICATE-----", "-----BEGIN TRUSTED CERTIFICATE-----", "-----BEGIN X509 CERTIFICATE-----",
  ].map { Array($0.utf8) }

  /// Larger than any list of authorities.
  private static let limit = 16 << 20

  /// Why nothing can be trusted by that file; nil when it holds a certificate.
  static func problem(at path: String) -> String? {
    // Without waiting, should it be a pipe.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return "cannot be read: \(UnreadableFile.reason(errno))" }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { return "cannot be read: \(UnreadableFile.reason(errno))" }
    if status.st_mode & S_IFMT == S_IFDIR { return "is a folder; name a file with certificates (PEM) in it" }
    guard status.st_mode & S_IFMT == S_IFREG else { return "is no ordinary file; name one with certificates (PEM)" }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < limit {
      let count = read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return "cannot be read: \(UnreadableFile.reason(errno))" }
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    let lines = bytes.split { $0 == 0x0A || $0 == 0x0D }
    if lines.contains(where: { line in beginnings.contains { line.starts(with: $0) } }) { return nil }
    return "holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----"
  }
}
