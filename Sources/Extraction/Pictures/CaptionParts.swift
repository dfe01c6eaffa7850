import Markup
import Values

/// Whose a picture is, said in a part of its caption that nothing names: an element or a line before or behind the
/// words.
extension PictureReader {
  /// The part of a caption that says whose the picture is and nothing else tells so: a short element behind the words.
  static func closingCredit(of caption: Node) -> Node? {
    let place = inmost(caption)
    // A line of its own, set off by no more than a break.
    if let line = place.children.last(where: { !$0.text.isEmpty }), line.isText, isBroken(line, \.previousSibling),
      isCreditLine(line.text, endOf: place.text)
    {
      return line
    }
    guard let part = place.elements.last(where: { !$0.text.isEmpty }), part.isOne(of: lineParts) else { return nil }
    let (text, whole) = (part.text, place.text)
    if isCreditLine(text, endOf: whole), part.isOne(of: creditParts) || text.holds("/") { return part }
    guard part.isOne(of: creditParts), whole.hasSuffix(text), (3...300).contains(text.characterCount),
      !PictureCredits.isBareLabel(text)
    else {
      return nil
    }
    if PictureCredits.isLabelled(text) || text.first == "(" && text.last == ")"
      || text.first == "[" && text.last == "]"
    {
      return part
    }
    // Behind a bar or slash of its own.
    if let sign = text.first, "/|·•–—".contains(sign), PictureCredits.cleaned(text).first?.isUppercase == true,
      (2...60).contains(text.characterCount), whole.count > text.count + 10
    {
      return part
    }
    // Where a label stands in the words, the credit begins there.
    guard text.characterCount <= 60, !BlockFilter.endsSentence(text), text.first?.isUppercase == true,
      PictureCredits.split(whole, boldly: true).credit == nil
    else { return nil }
    let words = whole.dropLast(text.count).trimmingSpaces
    // A word set apart in a sentence is no part of its own.
    return words.characterCount > 20 && words.count > text.count && !",-–—:(".contains(words.last ?? " ") ? part : nil
  }

  /// The same in front of the words: labelled, or a credit by its form.
  static func openingCredit(of caption: Node) -> Node? {
    let place = inmost(caption)
    if let line = place.children.first(where: { !$0.text.isEmpty }), line.isText, isBroken(line, \.nextSibling),
      line.text.characterCount < 60, place.text.count > line.text.count + 20, BlockFilter.endsSentence(place.text),
      !BlockFilter.endsSentence(line.text), PictureCredits.alone(line.text) != nil,
      line.text.holds("/") || line.text == line.text.uppercased() || PictureCredits.isBracketedOrLabelled(line.text)
    {
      return line
    }
    guard let part = place.elements.first(where: { !$0.text.isEmpty }), part.isOne(of: creditParts) else { return nil }
    let (text, whole) = (part.text, place.text)
    guard whole.hasPrefix(text), text.characterCount < 80 else { return nil }
    // Labelled, and set apart from the few words of the caption by an element of their own.
    if PictureCredits.isBracketedOrLabelled(text), !PictureCredits.isBareLabel(text), let other = element(behind: part),
      place.elements.last(where: { !$0.text.isEmpty }) == other, whole.hasSuffix(other.text),
      !PictureCredits.isBracketedOrLabelled(other.text), !PictureCredits.looksLikeCredit(other.text, isBracketed: true)
    {
      return part
    }
    guard whole.count > text.count + 20 else { return nil }
    // The word for a picture opens a caption, or stands before a name and nothing else.
    if PictureCredits.isBareLabel(text) {
      return PictureCredits.looksLikeCredit(whole.dropFirst(text.count).trimmingSpaces, isBracketed: false) ? nil : part
    }
    return PictureCredits.isLabelled(text) || PictureCredits.alone(text) != nil ? part : nil
  }

  private static func element(behind node: Node) -> Node? {
    var next = node.nextSibling
    while let place = next, place.text.isEmpty { next = place.nextSibling }
    return next.flatMap { $0.isElement ? $0 : nil }
  }

  /// A box, or the one inside it that holds all its words.
  private static func inmost(_ box: Node) -> Node {
    var place = box
    while place.elements.count == 1, let inner = place.elements.first, inner.text == place.text { place = inner }
    return place
  }

  /// Whether the last of a caption's lines is a credit by itself, and those before it are all caption, whatever they
  /// would be with it in one line.
  private static func isCreditLine(_ text: String, endOf whole: String) -> Bool {
    guard whole.hasSuffix(text), whole.count > text.count + 10, PictureCredits.alone(text) != nil else { return false }
    let before = whole.dropLast(text.count).trimmingSpaces
    guard let last = before.last, !",-–—:(/©".contains(last),
      !leading.contains(before.split(separator: " ").last.map { $0.lowercased() } ?? ""),
      PictureCredits.split(before, boldly: true).credit == nil
    else { return false }
    // A word that is an agency's name too may end a sentence.
    return text.holds("/") || text == text.uppercased() || PictureCredits.isBracketedOrLabelled(text)
      || BlockFilter.endsSentence(before)
  }

  /// Words that what follows belongs to.
  private static let leading: Set<String> = [
    "via", "for", "by", "from", "the", "of", "and", "von", "für", "de", "du", "par", "pour", "di", "da", "por", "para",
    "av", "af", "door", "a", "an", "in", "at", "on",
  ]

  /// Whether a line's break stands right before or behind it.
  private static func isBroken(_ line: Node, _ side: KeyPath<Node, Node?>) -> Bool {
    var place = line[keyPath: side]
    while let other = place, other.isText, other.text.isEmpty { place = other[keyPath: side] }
    return place?.name == "br"
  }

  private static let creditParts: ElementSet = ["span", "small", "cite", "div", "p"]
  private static let lineParts = creditParts.union(["em", "i"])
}
