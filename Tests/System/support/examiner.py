"""The Examiner: an invented paper on loopback with a front page, a feed, a news sitemap, robots.txt and four stories."""
from . import feeds, paper
from .daemon import toml
from .scripted import Answer, Scripted

HOST = 'www.examiner.example'
ARTICLE = '''<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Ferries return – The Examiner</title>
<meta property="og:site_name" content="The Examiner"><meta property="og:type" content="article">
<link rel="alternate" type="application/rss+xml" title="The Examiner" href="/rss.xml">
<script>document.title = 'the page ran a script'</script>
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferries return after six weeks",
"datePublished":"2026-03-01T09:30:00Z","author":{"@type":"Person","name":"Ada Moor"},"articleSection":"News",
"publisher":{"@type":"Organization","name":"The Examiner","logo":{"url":"http://www.examiner.example/logo.png"}}}</script>
</head><body><nav><a href="/">Home</a></nav><main><article class="story">
<p class="story-kicker">Harbour</p><h1 class="story-title">Ferries return after six weeks</h1>
<p class="story-intro">Six weeks of repairs are over, and the harbour has its boats back.</p>
<p class="story-byline">By Ada Moor</p>
<figure class="story-picture"><img src="http://pictures.examiner.example/boat.jpg" width="960" height="540" alt="A boat"
onerror="document.title = 'an image ran a script'"><figcaption>The first boat at the quay. <span class="credit">Photo: Eve Sand</span></figcaption></figure>
<div class="story-body">%s
<div class="story-club"><p>The harbour guide has all the boats, from the first one to the last, every day.</p><input type="email"></div>
<p>Nobody at the quay would say on Sunday whether the timetable holds through the winter, although all hoped it.</p></div>
</article></main><footer><p>All rights reserved by the publisher of this paper.</p></footer></body></html>'''
PARAGRAPHS = ''.join(
    f'<p>Paragraph {n}: it was early and cold when boat number {n} left the quay with {n * 7} people and {n * 3} cars, and a '
    f'small crowd of {n * 11} watched from the pier.</p>' for n in range(1, 7))


def article(number=1):
    text = ARTICLE % PARAGRAPHS.replace('boat number', f'story {number}, boat number')
    return text.replace('Ferries return after six weeks', f'Ferries return after {number + 5} weeks')


def served(case):
    """The paper, served until the test case ends."""
    server = Scripted()
    server.__enter__()
    case.addCleanup(server.__exit__)
    front = ('<html lang="en-GB"><head><title>The Examiner</title><meta property="og:site_name" content="The Examiner">'
             '</head><body><main>' + ''.join(
                 f'<h2><a href="/news/ferries-return-after-many-weeks-{n}">Ferries return after {n} long weeks</a></h2>'
                 for n in range(1, 5)) + '</main></body></html>')
    server.answer(HOST, '/', Answer(body=front, kind='text/html'))
    server.answer(HOST, '/robots.txt', Answer(
        body=f'User-agent: *\nDisallow: /private/\nSitemap: http://{HOST}/sitemap-news.xml\n', kind='text/plain'))
    entries = [{**paper.entry(HOST, n), 'url': f'http://{HOST}/news/ferries-return-after-many-weeks-{n}'} for n in range(1, 5)]
    server.answer(HOST, '/feed/', Answer(body=feeds.rss(HOST, entries)))
    server.answer(HOST, '/sitemap-news.xml', Answer(body=feeds.sitemap(HOST, entries, news=True), kind='application/xml'))
    for n in range(1, 5):
        server.answer(HOST, f'/news/ferries-return-after-many-weeks-{n}', Answer(body=article(n), kind='text/html'))
    return server


def config(folder, server):
    """A settings file that lets loopback through."""
    path = folder / 'newswire.toml'
    path.write_text(toml({'fetch': {
        'contact': 'tests@example.org', 'allow_addresses': ['127.0.0.0/8'], 'group_gap': '0s',
        'connect_to': server.connect_to}}))
    return path
