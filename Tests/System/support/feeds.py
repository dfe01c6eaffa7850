"""Feeds written for a test from a list of entries: {url, title, published: datetime, summary}."""
import email.utils
import html


def rss(site, entries):
    items = ''.join(
        f'<item><title>{html.escape(e["title"])}</title><link>{html.escape(e["url"])}</link>'
        f'<guid isPermaLink="true">{html.escape(e["url"])}</guid>'
        f'<description>{html.escape(e.get("summary", ""))}</description>'
        f'<pubDate>{email.utils.format_datetime(e["published"])}</pubDate></item>\n'
        for e in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f'<title>{html.escape(site)}</title><link>https://{site}/</link><description>{html.escape(site)}</description>\n'
        f'{items}</channel></rss>\n'
    ).encode()


def atom(site, entries):
    items = ''.join(
        f'<entry><id>{html.escape(e["url"])}</id><title>{html.escape(e["title"])}</title>'
        f'<link rel="alternate" href="{html.escape(e["url"])}"/><published>{e["published"].isoformat()}</published>'
        f'<updated>{e["published"].isoformat()}</updated><summary>{html.escape(e.get("summary", ""))}</summary></entry>\n'
        for e in entries
    )
    newest = max(e['published'] for e in entries).isoformat()
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f'<id>https://{site}/</id><title>{html.escape(site)}</title><updated>{newest}</updated>\n{items}</feed>\n'
    ).encode()


def sitemap(site, entries, news=False):
    def facts(e):
        if not news:
            return ''
        return (
            f'<news:news><news:publication><news:name>{html.escape(site)}</news:name><news:language>en</news:language>'
            f'</news:publication><news:publication_date>{e["published"].isoformat()}</news:publication_date>'
            f'<news:title>{html.escape(e["title"])}</news:title></news:news>'
        )

    urls = ''.join(
        f'<url><loc>{html.escape(e["url"])}</loc><lastmod>{e["published"].isoformat()}</lastmod>{facts(e)}</url>\n'
        for e in entries
    )
    space = ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"' if news else ''
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{space}>\n'
        f'{urls}</urlset>\n'
    ).encode()


def of_kind(kind, site, entries):
    """(file suffix, bytes) of a feed of a plugin source's kind."""
    writers = {
        'rss': ('rss', rss), 'atom': ('xml', atom), 'sitemap': ('xml', sitemap),
        'news-sitemap': ('xml', lambda s, e: sitemap(s, e, news=True)),
    }
    suffix, write = writers[kind]
    return suffix, write(site, entries)
