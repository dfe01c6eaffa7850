import CXML2

extension Node {
  /// Parses a fragment of HTML and puts its nodes behind the children of this element, where selectors find them as if
  /// they had been served there. Nothing happens for a fragment that cannot be read.
  public func append(html fragment: String) {
    let page = Array("<html><body><div>\(fragment)</div></body></html>".utf8)
    guard isElement, let source = try? Document(html: page, contentType: "text/html; charset=utf-8"),
      let body = source.element?.elements.last(where: { $0.name == "body" })
    else { return }
    for child in body.children {
      guard let copy = xmlDocCopyNode(child.pointer, document.tree, 1) else { continue }
      if xmlAddChild(pointer, copy) == nil { xmlFreeNode(copy) }
    }
    document.noteChange()
  }
}
