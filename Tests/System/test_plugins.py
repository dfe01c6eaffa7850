"""The plugins that ship: complete, of one mind on hosts, and made of rules that outlast the publisher's next build."""
import collections
import pathlib
import re
import tempfile
import tomllib
import unittest
from urllib.parse import urlsplit

from support import programs
from support.programs import run

FOLDER = programs.PROJECT / 'Plugins'

# The place of a node in the page: div[5], :nth-child(2), last(); and (//p)[1] unless something is asked of what it finds.
# following-sibling::*[1] and ancestor::figure[1] name a neighbour.
PLACE = re.compile(r'''
    :(nth-|first-child|last-child|first-of-type|last-of-type|only-child)
  | \b(last|position)\(\)
  | \[ ([2-9] | [0-9]{2,}) \]
  | (?<!\]) (?<! ::\*) \[1\] (?!\[)
''', re.VERBOSE)
NEIGHBOUR = re.compile(r'::[a-z]+\[1\]')
# Class names as builds make them: .sc-1kfh6cz, .css-x9a2kf, and parts in which letters and digits take turns (x7Ghd2).
PREFIXED = re.compile(r'\.(sc|css)-[a-z0-9]{5,}')


def is_made_up(word):
    turns = sum(a.isdigit() != b.isdigit() for a, b in zip(word, word[1:]))
    return len(word) > 4 and turns >= 2


def problems(language, expression):
    """What makes an expression break with the publisher's next redesign."""
    if language not in ('css', 'xpath'):
        return []
    found = ['a place in the page'] if PLACE.search(NEIGHBOUR.sub('', expression)) else []
    if language == 'css':
        found += [f'{match.group()} is made by a build' for match in PREFIXED.finditer(expression)]
        found += [f'{word} is made by a build' for word in re.findall(r'[A-Za-z0-9]+', expression) if is_made_up(word)]
    return found


def expressions(rules):
    """All expressions of a table of rules, as (language, text)."""
    for value in rules.values():
        for candidate in value if isinstance(value, list) else [value]:
            if isinstance(candidate, str):
                language, colon, text = candidate.partition(':')
                if colon:
                    yield language, text
            elif isinstance(candidate, dict):
                # A candidate with its working, or a table inside ([article.images]).
                for language in ('css', 'xpath'):
                    if isinstance(candidate.get(language), str):
                        yield language, candidate[language]
                if not {'css', 'xpath', 'jsonld', 'meta', 'json'} & candidate.keys():
                    yield from expressions(candidate)


def lines_with_a_reason(text):
    """The text of every statement that a comment stands directly above of, below the comment that opens the file."""
    lines = text.splitlines()
    body = next((n for n, line in enumerate(lines) if not line.startswith('#')), 0)
    return '\n'.join(line for above, line in zip(lines[body:], lines[body + 1:]) if above.lstrip().startswith('#'))


class Plugins(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.texts = {path.parent.name: path.read_text() for path in sorted(FOLDER.glob('*/plugin.toml'))}
        cls.plugins = {name: tomllib.loads(text) for name, text in cls.texts.items()}

    def test_all_are_accepted(self):
        done = run('newswirectl', 'plugin', 'check', FOLDER)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertGreaterEqual(len(self.plugins), 181)

    def test_each_says_who_publishes_and_what_users_must_know(self):
        for name, plugin in self.plugins.items():
            with self.subTest(name):
                publisher = plugin['publisher']
                self.assertEqual(publisher['id'], name)
                for key in ('name', 'country', 'language', 'zone', 'copyright_holder', 'usage_terms'):
                    self.assertTrue(publisher.get(key), f'publisher.{key}')
                article = plugin.get('article', {})
                # Without a page at hand no rule for the body can be known to be right.
                if 'No page was at hand when this was written' not in self.texts[name]:
                    self.assertTrue('extends' in article or article.get('body'), 'a rule for the body, or a shared set')

    def test_each_has_sources_and_none_twice(self):
        for name, plugin in self.plugins.items():
            with self.subTest(name):
                addresses = [source['url'] for source in plugin.get('sources', [])]
                self.assertTrue(addresses)
                self.assertEqual([], [url for url, times in collections.Counter(addresses).items() if times > 1])
                parts = {part for url in addresses for part in re.findall(r'{[^}]*}', url)}
                self.assertLessEqual(parts, {'{yyyy}', '{yy}', '{mm}', '{m}', '{dd}', '{d}'}, 'only the date stands in an address')

    def test_no_host_belongs_to_two(self):
        claims = collections.defaultdict(set)
        for name, plugin in self.plugins.items():
            publisher = plugin['publisher']
            host = urlsplit(publisher['url']).hostname
            for host in publisher.get('hosts', [host, 'www.' + host.removeprefix('www.'), host.removeprefix('www.')]):
                claims[host].add(name)
        self.assertEqual({}, {host: names for host, names in claims.items() if len(names) > 1})

    def test_rules_select_by_meaning(self):
        """No places and no names that a build made up, unless a comment above the rule says why it lasts."""
        for file in sorted([*FOLDER.glob('*/plugin.toml'), *FOLDER.glob('_cms/*/rules.toml')]):
            text = file.read_text()
            excused = lines_with_a_reason(text)
            for language, expression in expressions(tomllib.loads(text).get('article', {})):
                found = problems(language, expression)
                written = expression.replace('\\', '\\\\')
                if found and expression not in excused and written not in excused:
                    with self.subTest(f'{file.relative_to(FOLDER)}: {language}:{expression}'):
                        self.fail('; '.join(found))

    def test_every_shared_set_is_used_and_every_used_one_is_there(self):
        sets = {path.parent.name: tomllib.loads(path.read_text()) for path in FOLDER.glob('_cms/*/rules.toml')}
        used = {table.get('article', {}).get('extends') for table in [*self.plugins.values(), *sets.values()]} - {None}
        self.assertEqual(used, sets.keys())
        for name, rules in sets.items():
            self.assertTrue(rules.get('description'), name)


class Recognition(unittest.TestCase):
    """The checks above can fail."""

    def test_fragile_expressions_are_recognised(self):
        for language, expression in [
            ('css', 'div:nth-child(3)'), ('css', '.a span:first-child'), ('xpath', '//main/div[5]'), ('xpath', '(//nav//a)[last()]'),
            ('xpath', '(//p)[position() < 4]'), ('xpath', '(//p)[1]'), ('xpath', '//main/p[1]/b'), ('css', '.sc-1kfh6cz-0'),
            ('css', '.css-x9a2kf'), ('css', "[class*='Foo__bar--x7Ghd2']"), ('css', '.ebmt73l0'),
        ]:
            with self.subTest(expression):
                self.assertTrue(problems(language, expression))

    def test_lasting_expressions_are_left_alone(self):
        for language, expression in [
            ('xpath', '(//p)[1][b]'), ('xpath', './following-sibling::*[1][self::p]'), ('xpath', 'ancestor::figure[1]/figcaption'),
            ('xpath', 'following-sibling::p[@class][1]'), ('css', '.wp-block-tc23-author'), ('css', '.rm_txt h4.sub'),
            ('css', "[class*='Article_elementLead__'] p"), ('css', '#_gtm_LastLine'), ('css', '.cmp-m-catelst001'),
        ]:
            with self.subTest(expression):
                self.assertEqual([], problems(language, expression))

    def test_an_unknown_set_refuses_the_plugin(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / 'wired' / 'plugin.toml'
            copy.parent.mkdir()
            copy.write_text((FOLDER / 'wired' / 'plugin.toml').read_text().replace('"verso"', '"no-such-set"'))
            done = run('newswirectl', 'plugin', 'check', folder)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn('no-such-set', done.stderr.decode() + done.stdout.decode())


if __name__ == '__main__':
    unittest.main()
