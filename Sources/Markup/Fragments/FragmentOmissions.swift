/// Elements that are left out with all that is in them: scripts, styles, forms and their like.
extension FragmentReader {
  /// Leaves out an element and all inside, up to its end tag or to the end tag of something around it. Of an element
  /// that has none the content stays.
  mutating func skipElement(_ found: Int) {
    if absentEnds.contains(found) { return }
    let start = at
    var inside = 1
    while let next = find(UInt8(ascii: "<"), from: at) {
      at = next
      let second = at + 1 < end ? bytes[at + 1] : 0
      if Self.isLetter(second) {
        let (name, nameEnd) = name(from: at + 1)
        at = nameEnd
        let isWhole = skipAttributes()
        guard let name else { continue }
        if name == found, !isWhole { inside += 1 }
        if rules[name].role == .droppedText, !isWhole { skipText(name) }
      } else if second == UInt8(ascii: "/"), at + 2 < end, Self.isLetter(bytes[at + 2]) {
        let (name, nameEnd) = name(from: at + 2)
        if name == found {
          inside -= 1
        } else if let name, rules[name].rank > 0 || rules[name].isParagraph, isOpen(name) {
          return
        }
        at = find(UInt8(ascii: ">"), from: nameEnd).map { $0 + 1 } ?? end
        if inside == 0 { return }
      } else if !comment() {
        at += 1
      }
    }
    absentEnds.insert(found)
    at = start
  }

  private func isOpen(_ found: Int) -> Bool {
    var index = depth
    while index > 0 {
      index -= 1
      if Int(open[index].rule) == found { return true }
    }
    return false
  }

  /// Leaves out what stands up to the end tag. Of an element that has none the content stays, unless it is a script's
  /// or a style's.
  mutating func skipText(_ found: Int) {
    if !absentEnds.contains(found) {
      var index = at
      while let next = find(UInt8(ascii: "<"), from: index) {
        if next + 2 < end, bytes[next + 1] == UInt8(ascii: "/") {
          let (name, nameEnd) = name(from: next + 2)
          if name == found {
            at = find(UInt8(ascii: ">"), from: nameEnd).map { $0 + 1 } ?? end
            return
          }
        }
        index = next + 1
      }
      absentEnds.insert(found)
    }
    if rules[found].isCode { at = end }
  }
}
