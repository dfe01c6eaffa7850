#!/usr/bin/env python3
"""Measures `newswirectl plugin new --from-page`: one page of each of N publishers becomes a plugin as if none existed, and the
plugin's reading of the page is scored beside the generic extractor's.

usage: new_plugins.py [--count 30] [--rest | --others] [--keep FOLDER] NEWSWIRECTL PAGES TOOLS

PAGES  folder with index.json, <page>.html.gz and <page>.json      TOOLS  folder of score_extraction.py
The publishers are spread over countries; --rest takes those that the first N leave out; --others all
publishers with several pages, the plugin made from each page in turn and scored on the others. Exit status 1 when the body is below
0.97 on average, or any field below the generic extractor's."""
import argparse
import concurrent.futures
import gzip
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile


def chosen(index, count, rest):
    """One page a publisher: the first of every country, then the second, and so on."""
    by_country, seen = {}, set()
    for entry in index:
        if entry['publisher'] not in seen:
            seen.add(entry['publisher'])
            by_country.setdefault(entry['country'], []).append(entry)
    order = []
    while any(by_country.values()):
        for country in sorted(by_country):
            if by_country[country]:
                order.append(by_country[country].pop(0))
    return order[count:] if rest else order[:count]


def pairs(index):
    """Every two pages of one publisher: the one that the plugin is made from, and the one that it is scored on."""
    return [(a, b) for a in index for b in index if a['publisher'] == b['publisher'] and a is not b]


def stored(entry, pages, work):
    page = work / 'pages' / (entry['page'].replace('/', '_') + '.html')
    with tempfile.NamedTemporaryFile(dir=page.parent, delete=False) as whole:
        whole.write(gzip.open(pages / (entry['page'] + '.html.gz')).read())
    pathlib.Path(whole.name).rename(page)
    return page


def make(ctl, entry, pages, work, suffix=''):
    page = stored(entry, pages, work)
    identity = entry['page'].split('/')[1] + suffix
    done = subprocess.run(
        [ctl, 'plugin', 'new', '--yes', '--id', identity, '--into', work / 'plugins', '--from-page', page,
         '--url', entry['url']], capture_output=True, text=True)
    return identity, done.stderr.strip() if done.returncode else None


def extracted(ctl, entry, page, *options):
    done = subprocess.run([ctl, 'extract', *options, '--url', entry['url'], page], capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else {}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('ctl'), parser.add_argument('pages', type=pathlib.Path), parser.add_argument('tools')
    parser.add_argument('--count', type=int, default=30)
    parser.add_argument('--rest', action='store_true')
    parser.add_argument('--others', action='store_true')
    parser.add_argument('--keep', type=pathlib.Path)
    options = parser.parse_args()
    spec = importlib.util.spec_from_file_location('score', pathlib.Path(options.tools) / 'score_extraction.py')
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    index = json.load(open(options.pages / 'index.json'))
    entries = pairs(index) if options.others else [(e, e) for e in chosen(index, options.count, options.rest)]
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or pathlib.Path(temporary)
        (work / 'pages').mkdir(parents=True, exist_ok=True)

        def run(pair):
            source, entry = pair
            identity, error = make(
                options.ctl, source, options.pages, work, '' if source is entry else '-' + source['page'].split('/')[2])
            page = stored(entry, options.pages, work)
            gold = json.load(open(options.pages / (entry['page'] + '.json')))
            generic = score.score(gold, extracted(options.ctl, entry, page, '--generic'))
            ours = {} if error else extracted(
                options.ctl, entry, page, '--plugins', work / 'plugins', '--plugin', identity)
            toml = work / 'plugins' / identity / 'plugin.toml'
            rules = toml.read_text().partition('\n[article]\n')[2].count(' = [') if toml.exists() else 0
            return entry, error, rules, generic, score.score(gold, ours)

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            rows = list(pool.map(run, entries))
    sums = {'generic': {}, 'plugin': {}}
    worse = 0
    for entry, error, rules, generic, ours in rows:
        lower = [key for key in generic if ours.get(key, 0) < generic[key] - 1e-9]
        worse += bool(lower)
        notes = (f' FAILED: {error}' if error else '') + ''.join(
            f' {key} {ours.get(key, 0):.3f} < {generic[key]:.3f}' for key in lower)
        print(f'{entry["page"]:44} rules {rules}  body {ours["body"]:.3f} (generic {generic["body"]:.3f}){notes}')
        for name, result in (('generic', generic), ('plugin', ours)):
            for key, value in result.items():
                sums[name].setdefault(key, []).append(value)
    averages = {name: {key: sum(values) / len(values) for key, values in fields.items()} for name, fields in sums.items()}
    print(f'\n{"field":10} {"generic":>8} {"plugin":>8}')
    for key in score.KEYS:
        if key in averages['generic']:
            print(f'{key:10} {averages["generic"][key]:8.4f} {averages["plugin"].get(key, 0):8.4f}')
    print(f'{len(rows)} publishers, {sum(bool(r[1]) for r in rows)} failed, {worse} with a field below the generic extractor')
    sys.exit(averages['plugin']['body'] < 0.97 or worse > 0)


if __name__ == '__main__':
    main()
