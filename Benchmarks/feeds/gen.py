#!/usr/bin/env python3
"""gen.py KIND SIZE > FILE: a feed of invented news, the same for the same arguments.

KIND is rss, atom or sitemap. SIZE is in bytes for the first two ("1M", "20M"), in addresses for the third ("50000").
The items look like a newspaper's: a title with a typographic apostrophe, a paragraph of summary, four of content in
CDATA (RSS) or escaped (Atom) with links, emphasis and a picture, three categories, a picture with caption and credit.
"""
import random, sys
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from xml.sax.saxutils import escape

WORDS = """council minister report river harbour night train school budget vote market winter storm bridge court union
strike museum forest hospital village engine signal border summit letter question answer season record price water power
street office player striker captain goal final coach film album stage critic reader editor photograph archive road plan
of the a in to for with after before under over new old first last late early said says will may could has have is was
Łódź Zürich São Málaga Ålesund naïve café “quoted” it’s – €5""".split()
PLACES = ["politics", "world", "business", "sport", "culture", "science"]
random.seed(7)


def sentence(low, high):
    words = random.choices(WORDS, k=random.randint(low, high))
    return ' '.join([words[0].capitalize()] + words[1:])


def paragraph():
    text = '. '.join(sentence(8, 20) for _ in range(random.randint(2, 4))) + '.'
    words = text.split(' ')
    if len(words) > 12:
        words[3] = f'<a href="https://paper.example/{random.choice(PLACES)}/{random.randint(1, 10**6)}?ref=a&amp;b=1">{words[3]}</a>'
        words[9] = f'<em>{words[9]}</em>'
    return '<p>' + ' '.join(words) + '</p>'


def item(number):
    place = random.choice(PLACES)
    when = datetime(2026, 5, 25, 12, tzinfo=timezone.utc) - timedelta(minutes=7 * number)
    return {
        'title': sentence(6, 11), 'link': f'https://paper.example/{place}/{when:%Y/%m/%d}/story-{number}.html',
        'id': f'tag:paper.example,2026:{number}', 'when': when, 'summary': sentence(18, 30) + '.',
        'html': '\n'.join(paragraph() for _ in range(4))
        + f'\n<figure><img src="https://img.paper.example/{number}/a.jpg" alt="{sentence(3, 6)}" width="800" height="450">'
        + f'<figcaption>{sentence(5, 9)}</figcaption></figure>',
        'author': f'{random.choice("ABCDEFG")}. {random.choice(["Novák", "Smith", "Yılmaz", "Dubois"])}',
        'tags': random.sample(PLACES, 3), 'number': number, 'caption': sentence(5, 9),
    }


def rss(size, out):
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
              ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
              ' xmlns:atom="http://www.w3.org/2005/Atom">\n<channel><title>Paper</title><link>https://paper.example/</link>'
              '<description>News</description><language>en-gb</language>\n')
    done, number = 0, 0
    while done < size:
        i = item(number)
        number += 1
        done += out.write(
            f'<item>\n  <title>{escape(i["title"])}</title>\n  <link>{i["link"]}</link>\n'
            f'  <guid isPermaLink="false">{i["id"]}</guid>\n  <pubDate>{format_datetime(i["when"])}</pubDate>\n'
            f'  <dc:creator>{i["author"]}</dc:creator>\n  <description>{escape(i["summary"])}</description>\n'
            f'  <content:encoded><![CDATA[{i["html"]}]]></content:encoded>\n'
            + ''.join(f'  <category>{t}</category>\n' for t in i['tags'])
            + f'  <media:content url="https://img.paper.example/{number}/b.jpg" medium="image" width="1200" height="675">'
            f'<media:description>{escape(i["caption"])}</media:description><media:credit>{i["author"]}</media:credit>'
            '</media:content>\n</item>\n')
    out.write('</channel></rss>\n')


def atom(size, out):
    out.write('<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n<title>Paper</title>'
              '<id>https://paper.example/</id><link href="https://paper.example/"/><updated>2026-05-25T12:00:00Z</updated>\n')
    done, number = 0, 0
    while done < size:
        i = item(number)
        number += 1
        done += out.write(
            f'<entry>\n  <title>{escape(i["title"])}</title>\n  <link rel="alternate" type="text/html" href="{i["link"]}"/>\n'
            f'  <id>{i["id"]}</id>\n  <published>{i["when"].isoformat()}</published>\n  <updated>{i["when"].isoformat()}</updated>\n'
            f'  <author><name>{i["author"]}</name></author>\n  <summary>{escape(i["summary"])}</summary>\n'
            f'  <content type="html">{escape(i["html"])}</content>\n'
            + ''.join(f'  <category term="{t}"/>\n' for t in i['tags']) + '</entry>\n')
    out.write('</feed>\n')


def sitemap(count, out):
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
              ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n')
    for number in range(count):
        i = item(number)
        out.write(
            f'<url><loc>{i["link"]}</loc><news:news><news:publication><news:name>Paper</news:name><news:language>en</news:language>'
            f'</news:publication><news:publication_date>{i["when"].isoformat()}</news:publication_date>'
            f'<news:title>{escape(i["title"])}</news:title><news:keywords>{", ".join(i["tags"])}</news:keywords></news:news>'
            f'<image:image><image:loc>https://img.paper.example/{number}/a.jpg</image:loc></image:image></url>\n')
    out.write('</urlset>\n')


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ('rss', 'atom', 'sitemap'):
        sys.exit(__doc__)
    size = sys.argv[2].upper()
    number = int(size[:-1]) * (1 << 20) if size.endswith('M') else int(size)
    out = open(1, 'w', encoding='utf-8', closefd=False)
    {'rss': rss, 'atom': atom, 'sitemap': sitemap}[sys.argv[1]](number, out)
    out.flush()


main()
