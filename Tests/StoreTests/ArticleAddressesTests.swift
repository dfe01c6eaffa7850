import Testing
import Values

@testable import Store

@Suite("Several addresses of one article") struct ArticleAddressesTests {
  @Test("those that are of use still are found, and looked at again", arguments: Engine.allCases)
  func others(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    let keys = ["a", "amp", "gone", "other", "fresh"]
    let items = try store.recordFetch(feed(), keys.map { newItem($0) }, now: instant(0))
    for item in items where item.key != "fresh" {
      try store.itemDone(item.id, articleKey: item.key == "other" ? "other" : "a")
    }
    try store.itemFailed(items[2].id, error: "gone", nextTry: nil)
    func others(_ index: Int) throws -> [String] {
      let found = try store.otherItems(ofArticle: "a", publisher: "p", besides: items[index].id)
      for address in found { #expect(try store.item(address.item)?.url == address.url) }
      return found.map(\.key)
    }
    #expect(try others(0) == ["amp"] && others(1) == ["a"] && others(4).sorted() == ["a", "amp"])
    #expect(try store.otherItems(ofArticle: "a", publisher: "q", besides: 0).isEmpty)
    try store.lookAgain(at: items.map(\.id), now: instant(7))
    let waiting = try store.waitingItems(now: instant(7), limit: 9)
    #expect(Set(waiting.map(\.key)) == ["a", "amp", "other", "fresh"])
    #expect(waiting.filter(\.isUpdate).count == 3)
    // Still the article's while they wait, and while a look is missed, which is known until the page is had again.
    #expect(try others(0) == ["amp"])
    func failures() throws -> [Int] {
      try store.otherItems(ofArticle: "a", publisher: "p", besides: items[0].id).map(\.failures)
    }
    try store.itemFailed(items[1].id, error: "down", nextTry: nil, revisit: instant(20))
    #expect(try failures() == [1])
    try store.lookAgain(at: [items[1].id], now: instant(9))
    #expect(try failures() == [1])
    try store.itemDone(items[1].id)
    #expect(try failures() == [0])
  }
}
