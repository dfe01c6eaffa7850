import Markup
import Values

/// What the look of elements says about the words in them, where their names do not.
extension BodyWalker {
  /// Whether nothing but their look divides an element in a line from the one before: that ends in several words or a
  /// sentence, and this begins one, as in `<b>3 March</b><span>The council …` One word before another may be a name
  /// in two colours, `<span>You</span><span>Tube</span>`.
  static func isGlued(_ node: Node) -> Bool {
    guard node.isOne(of: inlineElements), let before = node.previousSibling, before.isOne(of: inlineElements),
      // Letters set apart.
      before.text.utf8.count > 2, let last = before.text.last, let first = node.text.first
    else { return false }
    return (first.isUppercase || "“„«".contains(first))
      && (last.isNumber || ".!?:”»".contains(last)
        || last.isLowercase && before.text.holds(" ") && node.text.holds(" "))
  }

  /// Whether a block is the first letter of the words behind it, printed large.
  static func isInitial(_ node: Node) -> Bool {
    guard let next = node.nextSibling, next.isText, node.elements.isEmpty, node.text.utf8.count < 8,
      node.text.count == 1, node.text.first?.isLetter == true
    else { return false }
    return next.rawText.first?.isLetter ?? false
  }

  /// Whether an element of the publisher's own making is no part of a line: other elements of the kind or blocks stand
  /// beside it.
  static func standsAlone(_ node: Node) -> Bool {
    if node.hasUsualName || !node.name.holds("-") { return false }
    guard let parent = node.parent, parent.name != "p", !parent.isOne(of: inlineElements) else { return false }
    return [beside(node, \.previousSibling), beside(node, \.nextSibling)].allSatisfy { beside in
      beside.map { $0.isElement && !$0.isOne(of: inlineElements) } ?? true
    }
  }

  /// Whether an element is the first letter of a paragraph, which is not said once more for those who hear the page.
  static func isShownInitial(_ node: Node) -> Bool {
    guard beside(node, \.previousSibling) == nil, isInitial(node), let parent = node.parent else { return false }
    return !parent.elements.contains { GenericBody.isUnseen($0) }
  }

  /// Whether a list is the table of contents of the page: the line above it says so, and each item is a link to a place
  /// in the page. Under other lines such links are the points of the text, or its names.
  static func isContents(_ list: Node, below label: WalkedBlock) -> Bool {
    guard label.weight < 30, label.node.parent == list.parent, contents.contains(Lines.squeezed(label.text)) else {
      return false
    }
    let items = list.elements
    guard items.count > 1, items.count < 100 else { return false }
    return items.allSatisfy { item in
      let links = item.descendants(named: .links)
      return !links.isEmpty && !BlockFilter.endsSentence(item.text)
        && links.allSatisfy { $0["href"].map { $0.hasPrefix("#") && $0 != "#" } ?? false }
        && links.reduce(0) { $0 + $1.text.utf8.count } + 6 * links.count >= item.text.utf8.count
    }
  }

  /// What a table of contents is called, letters alone.
  private static let contents: Set<String> = [
    "contents", "tableofcontents", "onthispage", "inthisarticle", "inhalt", "inhaltsverzeichnis", "indiesemartikel",
    "sommaire", "tabledesmatières", "danscetarticle", "contenido", "tabladecontenidos", "índice", "indice", "sommario",
    "sumário", "inhoud", "inhoudsopgave", "innehåll", "indhold", "innhold", "sisällysluettelo", "spistreści", "obsah",
    "tartalomjegyzék", "cuprins", "περιεχόμενα", "содержание", "оглавление", "зміст", "目录", "目次", "목차",
  ]

  /// Whether a heading is nothing but a button, as those of a list that folds are.
  static func isHeading(_ button: Node) -> Bool {
    guard let head = button.parent, head.isOne(of: .lowerHeadings) else { return false }
    return beside(button, \.previousSibling) == nil && beside(button, \.nextSibling) == nil
  }

  /// The next sibling on one side that is no white space.
  static func beside(_ node: Node, _ step: KeyPath<Node, Node?>) -> Node? {
    var place = node[keyPath: step]
    while let beside = place, !beside.isElement, !beside.isText || beside.rawText.allSatisfy(\.isWhitespace) {
      place = beside[keyPath: step]
    }
    return place
  }
}
