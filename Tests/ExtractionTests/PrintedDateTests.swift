import Articles
import Extraction
import Testing
import Values

private let text = """
  <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.</p>
  <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
  <p>The mayor, who had asked for the vote, said she would sign the decision before the end of the week.</p>
  """

/// When an article was published by a page of a German newsroom that states no date in its data.
private func published(_ body: String, path: String = "/world/a-story") throws -> String? {
  let page = """
    <html><head><title>Library stays open all year - Example</title></head><body><div class=page>
    <div class=header-date>Dienstag, 3. März 2026</div><nav><ul><li>1. Januar 2026, 8:00 Uhr</li></ul></nav>
    <main><article>\(body)</article></main>
    <footer>Stand: 4.5.2026, 10:00 Uhr</footer></div></body></html>
    """
  let url = WebURL("https://www.news-example.de" + path)!
  return try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.published?.rfc3339
}

private let heading = "<h1>Library stays open all year</h1>"

@Suite struct PrintedDateTests {
  @Test(
    "lines by the headline",
    arguments: [
      ("<div class=meta>28.04.2026, 18:11 Uhr</div>", "2026-04-28T18:11:00+02:00"),
      (
        "<p class=t><span>Stand: </span><span>28. April 2026, </span><span>05:00 Uhr</span></p>",
        "2026-04-28T05:00:00+02:00"
      ),
      ("<div><div>Dienstag</div><div>28. April 2026</div><div>15:44 Uhr</div></div>", "2026-04-28T15:44:00+02:00"),
      ("<div>2 minute read<span>April 28, 2026</span><span>2:26 PM GMT+2</span></div>", "2026-04-28T14:26:00+02:00"),
      ("<div><span>28.04.2026</span> <span>17:50 MEZ</span></div>", "2026-04-28T17:50:00+02:00"),
      ("<div>Oct 28, 2026 5:50 pm CET</div>", "2026-10-28T17:50:00+01:00"),
      ("<div>22.11.2026 07.57</div>", "2026-11-22T07:57:00+01:00"),
      ("<aside class=info><span>28.04.2026, 18:11</span></aside>", "2026-04-28T18:11:00+02:00"),
      (
        "<div class=date-comments-wrap><span>28.04.2026</span> <span>18:11</span> <b>47</b></div>",
        "2026-04-28T18:11:00+02:00"
      ),
      ("<p>Example Desk<br>28.04.2026 | 09:36 Uhr</p>", "2026-04-28T09:36:00+02:00"),
      ("<a href='/archive/2026/04/28'><time>28.04.2026, 9:36</time></a>", "2026-04-28T09:36:00+02:00"),
      // In digits of other scripts, and with a stop at the end of a line of many bytes.
      ("<div>٢٨ أبريل ٢٠٢٦</div>", "2026-04-28T00:00:00Z"),
      ("<div>২৮ এপ্রিল ২০২৬, ১৮:১১</div>", "2026-04-28T18:11:00+02:00"),
      ("<div>28 พฤศจิกายน 2569 10:15 น.</div>", "2026-11-28T10:15:00+01:00"),
      // How long a film takes is no time of day.
      ("<div>28.04.2026 01:48 min</div>", "2026-04-28T00:00:00Z"),
    ])
  func lines(_ line: String, _ date: String) throws {
    #expect(try published(heading + line + text) == date)
    #expect(try published("<div>\(line)</div>" + heading + text) == date)
  }

  @Test(
    "which of two dates",
    arguments: [
      ("<p>28. Juni 2026 - 16.03 Uhr</p><p>Akt.: 29. Juni 2026 - 21.18 Uhr</p>", "2026-06-28T16:03:00+02:00"),
      ("<p>Aktualisiert: 29.6.2026, 21:18</p><p>Veröffentlicht: 28.6.2026, 16:03</p>", "2026-06-28T16:03:00+02:00"),
      (
        "<div><b>Updated</b> <time>29.6.2026, 21:18</time></div><div><b>Published</b> <time>28.6.2026, 16:03</time></div>",
        "2026-06-28T16:03:00+02:00"
      ),
      (
        "<p>Mis à jour le 29 juin 2026 à 21h18</p><p>Mis en ligne le 28 juin 2026 à 16h03</p>",
        "2026-06-28T16:03:00+02:00"
      ),
      (
        "<time class=updated datetime='2026-06-29T21:18:00Z'>29.6.</time><time datetime='2026-06-28T14:03:00Z'>28.6.</time>",
        "2026-06-28T14:03:00Z"
      ),
      // The day here, its time there; a change of the same day is not meant.
      ("<p>28.6.2026</p><p>Updated: 28.6.2026, 21:18</p>", "2026-06-28T00:00:00Z"),
      // Only a change is printed.
      ("<p>Aktualisiert am 29.6.2026, 21:18</p>", "2026-06-29T21:18:00+02:00"),
      // In Danish and Polish `maj` is a month.
      ("<p>3. maj 2026 kl. 16.03</p>", "2026-05-03T16:03:00+02:00"),
    ])
  func labels(_ lines: String, _ date: String) throws {
    #expect(try published(heading + lines + text) == date)
  }

  @Test(
    "dates of others",
    arguments: [
      "<div class=card><h3><a href='/o'>Another story of the day</a></h3><span>1.2.2026, 10:00</span></div>",
      "<div class=comments><div class=c><b>Carl</b> <time datetime='2026-02-01T10:00:00Z'>1.2.</time></div></div>",
      "<figure><img src=/a.jpg><figcaption>The house on 1 February 2026, 10:00</figcaption></figure>",
      "<p>It was reported on radio on <time>1.2.2026 um 06:00 Uhr</time>, for the first time.</p>",
      "<table><tr><td>1.2.2026 10:00</td></tr></table>", "<p>Archive of March 2026</p>",
      "<div class=today>1.2.2026, 10:00</div>",
    ])
  func others(_ part: String) throws {
    #expect(try published(heading + text + part) == nil)
    #expect(try published(heading + "<p>28.04.2026, 18:11 Uhr</p>" + text + part) == "2026-04-28T18:11:00+02:00")
  }

  @Test func attributesAndWordsOfTimes() throws {
    // A day alone, and the time in words; the time of the place called universal; both true.
    let cases = [
      ("2026-04-28", "28.04.2026 - 16:00", "2026-04-28T16:00:00+02:00"),
      ("2026-04-28T08:52:55+00:00", "28.04.2026 um 08:52 Uhr", "2026-04-28T08:52:00+02:00"),
      ("2026-04-28T06:52:55+00:00", "28.04.2026 um 08:52 Uhr", "2026-04-28T06:52:55Z"),
      ("2026-04-28T08:52:55", "28.04.2026", "2026-04-28T08:52:55+02:00"),
    ]
    for (attribute, words, date) in cases {
      #expect(try published("\(heading)<time datetime='\(attribute)'>\(words)</time>\(text)") == date)
    }
  }

  @Test(
    "times in attributes, on a day that is known",
    arguments: [
      ("<div data-deploy-dt='2026.04.28 18:40' data-re-deploy-dt='2026.04.28 18:49'>a</div>", "18:40"),
      ("<div data-article-publish-date='1777394400'>a</div>", "16:40"),
      ("<div data-published='2026-04-28 09:10'>a</div>", "09:10"),
      // A day; another day; a card; several; others' names.
      ("<div data-publishdate='2026-04-28'>a</div>", nil), ("<div data-publishdate='2026-04-27 10:00'>a</div>", nil),
      ("<div class=teaser><h3><a href=/o>Another</a></h3><i data-publishdate='2026-04-28 10:00'>a</i></div>", nil),
      ("<a href=/o data-publishdate='2026-04-28 10:00'>Another</a>", nil),
      ("<ul><li data-published='2026-04-28 10:00'>Another</li></ul>", nil),
      ("<article data-publish-date='2026-04-28 10:00'><h3><a href=/o>Another</a></h3></article>", nil),
      ("<i data-publishdate='2026-04-28 10:00'>a</i><i data-publishdate='2026-04-28 11:00'>b</i>", nil),
      ("<i data-publishdate='2026-04-28 10:00'>a</i><a href=/o data-publishdate='2026-04-21 11:00'>b</a>", nil),
      ("<i data-publisher='2026-04-28 10:00'>a</i><i data-republished-at='2026-04-28 11:00'>b</i>", nil),
      ("<i data-publication-id='1777394400'>a</i><i data-publish-until='2026-04-28 10:00'>b</i>", nil),
      ("<i data-last-publish-date='2026-04-28 10:00'>a</i><i data-publish-url='/2026/04/28/10:00'>b</i>", nil),
    ] as [(String, String?)])
  func inAttributes(_ part: String, _ time: String?) throws {
    let date = try published(heading + part + text, path: "/2026/04/28/a")
    if let time, !part.contains("1777394400") {
      #expect(date == "2026-04-28T\(time):00+02:00")
    } else {
      #expect(date == "2026-04-28T\(time ?? "00:00"):00Z")
    }
    #expect(try published(heading + part + text) == nil, "a box beside the article")
    #expect(try published(heading + "<p>1.3.2026, 9:15</p>" + part + text) == "2026-03-01T09:15:00+01:00")
  }

  @Test(
    "dates in attributes of what holds the article",
    arguments: [
      ("data-publish-date='2026-04-28 10:00'", "2026-04-28T10:00:00+02:00"),
      ("data-pubdate=2026-04-28", "2026-04-28T00:00:00Z"), ("data-publication=171234567", nil),
      ("data-published-count=123456789", nil), ("data-publish-date='2999-01-01 10:00'", nil),
      ("data-deploy-date='2026-04-28 10:00'", nil), ("data-publish-end-date='2026-04-28 10:00'", nil),
    ] as [(String, String?)])
  func inAttributesAround(_ attribute: String, _ date: String?) throws {
    let card = "<a href=/o data-publish-date='2021-03-04 10:10'>Another</a>"
    #expect(try published("<div \(attribute)>\(heading)\(text)\(card)</div>") == date)
  }

  @Test func theDayInTheAddressAndTheTimeInALine() throws {
    #expect(
      try published("\(heading)<span>28. April, 17:46</span>\(text)", path: "/2026/04/28/a")
        == "2026-04-28T17:46:00+02:00")
    #expect(
      try published("\(heading)<span>29. April, 17:46</span>\(text)", path: "/2026/04/28/a") == "2026-04-28T00:00:00Z")
  }

  @Test func belowTheTextWhenItIsCalledSo() throws {
    #expect(try published("\(heading)\(text)<div>Erstellt: 28.04.2026, 18:11</div>") == "2026-04-28T18:11:00+02:00")
  }
}
