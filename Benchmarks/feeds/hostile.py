#!/usr/bin/env python3
"""hostile.py FOLDER: documents that want more memory than they are worth, a few megabytes each, one a file."""
import os, sys

SIZE = 4 << 20
ITEMS = {
    'empty-items': '<item/>', 'tiny-items': '<item><guid>1</guid></item>', 'tiny-links': '<item><link>/1</link></item>',
    'enclosures': '<enclosure url="/a"/>', 'categories': '<category>a</category>', 'authors': '<author>a</author>',
    'media': '<media:content url="/a"/>', 'languages': '<item xml:lang="{n}"><guid>{n}</guid></item>',
    'bases': '<item xml:base="/{n}/"><guid>{n}</guid></item>',
    'namespaces': '<item xmlns:x="{n}"><guid>{n}</guid></item>', 'thumbnails': '<media:thumbnail url="/{n}"/>',
    'comments': '<item><comments>/c</comments></item>', 'files': '<item><enclosure url="/{n}"/></item>',
    'creators': '<dc:creator>Ann{n} Lee</dc:creator>',
}
TEXTS = {
    'quotes': '"', 'ampersands': '&amp;', 'bare-ampersands': '&', 'less': '&lt; ', 'paragraphs': '&lt;p>', 'links': '&lt;a href=/>',
    'pictures': '&lt;img src=/>', 'breaks': '&lt;br>', 'items': '&lt;li>', 'cells': '&lt;td>', 'nested': '<b>', 'attributes': '<b a b c>',
    'blank-lines': 'a\n\n', 'bases': '<div xml:base="/{n}/"/>', 'srcset': '&lt;img srcset="a a">',
    'cdata': '<![CDATA[<]]>', 'comments': '<!---->', 'apostrophes': "'", 'references': '&#65;',
}


def rss(inside):
    return ('<rss xmlns:media="http://search.yahoo.com/mrss/"><channel>' + inside + '</channel></rss>')


def many(piece, size=SIZE):
    if '{n}' not in piece:
        return piece * (size // len(piece))
    return ''.join(piece.replace('{n}', str(n)) for n in range(size // (len(piece) + 4)))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    documents = {}
    for name, piece in ITEMS.items():
        documents[name] = rss(many(piece) if piece.startswith('<item') else '<item>' + many(piece) + '</item>')
    for name, piece in TEXTS.items():
        documents['text-' + name] = rss('<item><description>' + many(piece) + '</description></item>')
        documents['texts-' + name] = rss(('<item><description>' + many(piece, 4000) + '</description></item>') * (SIZE // 4000))
    documents['cut'] = '<rss><channel>' + many('<item><guid>{n}</guid><category>News</category><link>/{n}</link></item>')
    documents['title-quotes'] = rss('<item><title>' + many('"') + '</title></item>')
    for name, element, piece in (('creator-list', 'dc:creator', 'Ann{n} Lee; '), ('keywords', 'itunes:keywords', 'word{n},'),
                                 ('addresses', 'author', 'a@b.c '),
                                 ('dots', 'link', '/a/.'), ('parents', 'link', '../'), ('points', 'georss:point', '1 ')):
        documents[name] = rss(f'<item><{element}>' + many(piece) + f'</{element}></item>')
    documents['srcset'] = rss('<item><description>&lt;img srcset="' + many('a ') + '"></description></item>')
    documents['long-bases'] = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml"><div xml:base="http://a.example/' + many('L', SIZE // 2)
        + '/">' + many('<a href="b">x</a>', SIZE // 2) + '</div></content></entry></feed>')
    documents['nested-bases'] = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">' + '<p xml:base="a/">' * 200
        + many('<a href="b">x</a>') + '</p>' * 200 + '</content></entry></feed>')
    documents['page'] = '<html><head>' + many('<link rel=alternate type=application/rss+xml href={n}>') + '</head></html>'
    documents['json-members'] = (
        '{"version":"https://jsonfeed.org/version/1.1","items":[],' + many('"k{n}":1,', SIZE * 8 // 10)[:-1] + '}')
    documents['json-nested'] = '{"version":"https://jsonfeed.org/version/1.1","items":[' + many('[' * 60 + ']' * 60 + ',')[:-1] + ']}'
    documents['json-items'] = '{"version":"https://jsonfeed.org/version/1.1","items":[' + many('{},')[:-1] + ']}'
    documents['json-texts'] = '{"version":"https://jsonfeed.org/version/1.1","items":[' + many('{"id":"{n}","content_html":"x"},')[:-1] + ']}'
    documents['json-arrays'] = '{"version":"https://jsonfeed.org/version/1.1","items":[' + many('[],')[:-1] + ']}'
    documents['json-numbers'] = '{"version":"https://jsonfeed.org/version/1.1","items":[' + many('1,')[:-1] + ']}'
    documents['sitemap'] = '<urlset>' + many('<url><loc>https://a.example/{n}</loc></url>') + '</urlset>'
    documents['sitemap-index'] = '<sitemapindex>' + many('<sitemap><loc>https://a.example/{n}</loc></sitemap>') + '</sitemapindex>'
    for name, text in documents.items():
        with open(os.path.join(sys.argv[1], name), 'w') as file:
            file.write(text)


main()
