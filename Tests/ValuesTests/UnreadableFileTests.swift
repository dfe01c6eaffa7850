import Glibc
import Testing
import Values

@Suite("Why a file cannot be read")
struct UnreadableFileTests {
  @Test(
    "says what the system says, and what to do where that is known",
    arguments: [
      (ENOENT, "No such file or directory; check the path"),
      (EACCES, "Permission denied; let this user read it, or do this as one who may"),
      (EISDIR, "Is a directory; name a file in it"),
      (ELOOP, "Too many levels of symbolic links"),
    ])
  func reason(_ code: Int32, _ words: String) {
    #expect(UnreadableFile.reason(code) == words)
  }
}
