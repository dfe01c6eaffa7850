"""Every example of docs/plugins.md, run: commands against a publisher on loopback, tables of keys through the checker, recipes
of the cookbook over their pages, programs through the daemon's own host."""
import json
import pathlib
import re
import shlex
import tempfile
import unittest

from support import examiner, programs
from support.daemon import toml
from support.scripted import Answer, Scripted

GUIDE = programs.PROJECT / 'docs' / 'plugins.md'
FACTS = '''[publisher]
id = "example"
name = "Example"
url = "http://www.example.org/"
country = "gb"
language = "en"
zone = "Europe/London"
'''


def blocks():
    """(heading, language, text) of every fenced block, indentation of list items taken off."""
    heading, found, lines = '', [], iter(GUIDE.read_text().splitlines())
    for line in lines:
        if line.startswith('#'):
            heading = line.lstrip('# ')
        fence = re.match(r'( *)```(\w+)$', line)
        if fence:
            text = []
            for inner in lines:
                if inner.strip() == '```':
                    break
                text.append(inner.removeprefix(fence.group(1)))
            found.append((heading, fence.group(2), '\n'.join(text) + '\n'))
    return found


class Guide(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def run_ctl(self, *arguments, status=0):
        done = programs.run('newswirectl', *arguments, cwd=self.folder)
        self.assertEqual(done.returncode, status, f'{arguments}\n{done.stdout.decode()}\n{done.stderr.decode()}')
        return done.stdout.decode()

    @staticmethod
    def plugin(text):
        """The block as a whole plugin: what it leaves out is added before it."""
        if not re.search(r'^\[', text, re.M):
            known_to_images = re.search(r'^(credit|caption|alt|select|lead) = ', text, re.M)
            keys = [line.split(' = ')[0] for line in text.splitlines() if re.match(r'\w+ = ', line)]
            if known_to_images and not set(keys) - {'credit', 'caption', 'alt', 'select', 'lead'}:
                text = '[article.images]\n' + text
            elif known_to_images:
                text = '[article]\n' + '\n'.join(l for l in text.splitlines() if not l.startswith('credit = ')) + (
                    '\n[article.images]\n' + '\n'.join(l for l in text.splitlines() if l.startswith('credit = ')))
            else:
                text = '[article]\n' + text
        return text if '[publisher]' in text else FACTS + text

    def write(self, text, folder='plugins'):
        text = self.plugin(text)
        identity = re.search(r'^id = "(.*)"', text, re.M).group(1)
        place = self.folder / folder / identity
        place.mkdir(parents=True, exist_ok=True)
        (place / 'plugin.toml').write_text(text)
        return place

    def test_every_table_of_keys_is_accepted(self):
        count = 0
        for heading, language, text in blocks():
            if language != 'toml':
                continue
            with self.subTest(f'{heading}: {text[:60]!r}'):
                shared = re.match(r'# Plugins/_cms/(\w+)/rules.toml', text)
                if shared:
                    place = self.folder / 'plugins' / '_cms' / shared.group(1)
                    place.mkdir(parents=True)
                    (place / 'rules.toml').write_text(text)
                elif not re.search(r'^\[', text, re.M) and text.count('body = ') > 1:
                    # Two ways to write one key.
                    for line in text.splitlines():
                        self.run_ctl('plugin', 'check', self.write(line + '\n'))
                else:
                    self.run_ctl('plugin', 'check', self.write(text))
                count += 1
        self.assertGreater(count, 15)

    def test_every_recipe_gives_what_it_says(self):
        recipes = 0
        found = blocks()
        for place, (heading, language, text) in enumerate(found):
            if language != 'html':
                continue
            (_, rules_are, rules), (_, result_is, result) = found[place + 1:place + 3]
            self.assertEqual((rules_are, result_is), ('toml', 'text'), heading)
            with self.subTest(heading):
                plugin = self.write(rules, f'recipe-{recipes}')
                (plugin / 'samples').mkdir()
                (plugin / 'samples' / 'page.html').write_text(text)
                (plugin / 'samples' / 'page.json').write_text('{"url": "http://www.example.org/1"}')
                out = self.run_ctl('plugin', 'test', '--json', plugin, status=1)
                fields = {f['field']: f.get('found', []) for f in json.loads(out)['fields']}
                wanted = {}
                for line in result.splitlines():
                    field, _, value = line.partition(': ')
                    wanted.setdefault(field, []).append(value)
                self.assertEqual({name: fields.get(name) for name in wanted}, wanted)
            recipes += 1
        self.assertGreaterEqual(recipes, 5)

    def test_the_commands_from_zero(self):
        config = examiner.config(self.folder, examiner.served(self))
        count = 0
        for heading, language, text in blocks():
            for line in text.splitlines():
                if language == 'console' and line.startswith('$ newswirectl '):
                    words = shlex.split(line.removeprefix('$ newswirectl '))
                    # A user's settings need no such help: only loopback does.
                    online = 'new' in words or '--live' in words
                    self.run_ctl(*words, *(['--config', config] if online else []))
                    count += 1
        self.assertGreaterEqual(count, 5)
        self.assertIn('<title>Ferries return', (self.folder / 'preview.html').read_text())

    def test_shell_examples_name_verbs_that_exist(self):
        for _, language, text in blocks():
            for line in text.splitlines():
                words = line.split()
                if language == 'sh' and words[:1] == ['newswirectl']:
                    verb = words[1:3] if words[1] in ('plugin', 'queue') else words[1:2]
                    self.run_ctl(*verb, '--help')

    def test_the_swift_example_is_the_one_that_is_compiled(self):
        text = next(text for _, language, text in blocks() if language == 'swift')
        example = text.partition('@main\n')[2]
        compiled = (programs.PROJECT / 'Tests' / 'NewswirePluginTests' / 'GuideExample.swift').read_text()
        inner = re.sub(r'(?m)^  ', '', compiled.partition('private enum Guide {\n')[2].partition('\n}\n')[0]) + '\n'
        self.assertEqual(example, inner)

    def test_the_python_program_joins_pages(self):
        code = next(text for _, language, text in blocks() if language == 'python')
        plugin = self.write(next(
            text for heading, language, text in blocks() if heading == 'Articles on several pages' and language == 'toml'))
        (plugin / 'pages.py').write_text(code)
        (plugin / 'pages.py').chmod(0o755)
        with Scripted() as server:
            server.answer('www.example.org', '/1', Answer(
                body='<h1>Long read</h1><p>One.</p><a rel="next" href="http://www.example.org/2">', kind='text/html'))
            server.answer('www.example.org', '/2', Answer(
                body='<p>Two.</p><a rel="next" href="http://www.example.org/3">', kind='text/html'))
            server.answer('www.example.org', '/3', Answer(body='<p>Three.</p>', kind='text/html'))
            config = self.folder / 'newswire.toml'
            config.write_text(toml({'fetch': {
                'contact': 'tests@example.org', 'allow_addresses': ['127.0.0.0/8'], 'group_gap': '0s', 'robots': False,
                'connect_to': server.connect_to}}))
            out = self.run_ctl('plugin', 'preview', 'http://www.example.org/1', '--plugin', plugin, '--config', config)
        self.assertRegex(out, r'<p>One\.</p>\s*<p>Two\.</p>\s*<p>Three\.</p>')
        self.assertIn('program:pages.py', out)


if __name__ == '__main__':
    unittest.main()
