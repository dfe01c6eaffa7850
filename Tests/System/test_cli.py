"""newswirectl and newswired as a person or a script meets them: help, offline verbs, errors."""
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import unittest

from support import faults, feeds, ninjs, paper, programs, spool
from support.programs import run

HOST = 'www.cli.example'
VERBS = [
    ['status'], ['explain'], ['health'], ['metrics'], ['log'], ['fetch'], ['parse'], ['extract'], ['queue', 'list'], ['queue', 'show'], ['queue', 'claim'],
    ['queue', 'ack'], ['queue', 'release'], ['queue', 'watch'], ['queue', 'consume'], ['plugin', 'list'], ['plugin', 'check'],
    ['state', 'check'], ['state', 'backup'], ['state', 'vacuum'], ['state', 'forget'], ['state', 'move'], ['fleet'],
    ['drain'],
]


class Help(unittest.TestCase):
    def test_every_verb_explains_itself_with_an_example(self):
        for verb in VERBS:
            with self.subTest(' '.join(verb)):
                done = run('newswirectl', *verb, '--help')
                text = done.stdout.decode()
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                self.assertRegex(text, r'(?i)example')
                self.assertRegex(text, rf'newswirectl {" ".join(verb)}\b.*\S', 'an example to copy')

    def test_help_fits_a_terminal(self):
        for command in [['newswired'], ['newswire-forward'], ['newswirectl'], *(['newswirectl', *verb] for verb in VERBS)]:
            with self.subTest(' '.join(command)):
                lines = run(command[0], *command[1:], '--help').stdout.decode().splitlines()
                self.assertEqual([line for line in lines if len(line) > 80 and not line.startswith('USAGE: ')], [])
                # Prose that is cut at one width and wrapped at another ends in lines of a word or two.
                torn = [
                    (line, after) for before, line, after in zip(lines, lines[1:], lines[2:])
                    if len(before) > 66 and line and len(line) < 25 and after[:1].islower() and not line.endswith(('.', ':', ';'))
                    and not line.startswith(' ')]
                self.assertEqual(torn, [])

    def test_the_programs_tell_their_version(self):
        for name in ('newswired', 'newswirectl'):
            done = run(name, '--version')
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            self.assertRegex(done.stdout.decode(), r'\d+\.\d+')

    def test_the_overview_names_the_verbs(self):
        text = run('newswirectl', '--help').stdout.decode()
        for verb in VERBS:
            self.assertIn(verb[0], text)


class Offline(unittest.TestCase):
    """parse and extract need no daemon, no configuration and no network."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.entries = [paper.entry(HOST, number) for number in (1, 2)]
        self.feed, self.page = self.folder / 'feed.xml', self.folder / 'page.html'
        self.feed.write_bytes(feeds.rss(HOST, self.entries))
        self.page.write_bytes(paper.page(self.entries[0]))
        plugin = self.folder / 'plugins' / 'cli'
        plugin.mkdir(parents=True)
        (plugin / 'plugin.toml').write_text(paper.plugin('cli', HOST, [('rss', '/feed.xml')]))

    def test_parse_writes_json_feed(self):
        done = run('newswirectl', 'parse', '--url', f'http://{HOST}/feed.xml', self.feed)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        feed = json.loads(done.stdout)
        self.assertEqual(feed['version'], 'https://jsonfeed.org/version/1.1')
        self.assertEqual([item['url'] for item in feed['items']], [entry['url'] for entry in self.entries])
        self.assertEqual(feed['items'][0]['title'], self.entries[0]['title'])

    def test_parse_reads_standard_input(self):
        done = run('newswirectl', 'parse', '--content-type', 'application/rss+xml', '-', stdin=self.feed.read_bytes())
        self.assertEqual(len(json.loads(done.stdout)['items']), 2)

    def test_extract_writes_ninjs(self):
        url = self.entries[0]['url']
        for options in (['--plugins', self.folder / 'plugins'], ['--plugins', self.folder / 'plugins', '--plugin', 'cli'],
                        ['--generic']):
            with self.subTest(str(options[-1])):
                done = run('newswirectl', 'extract', *options, '--url', url, self.page)
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                article = json.loads(done.stdout)
                self.assertEqual(article['title'], self.entries[0]['title'])
                self.assertIn('paragraph 5', spool.text(article))
                complaints = ninjs.validator()
                if complaints:
                    self.assertEqual(complaints(article), [])

    def test_a_batch_answers_each_line_in_order(self):
        missing = self.folder / 'absent.html'
        jobs = [
            {'id': 'a', 'url': self.entries[0]['url'], 'file': str(self.page)},
            {'id': 'b', 'url': self.entries[0]['url'], 'file': str(missing)},
            {'id': 'c', 'url': self.entries[0]['url'], 'file': str(self.page)},
        ]
        lines = ''.join(json.dumps(job) + '\n' for job in jobs).encode()
        done = run('newswirectl', 'extract', '--plugins', self.folder / 'plugins', '--batch', stdin=lines)
        self.assertEqual(done.returncode, 0, 'single failures do not fail a batch')
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([answer['id'] for answer in answers], ['a', 'b', 'c'])
        self.assertIn('absent.html', answers[1]['error'])
        self.assertEqual(answers[0]['item']['uri'], answers[2]['item']['uri'])

        jobs = [{'id': 1, 'url': f'http://{HOST}/feed.xml', 'file': str(self.feed), 'content_type': 'application/rss+xml'},
                {'id': 2, 'url': f'http://{HOST}/page', 'file': str(self.page), 'content_type': 'text/html'}]
        lines = ''.join(json.dumps(job) + '\n' for job in jobs).encode() + b'not json\n'
        done = run('newswirectl', 'parse', '--batch', stdin=lines)
        self.assertEqual(done.returncode, 0)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(answers), 3)
        self.assertEqual(len(answers[0]['feed']['items']), 2)
        self.assertIn('error', answers[1])
        self.assertIn('error', answers[2])

    def test_errors_say_what_and_where(self):
        done = run('newswirectl', 'parse', self.folder / 'nothing.xml')
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, b'')
        self.assertIn('nothing.xml', done.stderr.decode())
        done = run('newswirectl', 'parse', self.page)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('page.html', done.stderr.decode())


class Mistakes(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def config(self, more=''):
        path = self.folder / 'newswire.toml'
        path.write_text(
            f'[paths]\nstate = "{self.folder}/state"\nspool = "{self.folder}/spool"\nplugins = ["{self.folder}/plugins"]\n'
            f'socket = "{self.folder}/control.sock"\n{more}'
        )
        return path

    def test_a_daemon_that_does_not_run(self):
        done = run('newswirectl', 'status', '--socket', self.folder / 'control.sock')
        self.assertEqual(done.returncode, 69)
        self.assertIn('control.sock', done.stderr.decode())

    def test_a_mistake_in_the_configuration_has_line_and_column(self):
        config = self.config('[fetch]\nconcurency = 3\n')
        for arguments in (['--check', '--config', config], ['--config', config]):
            done = run('newswired', *arguments)
            self.assertEqual(done.returncode, 78)
            self.assertRegex(done.stderr.decode(), r'newswire\.toml:7:1: .*concurency')

    def test_a_worker_that_is_a_folder_is_refused(self):
        config = self.config(f'[workers]\nprogram = "{self.folder}"\n')
        for arguments in (['--check', '--config', config], ['--config', config]):
            done = run('newswired', *arguments)
            self.assertEqual(done.returncode, 78)
            self.assertRegex(done.stderr.decode(), rf'newswire\.toml:7:11: newswire-worker is not at {self.folder}: this is a folder')

    def test_a_mistake_in_a_plugin_has_line_and_column(self):
        folder = self.folder / 'plugins' / 'wrong'
        folder.mkdir(parents=True)
        text = paper.plugin('wrong', HOST, [('rss', '/feed.xml')]).replace('[article]', '[article]\nheadlin = ["css:h1"]')
        (folder / 'plugin.toml').write_text(text)
        line = text[: text.index('headlin =')].count('\n') + 1
        done = run('newswired', '--check', '--config', self.config())
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr.decode() + done.stdout.decode(), rf'wrong/plugin\.toml:{line}:1: .*headlin')
        done = run('newswirectl', 'plugin', 'check', folder)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr.decode() + done.stdout.decode(), rf'plugin\.toml:{line}:1: .*headlin')

    def test_check_has_no_side_effects(self):
        (self.folder / 'plugins' / 'cli').mkdir(parents=True)
        (self.folder / 'plugins' / 'cli' / 'plugin.toml').write_text(paper.plugin('cli', HOST, [('rss', '/feed.xml')]))
        done = run('newswired', '--check', '--config', self.config())
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ['newswire.toml', 'plugins'])

    def test_an_unknown_verb(self):
        done = run('newswirectl', 'frobnicate')
        self.assertEqual(done.returncode, 64)
        self.assertIn('frobnicate', done.stderr.decode())

    def test_the_shipped_configuration_documents_every_key(self):
        """Uncommented, the file must be accepted: each key exists and its default is of the right kind."""
        text = (programs.PROJECT / 'etc' / 'newswire' / 'newswire.toml').read_text()
        keys = re.sub(r'(?m)^#(?=[a-z_]+ = )', '', text)
        path = self.folder / 'newswire.toml'
        path.write_text(keys.replace('only = ["bbc", "le-monde"]\n', '') + 'frobnicate = 1\n')
        done = run('newswired', '--check', '--config', path)
        complaints = [line for line in done.stderr.decode().splitlines() if 'newswire.toml:' in line]
        self.assertEqual(len(complaints), 1, 'nothing but the key that we added')
        self.assertIn('frobnicate', complaints[0])


@unittest.skipIf(faults.needed(), faults.needed())
class Leaving(unittest.TestCase):
    """A program ends without what libraries do at the end: threads may still be at work in them (endProgram)."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        source = cls.folder / 'end.c'
        source.write_text('#include <stdlib.h>\n__attribute__((destructor)) static void end(void) { abort(); }\n')
        cls.library = cls.folder / 'end.so'
        subprocess.run([faults.compiler(), '-shared', '-fPIC', '-o', cls.library, source], check=True)
        cls.spool = cls.folder / 'spool'
        for name in ('tmp', 'bad'):
            (cls.spool / name).mkdir(parents=True)
        (cls.folder / 'plugins' / 'cli').mkdir(parents=True)
        (cls.folder / 'plugins' / 'cli' / 'plugin.toml').write_text(paper.plugin('cli', HOST, [('rss', '/feed.xml')]))
        cls.config = cls.folder / 'newswire.toml'
        cls.config.write_text(
            f'[paths]\nspool = "{cls.spool}"\nstate = "{cls.folder}/state"\nplugins = ["{cls.folder}/plugins"]\n'
            '[forward]\nurls = ["nats://127.0.0.1:9"]\n')
        cls.environment = {**os.environ, 'LD_PRELOAD': str(cls.library)}

    def test_nothing_of_a_library_runs_at_the_end(self):
        # The trap works: a program that ends as usual walks into it.
        usual = subprocess.run(['/bin/true'], env=self.environment)
        self.assertEqual(usual.returncode, -signal.SIGABRT)
        missing = ['--config', self.folder / 'none.toml']
        for status, command in (
                (0, ['newswirectl', '--help']), (0, ['newswirectl', '--version']), (64, ['newswirectl', 'nonsense']),
                (0, ['newswirectl', 'queue', 'stats', '--spool', self.spool]),
                (0, ['newswirectl', 'plugin', 'list', '--plugins', self.folder / 'plugins']),
                (78, ['newswirectl', 'queue', 'list', '--spool', self.folder / 'none']),
                (0, ['newswired', '--check', '--config', self.config]), (78, ['newswired', *missing]),
                (69, ['newswire-forward', '--create-stream', '--config', self.config]), (78, ['newswire-forward', *missing])):
            with self.subTest(' '.join(map(str, command))):
                done = run(*command, env=self.environment)
                self.assertEqual(done.returncode, status, done.stderr.decode())
                self.assertNotEqual(done.stdout + done.stderr, b'', 'what it printed is not lost')

    def test_a_stopped_daemon_leaves_as_well(self):
        with subprocess.Popen(
                [programs.program('newswired'), '--config', self.config], stderr=subprocess.PIPE, env=self.environment) as daemon:
            late = threading.Timer(20, daemon.kill)
            late.start()
            said = b''
            for line in daemon.stderr:
                said += line
                if b'1 publisher' in line:
                    daemon.terminate()
            late.cancel()
        self.assertEqual(daemon.returncode, 0, said.decode())


if __name__ == '__main__':
    unittest.main()
