"""The Harbour Courier, an invented newspaper: reads articles/*.txt and writes what a publisher serves.

An article file is a block of `key: value` lines, an empty line, and the story. In the story, `## ` starts a subhead,
`> ` a quotation, `- ` a list item, `| a | b |` a table row, and `![picture | caption | credit | alt]` is an inline picture;
`*…*`, `**…**` and `[text](path)` work inside a paragraph. Keys that change how a page is served:

    charset: windows-1252     the page in that encoding, declared in its <meta> only
    access: paid              a teaser, marked isAccessibleForFree: false
    fails: yes                the page answers 500, always
    feed: sitemap-only        in the news sitemap but not in the RSS feed

`<name>.update.txt` beside `<name>.txt` is the story's second version.
"""
import email.utils
import html
import json
import pathlib
import re
from datetime import datetime, timedelta, timezone

HOST = 'www.harbourcourier.example'
SITE = f'http://{HOST}'
NAME = 'The Harbour Courier'
WIDTHS = (320, 640, 960)


class Article:
    def __init__(self, path, now):
        self.fields, self.story = read(path)
        self.now = now

    def __getitem__(self, key):
        return self.fields.get(key, '')

    @property
    def path(self):
        return self['path']

    @property
    def url(self):
        return SITE + self.path

    @property
    def authors(self):
        return [name.strip() for name in self['authors'].split(';')]

    @property
    def keywords(self):
        return [word.strip() for word in self['keywords'].split(';')]

    @property
    def published(self):
        return self.now - ago(self['published'])

    @property
    def modified(self):
        return self.now - ago(self['modified'] or self['published'])

    @property
    def lead(self):
        return Picture(self['lead']) if self['lead'] else None

    def updated(self, path):
        """The same article with what its update file says instead."""
        other = Article.__new__(Article)
        fields, other.story = read(path)
        other.fields, other.now = {**self.fields, **fields}, self.now
        return other

    def page(self, others):
        """The page as bytes, in the article's own charset."""
        charset = self['charset'] or 'utf-8'
        return page(self, others, charset).encode(charset)


class Picture:
    def __init__(self, text):
        self.name, self.caption, self.credit, self.alt = (part.strip() for part in text.split('|'))

    def href(self, width):
        return f'{SITE}/pictures/{self.name}-{width}.png'

    def figure(self, kind):
        offered = ', '.join(f'{self.href(width)} {width}w' for width in WIDTHS)
        return (
            f'<figure class="{kind}"><img src="{self.href(640)}" srcset="{offered}" width="640" height="400" '
            f'alt="{html.escape(self.alt)}"><figcaption><span class="caption">{html.escape(self.caption)}</span> '
            f'<span class="credit">Picture: {html.escape(self.credit)}</span></figcaption></figure>'
        )


def load(folder, now):
    """Articles, newest first, and the second versions by path."""
    articles, updates = [], {}
    for path in sorted(pathlib.Path(folder).glob('*.txt')):
        if path.name.endswith('.update.txt'):
            continue
        article = Article(path, now)
        articles.append(article)
        update = path.with_suffix('.update.txt')
        if update.exists():
            updates[article.path] = article.updated(update)
    articles.sort(key=lambda article: article.published, reverse=True)
    return articles, updates


def read(path):
    head, _, story = pathlib.Path(path).read_text('utf-8').partition('\n\n')
    fields = dict(line.split(': ', 1) for line in head.splitlines())
    return fields, [block.strip() for block in story.strip().split('\n\n')]


def ago(text):
    hours, minutes = re.fullmatch(r'(\d+)h(\d*)m?', text).groups()
    return timedelta(hours=int(hours), minutes=int(minutes or 0))


def rss(articles):
    items = ''.join(
        f'''
    <item>
      <title>{html.escape(a['headline'])}</title>
      <link>{a.url}</link>
      <guid isPermaLink="true">{a.url}</guid>
      <description>{html.escape(a['standfirst'])}</description>
      <content:encoded><![CDATA[{inner(a.story[:1])}]]></content:encoded>
      {''.join(f'<dc:creator>{html.escape(name)}</dc:creator>' for name in a.authors)}
      <category>{html.escape(a['section'])}</category>
      <pubDate>{email.utils.format_datetime(a.published)}</pubDate>
      <atom:updated>{a.modified.isoformat()}</atom:updated>{media(a)}
    </item>'''
        for a in articles
        if a['feed'] != 'sitemap-only'
    )
    return f'''<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
  <channel>
    <title>{NAME}</title>
    <link>{SITE}/</link>
    <description>News from Saltmarket and the bay</description>
    <language>en-GB</language>
    <atom:link href="{SITE}/rss.xml" rel="self" type="application/rss+xml"/>{items}
  </channel>
</rss>
'''.encode()


def media(article):
    lead = article.lead
    if not lead:
        return ''
    return (
        f'\n      <media:content url="{lead.href(640)}" medium="image" width="640" height="400">'
        f'<media:description>{html.escape(lead.caption)}</media:description>'
        f'<media:credit>{html.escape(lead.credit)}</media:credit></media:content>'
    )


def news_sitemap(articles):
    urls = ''.join(
        f'''
  <url>
    <loc>{a.url}</loc>
    <lastmod>{a.modified.isoformat()}</lastmod>
    <news:news>
      <news:publication><news:name>{NAME}</news:name><news:language>en</news:language></news:publication>
      <news:publication_date>{a.published.isoformat()}</news:publication_date>
      <news:title>{html.escape(a['headline'])}</news:title>
      <news:keywords>{html.escape(', '.join(a.keywords))}</news:keywords>
    </news:news>
  </url>'''
        for a in articles
    )
    return f'''<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}
</urlset>
'''.encode()


def page(a, others, charset):
    lead = a.lead
    related = ''.join(f'<li><a href="{o.url}">{html.escape(o["headline"])}</a></li>' for o in others[:3])
    paywall = ''
    if a['access'] == 'paid':
        paywall = (
            '<aside class="paywall"><h2>Read on with a subscription</h2><p>Four weeks for one crown. '
            'You can cancel at any time.</p></aside>'
        )
    return f'''<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="{charset}">
<title>{html.escape(a['headline'])} | {NAME}</title>
<link rel="canonical" href="{a.url}">
<meta name="description" content="{html.escape(a['standfirst'])}">
<meta property="og:title" content="{html.escape(a['headline'])}">
<meta property="og:site_name" content="{NAME}">
<meta property="article:section" content="{html.escape(a['section'])}">
<script type="application/ld+json">
{json.dumps(json_ld(a), indent=1)}
</script>
</head>
<body>
<div class="consent"><p>The Courier bakes its own cookies. Do you agree?</p><button>Yes</button></div>
<header><a href="/">{NAME}</a><nav><a href="/harbour">Harbour</a> <a href="/people">People</a> <a href="/sport">Sport</a></nav></header>
<main>
<article>
<p class="kicker">{html.escape(a['kicker'])}</p>
<h1>{html.escape(a['headline'])}</h1>
<p class="standfirst">{html.escape(a['standfirst'])}</p>
<p class="byline">By {" and ".join(f'<a rel="author" href="/authors/{slug(n)}">{html.escape(n)}</a>' for n in a.authors)}</p>
<time datetime="{a.published.isoformat()}">{a.published:%d %B %Y, %H:%M}</time>
{lead.figure('lead') if lead else ''}
<div class="story">
{inner(a.story)}
</div>
{paywall}
</article>
<aside class="related"><h2>Read next</h2><ul>{related}</ul></aside>
<aside class="newsletter"><h2>The Courier by breakfast</h2><p>One letter a day, with the tides.</p></aside>
</main>
<footer><p>© {NAME}, Customs Street 9, Saltmarket</p></footer>
</body>
</html>
'''


def json_ld(a):
    data = {
        '@context': 'https://schema.org',
        '@type': 'NewsArticle',
        'mainEntityOfPage': a.url,
        'headline': a['headline'],
        'description': a['standfirst'],
        'datePublished': a.published.isoformat(),
        'dateModified': a.modified.isoformat(),
        'author': [
            {'@type': 'Person' if ' ' in name and 'Desk' not in name else 'Organization', 'name': name}
            for name in a.authors
        ],
        'publisher': {'@type': 'NewsMediaOrganization', 'name': NAME, 'url': SITE + '/'},
        'articleSection': a['section'],
        'keywords': a.keywords,
        'isAccessibleForFree': a['access'] != 'paid',
    }
    if a.lead:
        data['image'] = {'@type': 'ImageObject', 'url': a.lead.href(960), 'width': 960, 'height': 600}
    return data


def inner(story):
    return '\n'.join(block(text) for text in story)


def block(text):
    if text.startswith('## '):
        return f'<h2>{inline(text[3:])}</h2>'
    if text.startswith('> '):
        return f'<blockquote><p>{inline(text[2:])}</p></blockquote>'
    if text.startswith('!['):
        return Picture(text[2:-1]).figure('inline')
    if text.startswith('- '):
        return '<ul>' + ''.join(f'<li>{inline(line[2:])}</li>' for line in text.splitlines()) + '</ul>'
    if text.startswith('| '):
        rows = (line.strip('| ').split(' | ') for line in text.splitlines())
        return '<table>' + ''.join('<tr>' + ''.join(f'<td>{inline(c)}</td>' for c in r) + '</tr>' for r in rows) + '</table>'
    return f'<p>{inline(text)}</p>'


def inline(text):
    text = html.escape(text, quote=False)
    text = re.sub(r'\*\*(.+?)\*\*', r'<strong>\1</strong>', text)
    text = re.sub(r'\*(.+?)\*', r'<em>\1</em>', text)
    return re.sub(r'\[(.+?)\]\((.+?)\)', r'<a href="\2">\1</a>', text)


def slug(name):
    return re.sub(r'[^a-z]+', '-', name.lower()).strip('-')
