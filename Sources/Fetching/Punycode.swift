/// Host names outside ASCII in the form that DNS knows (RFC 3492, RFC 5891).
///
/// libcurl would do this too, but takes the host's bytes in the locale's charset, and a service runs in the C locale.
enum Punycode {
  /// The host with each label outside ASCII as `xn--…`; anything else unchanged. Mapping is lower case only, which is
  /// what feeds and pages need; a label that needs more is a name that does not resolve.
  static func asciiHost(_ host: String) -> String {
    if host.utf8.allSatisfy({ $0 < 0x80 }) { return host }
    // IDEOGRAPHIC FULL STOP and its kin count as dots (RFC 3490, section 3.1).
    let separators: Set<Unicode.Scalar> = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]
    return host.lowercased().unicodeScalars.split(omittingEmptySubsequences: false) { separators.contains($0) }
      .map { label in
        label.allSatisfy(\.isASCII) ? String(Substring(label)) : "xn--" + encoded(Array(label))
      }
      .joined(separator: ".")
  }

  private static func encoded(_ input: [Unicode.Scalar]) -> String {
    let base = 36
    func adapt(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
      var delta = isFirst ? delta / 700 : delta / 2
      delta += delta / count
      var k = 0
      while delta > (base - 1) * 26 / 2 {
        delta /= base - 1
        k += base
      }
      return k + base * delta / (delta + 38)
    }
    func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? value + 97 : value - 26 + 48) }

    var output = input.filter(\.isASCII).map { UInt8($0.value) }
    let basicCount = output.count
    var handled = basicCount
    if basicCount > 0 { output.append(UInt8(ascii: "-")) }
    var (n, delta, bias) = (128, 0, 72)
    while handled < input.count {
      guard let next = input.map({ Int($0.value) }).filter({ $0 >= n }).min() else { break }
      delta += (next - n) * (handled + 1)
      n = next
      for scalar in input {
        if Int(scalar.value) < n { delta += 1 }
        guard Int(scalar.value) == n else { continue }
        var q = delta
        var k = base
        while true {
          let threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias
          if q < threshold { break }
          output.append(digit(threshold + (q - threshold) % (base - threshold)))
          q = (q - threshold) / (base - threshold)
          k += base
        }
        output.append(digit(q))
        bias = adapt(delta, handled + 1, isFirst: handled == basicCount)
        delta = 0
        handled += 1
      }
      delta += 1
      n += 1
    }
    return String(decoding: output, as: UTF8.self)
  }
}
