extension EventKind {
  /// The journal's message catalogue (systemd catalog file format): what `journalctl -x` shows below an entry. Shipped
  /// as `systemd/catalog/newswire.catalog`; a test holds the file against this.
  public static var catalog: String {
    let head = """
      # What newswire's journal entries mean and what to do about them: shown by 'journalctl -x'.
      # Made from the table of events in Sources/Service; scripts/check-units.sh says how to make it again.

      """
    return head + allCases.map(\.catalogEntry).joined()
  }

  private var catalogEntry: String {
    var lines = [
      "", "-- \(messageID)", "Subject: \(explanation.subject)", "Defined-By: newswire",
      "Documentation: man:\(manual)(8)", "",
    ]
    lines += wrapped(explanation.meaning)
    lines += ["", "@MESSAGE@", ""]
    lines += wrapped(explanation.remedy)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The page of the program that records it.
  private var manual: String { rawValue.hasPrefix("forward.") ? "newswire-forward" : "newswired" }

  private func wrapped(_ text: String) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      if lines[lines.count - 1].isEmpty {
        lines[lines.count - 1] = String(word)
      } else if lines[lines.count - 1].count + 1 + word.count <= 79 {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
