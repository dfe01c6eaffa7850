#!/usr/bin/env python3
"""Measures `newswirectl import ftr`: every config of a folder imports or says why not, and on every page that has a config
the imported plugin gives the body text that the config's own XPath selects, as lxml reads it.

usage: import_ftr.py [--worst N] NEWSWIRECTL FTR PAGES        (needs python3-lxml)

Both sides apply the config's strip rules first. What no body of newswire's ever holds is left out on the other side too:
scripts, styles, forms, buttons, navigation, players, figures with their captions, pictures."""
import argparse
import collections
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
    'script', 'style', 'noscript', 'template', 'form', 'button', 'input', 'select', 'textarea', 'nav', 'iframe', 'object',
    'embed', 'video', 'audio', 'svg', 'canvas', 'figure', 'picture', 'img', 'figcaption', 'head', 'link', 'meta', 'dialog',
}


def directives(text):
    for line in text.splitlines():
        found = re.match(r'\s*([a-z_]+)\s*:\s*(.*\S)', line)
        if found and not line.lstrip().startswith('#'):
            yield found.group(1), found.group(2)


def literal(text):
    return f"'{text}'" if "'" not in text else f'"{text}"'


def texts(node, out):
    if not isinstance(node.tag, str) or node.tag in SILENT:
        return
    out.append(node.text or '')
    for child in node:
        texts(child, out)
        out.append(' ' if child.tag not in ('a', 'b', 'i', 'em', 'strong', 'span', 'u', 'sup', 'sub') else '')
        out.append(child.tail or '')


def oracle(config, page):
    """The text of the first body rule that selects anything; None without one."""
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
        taken, out = [], []
        for node in nodes:
            if not any(node in t.iter() for t in taken):
                taken.append(node)
                texts(node, out)
                out.append(' ')
        text = ''.join(out)
        if text.strip():
            return text
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
            rows.append((f1(words(wanted), words(text)), entry['page'], config, rule, len(words(wanted)), len(words(text))))
        rows.sort()
        for value, page, config, rule, a, b in rows[:options.worst]:
            print(f'{value:.3f} {page:40} {config:28} {a} words by XPath, {b} by the plugin; {rule[:60]}')
        average = sum(r[0] for r in rows) / len(rows)
        same = sum(r[0] >= 0.99 for r in rows)
        print(f'{len(rows)} pages whose config selects a body: mean word F1 {average:.4f}, {same} at 0.99 or above')
        sys.exit(bool(silent))


if __name__ == '__main__':
    main()
