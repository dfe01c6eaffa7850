#!/usr/bin/env python3
"""Ask how the rules of the shipped plugins hold when pages change, on the page corpus in ../shared.

usage: scripts/plugin-robustness.py [--programs DIR] [--pages PREFIX] TRIAL…

trials
  as-is        the pages as they are
  first FIELD  every plugin without its first candidate for the field: what the others are worth
  hashes       class names that a build made up are altered, as the next build does
  classes      every class name altered, as where a build makes them all: the generic reader's figures, then the plugins'
  dataless     no JSON-LD, and no meta elements for authors and dates: likewise
  untitled     the same without titles, descriptions, microdata and datetime attributes: likewise
  nameless     no class, id, role or data- name is left: a redesign; the figures beside it are the generic reader's
  sets         plugins that extend a shared rule set, with nothing but the set
  between      a list, subheads and a quote are set between two paragraphs: which of them get lost

Prints the scorer's averages, and the pages that lose more than 0.05. Example:
  scripts/plugin-robustness.py --programs .build/release first authors hashes nameless sets
Standard library only; needs ../shared/corpus and ../shared/tools.
"""
import argparse, collections, gzip, hashlib, json, pathlib, random, re, shutil, subprocess, sys, tempfile, tomllib

PROJECT = pathlib.Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / 'shared'
PAGES = SHARED / 'corpus' / 'pages'
NAMES = rb'class|id|role|itemprop|data-(?!src)[a-z-]+'


def toml(value):
    if isinstance(value, dict):
        return '{ ' + ', '.join(f'{key} = {toml(inner)}' for key, inner in value.items()) + ' }'
    if isinstance(value, list):
        return '[' + ', '.join(map(toml, value)) + ']'
    return json.dumps(value, ensure_ascii=False)


def written(manifest):
    """The text of a plugin.toml: one table after the other."""
    lines = []

    def table(name, content):
        lines.append(f'[{name}]')
        lines.extend(f'{key} = {toml(value)}' for key, value in content.items() if not isinstance(value, dict) or name == 'fetch')
        for key, value in content.items():
            if isinstance(value, dict) and name != 'fetch':
                table(f'{name}.{key}', value)

    for key, value in manifest.items():
        if isinstance(value, list):
            for entry in value:
                lines.append(f'[[{key}]]')
                lines.extend(f'{name} = {toml(inner)}' for name, inner in entry.items())
        else:
            table(key, value)
    return '\n'.join(lines) + '\n'


class Bench:
    def __init__(self, programs, prefix, scratch):
        sys.path.insert(0, str(SHARED / 'tools'))
        import score_extraction
        self.scorer, self.program, self.scratch = score_extraction, programs / 'newswirectl', scratch
        self.index = [page for page in json.loads((PAGES / 'index.json').read_text()) if page['page'].startswith(prefix)]
        self.gold = {page['page']: json.loads((PAGES / f"{page['page']}.json").read_text()) for page in self.index}
        self.plugins = {path.parent.name: tomllib.loads(path.read_text()) for path in (PROJECT / 'Plugins').glob('*/plugin.toml')}

    def folder(self, change):
        """A folder of all plugins, each as `change` leaves it."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        for name, manifest in self.plugins.items():
            (folder / name).mkdir()
            (folder / name / 'plugin.toml').write_text(written(change(json.loads(json.dumps(manifest)))))
        shutil.copytree(PROJECT / 'Plugins' / '_cms', folder / '_cms')
        return folder

    def items(self, plugins, change):
        """The articles of every page; `change` is applied to its bytes first, and given the expectation."""
        jobs = []
        for number, page in enumerate(self.index):
            file = self.scratch / f'{number}.html'
            html = change(gzip.decompress((PAGES / f"{page['page']}.html.gz").read_bytes()), self.gold[page['page']])
            if html is None:
                continue
            file.write_bytes(html)
            jobs.append(json.dumps({'id': page['page'], 'url': page['url'], 'file': str(file)}))
        how = ['--plugins', plugins] if plugins else ['--generic']
        done = subprocess.run(
            [self.program, 'extract', *how, '--batch'], input='\n'.join(jobs).encode(), stdout=subprocess.PIPE, check=True)
        return {answer['id']: answer.get('item') or {} for answer in map(json.loads, done.stdout.splitlines())}

    def scores(self, plugins, change=lambda html: html):
        """What the scorer says of every page as `change` leaves it."""
        items = self.items(plugins, lambda html, gold: change(html))
        return {page: self.scorer.score(self.gold[page], item) for page, item in items.items()}

    def between(self, plugins):
        """What of INSERTED the articles hold, over all pages that it could be set into."""
        lost = collections.Counter()
        items = self.items(plugins, inserted)
        for page, item in items.items():
            text = self.scorer.text_body(item)
            missing = [name for name, markup in INSERTED.items() if not all(word in text for word in re.findall(r'Zqu\w+', markup))]
            lost.update(missing)
            if missing:
                print(f'  {page}: ' + ', '.join(missing))
        print(f'  of {len(items)} pages lost: ' + ', '.join(f'{name} {lost[name]}' for name in INSERTED))

    def average(self, scores, pages=None):
        values = collections.defaultdict(list)
        for page in pages or scores:
            for key, value in scores[page].items():
                values[key].append(value)
        return ' '.join(f'{key}={sum(values[key]) / len(values[key]):.3f}' for key in self.scorer.KEYS if values[key])

    def report(self, title, scores, before, pages=None):
        print(f'\n{title}\n  before {self.average(before, pages)}\n  after  {self.average(scores, pages)}')
        for page in pages or scores:
            lost = {key: value for key, value in before[page].items() if scores[page].get(key, 0) < value - 0.05}
            if lost:
                print(f'  {page}: ' + ', '.join(f'{key} {value:.2f} -> {scores[page].get(key, 0):.2f}' for key, value in lost.items()))


def rehashed(html):
    """Class names whose parts look made up, with these parts altered."""
    dice = random.Random(7)
    known = {}

    def part(match):
        text = match.group()
        made_up = len(text) > 4 and re.search(rb'[A-Za-z]\d+[A-Za-z]|\d[A-Za-z]+\d', text)
        return known.setdefault(text, bytes(dice.choice(b'bcdfghjk0123456789') for _ in text)) if made_up else text

    return re.sub(
        rb'(\sclass=)("[^"<>]*"|\'[^\'<>]*\')', lambda found: found.group(1) + re.sub(rb'[A-Za-z0-9]+', part, found.group(2)), html)


def reclassed(html):
    """Every class name replaced, the same by the same."""
    def names(found):
        return found.group(1) + b'"' + b' '.join(
            b'x' + hashlib.sha256(name).hexdigest()[:7].encode() for name in found.group(2)[1:-1].split()) + b'"'
    return re.sub(rb'(?i)(\sclass=)("[^"<>]*"|\'[^\'<>]*\')', names, html)


META = rb'(?is)<meta\s[^>]*(?:name|property|itemprop)=["\']?[^"\'>]*(?:%s)[^>]*>'


def dataless(html):
    html = re.sub(rb'(?is)<script[^>]*type=["\']?application/ld\+json["\']?[^>]*>.*?</script>', b'', html)
    return re.sub(META % rb'author|date|time|publish|creator|byl|sailthru|parsely|cXense|article:', b'', html)


def untitled(html):
    html = re.sub(META % rb'title|description|headline', b'', dataless(html))
    return re.sub(rb'(?is)\s(?:itemprop|datetime)=("[^"]*"|\'[^\']*\'|[^\s>]+)', b'', html)


def nameless(html):
    return re.sub(rb'\s(?:' + NAMES + rb')=("[^"<>]*"|\'[^\'<>]*\'|[^\s>"\']+)', b'', html)


INSERTED = {
    'ul': '<ul><li>Zquul one thing of a list stands here.</li><li>Zqulu another thing stands here, too.</li></ul>',
    'ol': '<ol><li>Zquol the first thing of a row stands here.</li></ol>',
    'h2': '<h2>Zquhb what the next lines are about</h2>',
    'h3': '<h3>Zquhc what the lines behind it are about</h3>',
    'blockquote': '<blockquote><p>Zqubq words out of a letter, which the text does not hold.</p></blockquote>',
}


def inserted(html, gold):
    """The page with INSERTED behind a paragraph in the middle of its text, a paragraph like it behind each subhead; None where none is
    found by its words."""
    paragraphs = [text for section in gold['sections'] for text in section['paragraphs'] if len(text) > 80]
    for text in paragraphs[len(paragraphs) // 2:] + paragraphs[:len(paragraphs) // 2]:
        words = text[-45:-3].encode()
        for found in re.finditer(re.escape(words), html):
            start, end = html.rfind(b'<p', 0, found.start()), html.find(b'</p>', found.end())
            in_script = html.rfind(b'<script', 0, found.start()) > html.rfind(b'</script', 0, found.start())
            if in_script or start < 0 or not found.end() <= end < found.end() + 400 or found.start() - start > 3000:
                continue
            opening = re.match(rb'<p\b[^>]*>', html[start:start + 1000])
            if not opening:
                continue
            like = opening.group() + b'This line stands where it does to be the text behind a subhead, and no more.</p>'
            markup = b''.join(text.encode() + (like if text.startswith('<h') else b'') for text in INSERTED.values())
            return html[:end + 4] + markup + html[end + 4:]
    return None


CHANGES = {
    'classes': ('every class name altered', reclassed), 'dataless': ('no data on authors and dates', dataless),
    'untitled': ('no data at all', untitled), 'nameless': ('no names left', nameless),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--programs', type=pathlib.Path, default=PROJECT / '.build' / 'release')
    parser.add_argument('--pages', default='', metavar='PREFIX', help='only these pages, such as uk/')
    parser.add_argument('trials', nargs='+', metavar='TRIAL')
    options = parser.parse_args()
    if not PAGES.is_dir():
        sys.exit(f'no page corpus at {PAGES}; this check needs it')
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(options.programs, options.pages, pathlib.Path(scratch))
        base = bench.scores(PROJECT / 'Plugins')
        trials = iter(options.trials)
        for trial in trials:
            if trial == 'as-is':
                print('\nas they are\n  ' + bench.average(base))
            elif trial == 'first':
                field = next(trials, None) or sys.exit('first: which field?')

                def without(manifest):
                    rules = manifest.get('article', {}).get(field)
                    if isinstance(rules, list) and rules:
                        manifest['article'][field] = rules[1:]
                        if not rules[1:]:
                            del manifest['article'][field]
                    return manifest
                bench.report(f'{field} without the first candidate', bench.scores(bench.folder(without)), base)
            elif trial == 'hashes':
                bench.report('names of builds altered', bench.scores(PROJECT / 'Plugins', rehashed), base)
            elif trial in CHANGES:
                title, change = CHANGES[trial]
                bench.report(f'{title}: generic, then with plugins', bench.scores(PROJECT / 'Plugins', change), bench.scores(None, change))
            elif trial == 'between':
                print('\na list, subheads and a quote between paragraphs')
                bench.between(PROJECT / 'Plugins')
            elif trial == 'sets':
                def bare(manifest):
                    base_set = manifest.get('article', {}).get('extends')
                    if base_set:
                        manifest['article'] = {'extends': base_set}
                    return manifest
                extending = {name for name, manifest in bench.plugins.items() if manifest.get('article', {}).get('extends')}
                pages = [page for page in base if page.split('/')[1] in extending]
                bench.report('shared sets alone', bench.scores(bench.folder(bare)), base, pages)
            else:
                sys.exit(f'unknown trial {trial}; see --help')


if __name__ == '__main__':
    main()
