#!/usr/bin/env python3
"""Measures `newswirectl import ftr`: every config of a folder imports or says why not, and on every page that has a config
the imported plugin gives the body text that the config's own XPath selects, as lxml reads it.

usage: import_ftr.py [--worst N] [--show] NEWSWIRECTL FTR PAGES        (needs python3-lxml)

Both sides apply the config's strip rules first. What no body of newswire's ever holds is left out on the other side too:
scripts, styles, forms, buttons, labels, navigation, players, pictures with their captions. Every text that the XPath selects
has a kind: what the page hides (hidden, aria-hidden, display:none), the headline again, the standfirst again, a picture's
words again, a subhead with nothing below it, or copy. The first figure is over all of it, the second without what the plugin
leaves out for such a reason: there the same rules must give the same text."""
import argparse
import collections
import difflib
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata
from urllib.parse import urlsplit

from lxml import etree, html

SILENT = {
    'script', 'style', 'noscript', 'template', 'form', 'button', 'input', 'select', 'textarea', 'option', 'label', 'nav', 'iframe',
    'object', 'embed', 'video', 'audio', 'svg', 'canvas', 'map', 'picture', 'img', 'figcaption', 'head', 'title', 'link', 'meta',
    'dialog', 'progress', 'meter',
}
INLINE = {
    'a', 'abbr', 'b', 'bdi', 'bdo', 'big', 'cite', 'code', 'data', 'del', 'dfn', 'em', 'font', 'i', 'ins', 'kbd', 'mark', 'q', 's',
    'samp', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'time', 'tt', 'u', 'var', 'wbr', 'nobr',
}
HEADINGS = {'h1', 'h2', 'h3', 'h4', 'h5', 'h6'}


def directives(text):
    for line in text.splitlines():
        found = re.match(r'\s*([a-z_]+)\s*:\s*(.*\S)', line)
        if found and not line.lstrip().startswith('#'):
            yield found.group(1), found.group(2)


def literal(text):
    return f"'{text}'" if "'" not in text else f'"{text}"'


def is_silent(node):
    if node.tag == 'figure':
        return any(True for _ in node.iter('img', 'picture', 'source'))
    if node.tag == 'form':
        # Some servers put the whole page into one form.
        return not (any(True for _ in node.iter('h1', 'article', 'main')) or len(list(node.iter('p'))) > 5)
    return node.tag in SILENT


def is_hidden(node):
    style = re.sub(r'\s', '', node.get('style', '').lower())
    return (node.get('hidden') is not None or 'display:none' in style or 'visibility:hidden' in style
            or node.get('aria-hidden') == 'true' and node.tag not in ('figure', 'img', 'picture'))


class Walk:
    """The texts of elements, a block each, with what kind of text it is."""

    def __init__(self):
        self.found, self.text, self.kind = [], '', 'copy'

    def flush(self, kind='copy'):
        if self.text.strip():
            self.found.append((self.text, self.kind))
        self.text, self.kind = '', kind

    def walk(self, node, kind='copy'):
        if not isinstance(node.tag, str) or is_silent(node):
            return
        if is_hidden(node):
            kind = 'hidden'
        elif node.tag in HEADINGS and kind == 'copy':
            kind = 'subhead'
        is_block = node.tag not in INLINE
        before = self.kind
        if is_block or kind != before:
            self.flush(kind)
        self.text += node.text or ''
        for child in node:
            self.walk(child, kind)
            if self.kind != kind:
                self.flush(kind)
            self.text += child.tail or ''
        if is_block or kind != before:
            self.flush(before)


def squeezed(text):
    return ''.join(words(text))


def told(found, item):
    """The kinds again, now that it is known what the article says elsewhere."""
    pictures = [a for a in item.get('associations', []) if a.get('type') == 'picture']
    again = {squeezed(h['value']): 'headline' for h in item.get('headlines', [])}
    again.update({squeezed(d['value']): 'standfirst' for d in item.get('descriptions', [])})
    for picture in pictures:
        parts = [d['value'] for d in picture.get('descriptions', [])] + [picture.get('by', '')]
        for text in parts + [' '.join(parts)]:
            again[squeezed(text)] = 'picture'
    again.pop('', None)
    result, has_text = [], False
    for text, kind in reversed(found):
        if kind in ('copy', 'subhead') and squeezed(text) in again:
            kind = again[squeezed(text)]
        elif kind == 'subhead':
            kind = 'copy' if has_text else 'empty subhead'
        has_text = has_text or kind == 'copy'
        result.append((text, kind))
    return result[::-1]


def oracle(config, page):
    """The texts under the first body rule that selects anything, with their kinds; None without one."""
    tree = html.fromstring(page, parser=html.HTMLParser(encoding='utf-8'))
    rules = list(directives(config))
    for name, value in rules:
        path = value if name == 'strip' else None
        if name == 'strip_id_or_class':
            text = literal(value.strip('"\''))
            path = f'//*[contains(@id, {text}) or contains(@class, {text})]'
        if path:
            try:
                for node in tree.xpath(path):
                    if isinstance(node, etree._Element) and node.getparent() is not None:
                        node.drop_tree()
            except etree.XPathError:
                pass
    for name, value in rules:
        if name != 'body':
            continue
        try:
            nodes = [n for n in tree.xpath(value) if isinstance(n, etree._Element)]
        except etree.XPathError:
            continue
        taken, walk = [], Walk()
        for node in nodes:
            if not any(node in t.iter() for t in taken):
                taken.append(node)
                walk.walk(node)
                walk.flush()
        if walk.found:
            return walk.found
    return None


def words(text):
    return re.findall(r'\w+', unicodedata.normalize('NFKC', text).replace('\u00ad', '').lower())


def f1(a, b):
    a, b = collections.Counter(a), collections.Counter(b)
    hit = sum((a & b).values())
    return 2 * hit / (sum(a.values()) + sum(b.values())) if a or b else 1.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('ctl'), parser.add_argument('ftr', type=pathlib.Path), parser.add_argument('pages', type=pathlib.Path)
    parser.add_argument('--worst', type=int, default=10)
    parser.add_argument('--show', action='store_true', help='the words that differ')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        plugins = pathlib.Path(temporary) / 'plugins'
        done = subprocess.run(
            [options.ctl, 'import', 'ftr', '--json', '--into', plugins, options.ftr], capture_output=True, text=True)
        reports = {r['file']: r for r in map(json.loads, done.stdout.splitlines())}
        files = sorted(p.name for p in options.ftr.iterdir() if p.name.endswith('.txt'))
        silent = [f for f in files if f not in reports]
        refused = [r for r in reports.values() if 'refused' in r]
        directive_count = sum(
            1 for f in files for line in (options.ftr / f).read_text('utf-8', 'replace').splitlines()
            if line.strip() and not line.strip().startswith('#'))
        lost = sum(len(r['lost']) for r in reports.values())
        print(f'{len(files)} configs: {len(reports) - len(refused)} became plugins, {len(refused)} say why not, '
              f'{len(silent)} say nothing')
        print(f'{directive_count} directives: {lost} not carried over and listed')
        for name, count in collections.Counter(n['directive'].partition('(')[0] for r in reports.values() for n in r['lost']).most_common():
            print(f'   {name} {count}')
        for r in refused:
            print(f'   {r["file"]}: {r["refused"]}')
        rows = []
        for entry in json.load(open(options.pages / 'index.json')):
            host, config = urlsplit(entry['url']).hostname, None
            while '.' in host and not config:
                config = next((f for f in (f'{host}.txt', f'.{host}.txt') if f in reports), None)
                host = host.partition('.')[2]
            if not config or 'plugin' not in reports[config]:
                continue
            page = gzip.open(options.pages / (entry['page'] + '.html.gz')).read()
            wanted = oracle((options.ftr / config).read_text('utf-8', 'replace'), page)
            if wanted is None:
                continue
            path = pathlib.Path(temporary) / 'page.html'
            path.write_bytes(page)
            base = [options.ctl, 'extract', '--plugins', plugins, '--plugin', reports[config]['plugin'], '--url', entry['url']]
            fired = subprocess.run([*base, '--rules', path], capture_output=True, text=True)
            done = subprocess.run([*base, path], capture_output=True, text=True)
            item = json.loads(done.stdout) if done.returncode == 0 else {}
            text = next((b['value'] for b in item.get('bodies', []) if b['contentType'] == 'text/plain'), '')
            rule = next((line.split('\t')[1] for line in fired.stdout.splitlines() if line.startswith('body\t')), '?')
            kinds = collections.Counter()
            every, copy = [], []
            parts = told(wanted, item)
            times = collections.Counter(squeezed(part) for part, _ in parts)
            for part, kind in parts:
                every += words(part)
                # What newswire might leave out and does not is compared like the rest.
                if kind == 'copy' or squeezed(text).count(squeezed(part)) >= times[squeezed(part)]:
                    copy += words(part)
                else:
                    kinds[kind] += len(words(part))
            rows.append((f1(copy, words(text)), f1(every, words(text)), entry['page'], config, rule, copy, words(text), kinds))
        rows.sort(key=lambda r: r[:2])
        for value, whole, page, config, rule, a, b, kinds in rows[:options.worst]:
            left = ', '.join(f'{count} {kind}' for kind, count in kinds.most_common())
            print(f'{value:.3f} ({whole:.3f} with all) {page:36} {config:24} {len(a)} words by XPath, {len(b)} by the plugin; '
                  f'left out: {left or "nothing"}; {rule[:60]}')
            if options.show:
                for op, i, j, k, l in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
                    if op != 'equal':
                        print(f'      XPath: {" ".join(a[i:j])[:300]!r}  plugin: {" ".join(b[k:l])[:300]!r}')
        for name, place in (('all text that the XPath selects', 1), ('without what is left out on purpose', 0)):
            average = sum(r[place] for r in rows) / len(rows)
            same = sum(r[place] >= 0.99 for r in rows)
            print(f'{len(rows)} pages whose config selects a body, {name}: mean word F1 {average:.4f}, {same} at 0.99 or above')
        print('words left out:', dict(sum((r[7] for r in rows), collections.Counter())))
        sys.exit(bool(silent))


if __name__ == '__main__':
    main()
