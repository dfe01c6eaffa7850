/// The results as a table for docs/ and as a plot.
enum Report {
  static func minutes(_ seconds: Int) -> String { number(Double(seconds) / 60) }

  static func number(_ value: Double, _ places: Int = 1) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let whole = Int((value * scale).rounded())
    let (head, tail) = (whole / Int(scale), whole % Int(scale))
    let digits = String(tail)
    return places == 0 ? "\(head)" : "\(head).\(String(repeating: "0", count: places - digits.count))\(digits)"
  }

  static func table(_ results: [Result]) -> String {
    var text =
      "| | median delay | mean | 95 % within | requests a source and day | 304 | items lost |\n|---|---|---|---|---|---|---|\n"
    for r in results {
      text += "| \(r.name) | \(minutes(Result.quantile(r.delays, 0.5))) min | \(number(r.mean / 60)) min | "
      text += "\(minutes(Result.quantile(r.delays, 0.95))) min | \(number(r.requestsPerDay)) | "
      text += "\(number(100 * Double(r.notModified) / Double(r.requests), 0)) % | "
      text += "\(number(100 * Double(r.lost) / Double(r.items + r.lost), 2)) % |\n"
    }
    text += "\nMedian delay in minutes, and requests a source and day, by size of source:\n\n| | sources |"
    for r in results { text += " \(r.name) | |" }
    text += "\n|---|---|" + String(repeating: "---|---|", count: results.count) + "\n"
    for size in Source.Size.allCases {
      text += "| \(size.name) | \(results[0].bySize[size]?.sources ?? 0) |"
      for r in results {
        guard let part = r.bySize[size], part.sources > 0 else { continue }
        let requests = Double(part.requests) / Double(part.sources) / Double(r.days)
        text += " \(part.items > 0 ? minutes(Result.quantile(part.delays, 0.5)) : "–") | \(number(requests)) |"
      }
      text += "\n"
    }
    return text
  }

  private static let colours = ["#8a8f98", "#d9822b", "#1f6feb", "#2da44e", "#cf222e"]

  /// How many items are in the queue within how many minutes, on the left; requests by size of source, on the right.
  static func plot(_ results: [Result]) -> String {
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 380" font-family="sans-serif" font-size="12" fill="#24292f">
      <rect width="960" height="380" fill="#ffffff"/>
      <text x="60" y="24" font-size="14">Items in the queue, by minutes since publication</text>
      <text x="560" y="24" font-size="14">Requests a source and day, by size of source</text>

      """
    let (left, top, width, height) = (60.0, 50.0, 420.0, 270.0)
    // Two hours in equal steps: the eye compares lengths, not logarithms.
    func x(_ minutes: Double) -> Double { left + width * minutes / 120 }
    func y(_ share: Double) -> Double { top + height * (1 - share) }
    for minutes in stride(from: 0.0, through: 120, by: 15) {
      svg +=
        line(x(minutes), top, x(minutes), top + height)
        + label(x(minutes), top + height + 18, number(minutes, 0), "middle")
    }
    for share in stride(from: 0.0, through: 1, by: 0.25) {
      svg +=
        line(left, y(share), left + width, y(share))
        + label(left - 8, y(share) + 4, "\(number(share * 100, 0)) %", "end")
    }
    for (index, result) in results.enumerated() {
      let total = Double(max(1, result.items))
      var (sum, points) = (0.0, "")
      for second in 0...7200 {
        sum += Double(result.delays[second])
        if second % 60 == 0 { points += "\(number(x(Double(second) / 60))),\(number(y(sum / total))) " }
      }
      svg += "<polyline fill=\"none\" stroke=\"\(colours[index])\" stroke-width=\"2.5\" points=\"\(points)\"/>\n"
      svg += "<rect x=\"\(60 + index * 200)\" y=\"350\" width=\"14\" height=\"14\" fill=\"\(colours[index])\"/>"
      svg += label(Double(80 + index * 200), 362, result.name, "start")
    }
    let sizes = Source.Size.allCases
    func requests(_ result: Result, _ size: Source.Size) -> Double {
      guard let part = result.bySize[size], part.sources > 0 else { return 0 }
      return Double(part.requests) / Double(part.sources) / Double(result.days)
    }
    let most = results.flatMap { result in sizes.map { requests(result, $0) } }.max() ?? 1
    for step in 0...4 {
      let value = most * Double(step) / 4
      let at = top + height * (1 - Double(step) / 4)
      svg += line(560, at, 930, at) + label(552, at + 4, number(value, 0), "end")
    }
    for (place, size) in sizes.enumerated() {
      let begin = 566 + Double(place) * 61
      for (index, result) in results.enumerated() {
        let tall = height * requests(result, size) / most
        svg += "<rect x=\"\(number(begin + Double(index) * 17))\" y=\"\(number(top + height - tall))\" width=\"15\" "
        svg += "height=\"\(number(tall))\" fill=\"\(colours[index])\"/>\n"
      }
      svg += label(begin + 25, top + height + 18, "\(size)", "middle")
    }
    return svg + "</svg>\n"
  }

  private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" stroke=\"#d0d7de\"/>\n"
  }

  private static func label(_ x: Double, _ y: Double, _ text: String, _ anchor: String) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(text)</text>\n"
  }
}
