import Articles
import Markup
import Values

/// The words of a picture that no name tells from the rest: those of the small box that it stands in.
extension PictureReader {
  /// The words of a box that holds one picture and, under no name, a line or two: what is seen, and whose picture it
  /// is.
  func boxWords(around node: Node, frame: Node) -> (caption: String?, credit: String?)? {
    guard isOtherLayout || rules?.select.isEmpty ?? true, genericCaption(frame) == nil, genericCredits(frame).isEmpty
    else { return nil }
    let isFigure = frame.name == "figure"
    // The largest element around the picture that holds nothing but it and few words.
    var box: Node?
    for place in [node] + node.ancestors.prefix(5) {
      if place.isOne(of: Self.notABox) || place.isNamed(in: Self.besideText) || !Self.holdsFewPictures(place) { break }
      let text = place.text
      guard text.characterCount <= 400,
        !place.holds(["h1", "h2", "h3", "h4", "ul", "ol", "button", "form"]),
        // Paragraphs, quotations and links with words are text, or lead to another story.
        isFigure || Self.holdsNoText(place),
        Self.holdsOnePicture(place, page)
      else { break }
      if place.name == "a", !text.isEmpty, !isFigure { return nil }
      if !text.isEmpty { box = place }
    }
    guard let box, box != node || node.name == "figure" else { return nil }
    if box.descendants(named: .links).contains(where: { $0.text.count > 60 }) { return nil }
    // Words on both sides of a picture are text in which it stands, as in a list of persons with their portraits.
    if box != frame, Self.surrounds(box, frame) { return nil }
    var lines: [String] = []
    func collect(_ node: Node) {
      guard !BodyWalker.isSilent(node), node == box || !ClassTokens(node).containsAny(Self.unseenLabels) else { return }
      let inner = node.elements.filter { !BodyWalker.isSilent($0) && !$0.text.isEmpty }
      let saysItself = node.children.contains { $0.isText && $0.rawText.contains { !$0.isWhitespace } }
      let isLeaf =
        inner.isEmpty || inner.allSatisfy { $0.isOne(of: Self.inlineOnly) }
        || saysItself && inner.allSatisfy { $0.isOne(of: BodyWalker.inlineElements) }
      if isLeaf || node.elements.isEmpty {
        if !node.text.isEmpty { lines.append(node.text) }
      } else {
        for child in inner { collect(child) }
      }
    }
    collect(box)
    lines = Self.unique(lines.filter { $0.count > 2 })
    // The name of an author, or the length of a film, is no caption.
    guard (1...3).contains(lines.count),
      !lines.contains(where: { Names.afterPrefix($0) != nil && $0.count < 60 || Lines.isDuration($0) })
    else { return nil }
    if lines.count == 1 {
      let (caption, credit) = PictureCredits.split(lines[0], boldly: true)
      // A line that says nothing of being a caption may be the text itself.
      let isText = lines[0].count > 200 || Self.isParagraph(lines[0], around: node)
      return credit == nil && frame.name != "figure" && isText ? nil : (caption, credit)
    }
    let last = lines[lines.count - 1]
    let isCredit =
      PictureCredits.isLabelled(last) && last.count < 300 || last.count < 80 && !BlockFilter.endsSentence(last)
    guard isCredit else { return (lines[0], nil) }
    return (lines[0], PictureCredits.listed(PictureCredits.cleaned(last)))
  }

  /// Whether a box holds no paragraph, quotation or link with words; a single paragraph is no text either that ends
  /// like none, or in a box that stands between the paragraphs.
  private static func holdsNoText(_ box: Node) -> Bool {
    let texts = box.descendants(named: ["p", "blockquote", "q", "a"]).filter { !$0.text.isEmpty }
    guard let first = texts.first else { return true }
    guard texts.count == 1, first.name == "p", let parent = box.parent else { return false }
    if PictureCredits.isLabelled(first.text) { return true }
    if first.text.characterCount > 20, !BlockFilter.endsSentence(first.text), !Names.looksLikeName(first.text[...]) {
      return true
    }
    return parent.elements.count { $0.name == "p" && $0.text.utf8.count > 80 } > 2
  }

  /// Whether a line is a paragraph of the text that a picture is set into: a sentence right beside the picture. A caption
  /// has an element or a line of its own.
  private static func isParagraph(_ line: String, around picture: Node) -> Bool {
    guard line.characterCount > 60, BlockFilter.endsSentence(line),
      let paragraph = picture.ancestors.prefix(4).first(where: { $0.name == "p" }), !paragraph.holds(["br"])
    else { return false }
    return paragraph.children.reduce(0) { $0 + ($1.isText ? TextMass.weight($1.rawText).weight : 0) } > 40
  }

  /// Whether a box has words in front of one of its elements and behind it too.
  private static func surrounds(_ box: Node, _ frame: Node) -> Bool {
    var (before, after, isBehind) = (false, false, false)
    func look(_ node: Node) {
      if node == frame {
        isBehind = true
      } else if node.isText {
        guard node.rawText.contains(where: { !$0.isWhitespace }) else { return }
        if isBehind { after = true } else { before = true }
      } else if !BodyWalker.isSilent(node) {
        for child in node.children { look(child) }
      }
    }
    for child in box.children { look(child) }
    return before && after
  }

  private static let notABox: ElementSet = ["article", "main", "body", "section", "header", "html", "td"]
  /// A block of one system with a picture on one side and a text on the other.
  private static let besideText: WordSet = ["mediatext"]
  private static let inlineOnly: ElementSet = ["a", "b", "strong", "em", "i", "time", "br", "wbr", "u", "abbr"]
}
