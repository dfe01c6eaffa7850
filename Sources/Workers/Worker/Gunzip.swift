import CZlib

/// Unpacks gzip files (RFC 1952): sitemaps are published as .xml.gz, which is a file's format and not the transfer's,
/// so the fetcher hands it on as it is; and people keep pages that way.
enum Gunzip {
  /// The largest unpacked file.
  static let limit = 64 << 20
  /// The most that a file may grow: text shrinks to a tenth, a bomb to a thousandth.
  static let ratio = 200

  enum Failure: Error {
    case damaged
    case tooLarge
  }

  static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B, 0x08]) }

  /// The unpacked bytes of all members, of which a file may have several (RFC 1952, section 2.2). A file that is cut
  /// off gives what was complete, as other damage is the reader's to judge; what follows a member without being one is
  /// left out.
  static func unpacked(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
    var stream = z_stream()
    guard newswire_inflate_gzip(&stream) == Z_OK else { throw .damaged }
    defer { inflateEnd(&stream) }
    let most = min(limit, max(1 << 20, bytes.count * ratio))
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var input = bytes
    var status = Z_OK
    var complete = 0
    input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      while status == Z_OK, out.count <= most {
        let count = buffer.withUnsafeMutableBufferPointer { target -> Int in
          stream.next_out = target.baseAddress
          stream.avail_out = UInt32(target.count)
          status = inflate(&stream, Z_NO_FLUSH)
          return target.count - Int(stream.avail_out)
        }
        out.append(contentsOf: buffer[..<count])
        if status == Z_STREAM_END, stream.avail_in > 2, let next = stream.next_in, next[0] == 0x1F, next[1] == 0x8B {
          complete = out.count
          status = inflateReset(&stream)
          continue
        }
        if count == 0, stream.avail_in == 0 { break }
      }
    }
    if out.count > most { throw .tooLarge }
    if status != Z_OK, status != Z_STREAM_END, status != Z_BUF_ERROR {
      guard complete > 0 else { throw .damaged }
      out.removeSubrange(complete...)
    }
    if out.isEmpty { throw .damaged }
    return out
  }
}
