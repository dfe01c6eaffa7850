import Articles
import Testing
import Values

@testable import Ingest

@Suite("One text under many addresses")
struct RecentReadingsTests {
  private let now = Timestamp(seconds: 1_800_000_000)

  @Test func countsOtherArticlesOfLateHours() {
    var readings = RecentReadings()
    #expect(readings.note(1, of: "a", now: now) == 0)
    #expect(readings.note(1, of: "a", now: now) == 0, "itself, read again")
    #expect(readings.note(1, of: "b", now: now) == 1)
    #expect(readings.note(2, of: "c", now: now) == 0)
    #expect(readings.note(1, of: "c", now: now) == 2)
    // What an article says now counts, and not what it said.
    #expect(readings.note(3, of: "a", now: now) == 0)
    #expect(readings.note(1, of: "d", now: now) == 2)
    #expect(readings.note(1, of: "e", now: now.adding(seconds: 7 * 3600)) == 0)
  }

  @Test func forgetsTheOldestOfMany() {
    var readings = RecentReadings()
    _ = readings.note(1, of: "first", now: now)
    for number in 1..<RecentReadings.most { _ = readings.note(2, of: "\(number)", now: now) }
    #expect(readings.note(1, of: "other", now: now) == 1)
    _ = readings.note(2, of: "another", now: now)
    #expect(readings.note(1, of: "last", now: now) == 1)
  }

  @Test(
    "whose text it is",
    arguments: [
      // A fault in unknown words: from the second article on where one was published, from the third where none was.
      ("Technische Störung", ["Mayor resigns"], 0, true, false),
      ("Technische Störung", ["Mayor resigns"], 1, true, true),
      ("Technische Störung", ["Mayor resigns"], 1, false, false),
      ("Technische Störung", ["Mayor resigns"], 2, false, true),
      // Copy of an agency, hourly bulletins, an article under two addresses: their titles agree.
      ("Mayor resigns after vote", ["Mayor resigns"], 5, true, false),
      ("News in brief", ["News in Brief"], 24, false, false),
      // Called as it was before, whatever its feed says by now.
      ("Mayor resigns", ["What happened today", "MAYOR resigns"], 3, true, false),
      ("Technische Störung", ["What happened today", "Mayor resigns"], 3, true, true),
      // Nothing to compare with.
      ("Technische Störung", [], 5, true, false), ("…", ["Mayor resigns"], 5, true, false),
      // Short words agree by chance, but are all that some titles have.
      ("We will be right back", ["The mayor will not be back"], 4, false, false),
      ("The page is gone", ["The mayor is ill"], 4, false, true), ("Oil up", ["Oil prices jump"], 4, false, false),
      // No spaces between words.
      ("首相、辞任を表明", ["首相が辞任"], 4, false, false), ("エラー", ["首相辞任"], 4, false, true),
    ] as [(String, [String], Int, Bool, Bool)])
  func isAnothers(headline: String, titles: [String], others: Int, isUpdate: Bool, isAnothers: Bool) {
    #expect(
      RecentReadings.isAnothers(headline, titles: titles, others: others, isUpdate: isUpdate) == isAnothers)
  }

  @Test func aPageWithoutATextHasNoDigest() {
    var article = Article(headline: "Story")
    #expect(RecentReadings.digest(article) == nil)
    article.body = [.paragraph([.text("A text.")])]
    let digest = RecentReadings.digest(article)
    article.section = "News"
    #expect(digest != nil && RecentReadings.digest(article) == digest)
    article.headline = ""
    #expect(RecentReadings.digest(article) == nil)
  }
}

@Suite("Pages without their end")
struct PageEndsTests {
  @Test func whatTheyAreWorth() {
    typealias Case = (
      ends: PageEnds, words: Int, sentence: Bool, published: Int?, tries: Int, verdict: PageEnds.Verdict
    )
    let cases: [Case] = [
      // Met for the first time: what ends like a text is one.
      (.unknown, 90, true, nil, 1, .whole), (.written, 90, true, nil, 1, .whole),
      (.unknown, 90, false, nil, 1, .doubted), (.unknown, 90, false, nil, 2, .whole),
      (.written, 90, false, nil, 1, .doubted), (.written, 90, false, nil, 2, .doubted),
      (.written, 90, false, nil, 3, .part),
      // Of sites that never write it nothing is asked twice.
      (.leftOut, 90, false, nil, 1, .whole), (.leftOut, 90, false, 300, 1, .whole),
      // Published before: what is shorter may be cut, wherever the cut is; what has grown is not.
      (.written, 90, true, 300, 1, .doubted), (.written, 90, true, 300, 3, .part), (.unknown, 90, true, 300, 2, .whole),
      (.written, 300, false, 300, 1, .whole), (.written, 310, false, 300, 1, .whole),
    ]
    for (ends, words, sentence, published, tries, verdict) in cases {
      #expect(
        ends.judge(words: words, endsSentence: sentence, published: published, tries: tries, attempts: 5) == verdict,
        "\(ends) \(words) \(sentence) \(published ?? 0) \(tries)")
    }
    #expect(PageEnds.written.judge(words: 9, endsSentence: false, published: nil, tries: 1, attempts: 1) == .part)
  }

  @Test func oneEndOutweighsPagesWithout() {
    var ends = PageEnds.unknown
    ends.note(hasEnd: false)
    #expect(ends == .leftOut)
    ends.note(hasEnd: true)
    #expect(ends == .written)
    ends.note(hasEnd: false)
    #expect(ends == .written)
  }

  @Test(
    "texts that end",
    arguments: [
      ("The council met.", true), ("“The council met.”", true), ("The council met (dpa)", true), ("Who knows?  ", true),
      ("会议结束。", true), ("परिषद की बैठक हुई।", true), ("การประชุมสิ้นสุดลง", true), ("More to come…", true),
      ("The council met in the 3", false), ("which it had not agreed on before, the pub", false), ("agreed on,", false),
    ])
  func endsSentence(text: String, ends: Bool) {
    #expect(PageEnds.endsSentence([.heading(level: 2, [.text("News")]), .paragraph([.text(text)])]) == ends)
  }

  @Test func onlyAParagraphIsCut() {
    #expect(PageEnds.endsSentence([]))
    #expect(
      PageEnds.endsSentence([.paragraph([.text("Results")]), .list(ordered: false, [[.paragraph([.text("Ajax 2")])]])]))
  }
}
