import Articles
import Store
import Testing
import Values

@testable import Ingest

@Suite("What a second reading of a page is worth")
struct ImprovementTests {
  /// Headline, body, and as many further fields.
  private func quality(_ more: Int, words: Int, partial: Bool = false) -> ArticleQuality {
    ArticleQuality(fields: (1 << (2 + more)) - 1, words: words, isPartial: partial)
  }

  private func last(_ quality: ArticleQuality?, hash: String = "old") -> ArticleRow {
    ArticleRow(
      publisher: "p", key: "k", uri: "u", version: 1, contentHash: hash, stagedID: "s", queueName: "q",
      state: .published, firstSeen: Timestamp(seconds: 0), updatedAt: Timestamp(seconds: 0), url: "https://p.example/k",
      headline: "h", quality: quality)
  }

  /// What was published without its text before that was called a part.
  @Test("without a text both readings are parts")
  func withoutText() {
    let old = last(ArticleQuality(fields: 0b101, words: 0, isPartial: false), hash: "h")
    let same = ArticleQuality(fields: 0b101, words: 0, isPartial: true)
    #expect(Improvement.judge(same, hash: "h", against: old) == .same)
    let signed = ArticleQuality(fields: 0b1101, words: 0, isPartial: true)
    #expect(Improvement.judge(signed, hash: "i", against: old) == .better)
    #expect(
      Improvement.judge(ArticleQuality(fields: 0b111, words: 300, isPartial: false), hash: "j", against: old) == .better
    )
  }

  @Test func verdicts() {
    let cases: [(new: ArticleQuality, hash: String, old: ArticleRow?, expected: Improvement)] = [
      // The same content and fields.
      (quality(3, words: 100), "old", last(quality(3, words: 100)), .same),
      // The same content, but a section more.
      (quality(4, words: 100), "old", last(quality(3, words: 100)), .better),
      (quality(2, words: 100), "old", last(quality(3, words: 100)), .worse),
      // Other content: junk cleared, text gained, text lost.
      (quality(3, words: 90), "new", last(quality(3, words: 100)), .better),
      (quality(3, words: 400), "new", last(quality(3, words: 100)), .better),
      (quality(3, words: 79), "new", last(quality(3, words: 100)), .worse),
      (quality(4, words: 20), "new", last(quality(3, words: 100)), .different),
      (quality(2, words: 400), "new", last(quality(3, words: 100)), .worse),
      // A part and the whole.
      (quality(3, words: 500), "new", last(quality(4, words: 40, partial: true)), .better),
      (quality(5, words: 500, partial: true), "new", last(quality(3, words: 100)), .worse),
      (quality(4, words: 50, partial: true), "new", last(quality(3, words: 40, partial: true)), .better),
      // No body any more; a body at last.
      (ArticleQuality(fields: 0b11_1101, words: 0, isPartial: false), "new", last(quality(0, words: 100)), .worse),
      (quality(0, words: 100), "new", last(ArticleQuality(fields: 0b1, words: 0, isPartial: false)), .better),
      // Never published: a page that had given nothing.
      (quality(0, words: 100), "new", nil, .better),
      (quality(0, words: 10, partial: true), "new", nil, .worse),
      (ArticleQuality(fields: 0b10, words: 100, isPartial: false), "new", nil, .worse),
      // Published before this was kept.
      (quality(3, words: 100), "old", last(nil), .same),
      (quality(3, words: 100), "new", last(nil), .better),
      (quality(3, words: 10, partial: true), "new", last(nil), .different),
    ]
    for (number, entry) in cases.enumerated() {
      #expect(Improvement.judge(entry.new, hash: entry.hash, against: entry.old) == entry.expected, "case \(number)")
    }
  }

  /// Whatever two readings are, publishing the better one and reading again ends: nothing is better than itself.
  @Test func nothingIsBetterThanItself() {
    for fields in 0..<(1 << 6) {
      for words in [0, 1, 100] {
        for partial in [false, true] {
          let quality = ArticleQuality(fields: fields, words: words, isPartial: partial)
          #expect(Improvement.judge(quality, hash: "h", against: last(quality, hash: "h")) == .same)
        }
      }
    }
  }

  @Test func countsWhatAnArticleHas() {
    var article = Article(headline: "")
    #expect(ArticleQuality(article) == ArticleQuality(fields: 0, words: 0, isPartial: false))
    article.headline = "Ferries return"
    article.body = [.paragraph([.text("One two  three.")]), .paragraph([.text("Four")])]
    article.keywords = ["ferries"]
    article.isPartial = true
    let quality = ArticleQuality(article)
    #expect(quality.fill == 3 && quality.words == 4 && quality.isPartial && quality.hasHeadlineAndBody)
  }
}
