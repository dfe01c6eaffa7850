import Glibc
import Testing

@testable import newswirectl

/// Files that newswirectl writes, and who may read them.
@Suite struct AtomicFileTests {
  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test func theServiceReadsWhatIsWrittenForItWhateverTheUmask() throws {
    var template = Array("/tmp/newswire-test-XXXXXX".utf8CString)
    let root = try #require(mkdtemp(&template).map { String(cString: $0) })
    let (file, own, held) = (root + "/c.d/a.toml", root + "/own/a.html", root + "/held/a.toml")
    defer {
      for path in [file, own, held] {
        unlink(path)
        rmdir(Paths.folder(of: path))
      }
      rmdir(root)
    }
    mkdir(root + "/held", 0o700)
    let before = umask(0o077)
    defer { umask(before) }
    try AtomicFile.write(Array("a".utf8), to: file, isForService: true)
    #expect(mode(file) == 0o644 && mode(root + "/c.d") == 0o755)
    // A folder that is there is somebody's decision.
    try AtomicFile.write(Array("a".utf8), to: held, isForService: true)
    #expect(mode(held) == 0o644 && mode(root + "/held") == 0o700)
    // What is for oneself stays as private as one wants it.
    try AtomicFile.write(Array("a".utf8), to: own)
    #expect(mode(own) == 0o600 && mode(root + "/own") == 0o700)
  }
}
