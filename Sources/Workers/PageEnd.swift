/// Whether a web page came to its end. libcurl 7.88 cannot tell a body that was cut off inside its encoding (gzip, br,
/// zstd), nor an HTTP/2 stream without a length that just stops: what was written last is the only witness then.
public enum PageEnd {
  /// Whether `</html` is there, in any letters. Pages may do without; nothing but a needless request may hang on this.
  public static func isThere(_ page: [UInt8]) -> Bool {
    let mark = Array("</html".utf8)
    guard page.count >= mark.count else { return false }
    // It is last as a rule, so the search begins there.
    return (0...(page.count - mark.count)).reversed().contains { start in
      page[start] == mark[0] && mark.indices.allSatisfy { page[start + $0] | 0x20 == mark[$0] | 0x20 }
    }
  }
}
