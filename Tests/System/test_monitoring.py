"""What a monitor sees: `newswirectl health` and `newswirectl metrics`, against the real daemon in good and bad days."""
import json
import pathlib
import re
import tempfile
import unittest

from support import feeds, paper
from support.daemon import Daemon
from support.programs import run
from support.scripted import Answer, Scripted

GOOD, BAD = 'www.good.example', 'www.bad.example'
SAMPLE = re.compile(r'(newswire_[a-z_]+)(?:\{publisher="([a-z-]+)"(?:,kind="([a-z]+)")?\}|\{version="[^"]+"\})? ([0-9.]+)')


def samples(text):
    """The samples of an OpenMetrics text by name and publisher; fails on a line that is none."""
    found, types = {}, {}
    lines = text.splitlines()
    assert lines[-1] == '# EOF', lines[-1]
    for line in lines[:-1]:
        if line.startswith('# TYPE '):
            _, _, name, kind = line.split()
            assert name not in types, f'{name} twice'
            types[name] = kind
        elif not line.startswith('# HELP '):
            match = SAMPLE.fullmatch(line)
            assert match, line
            name = match[1].removesuffix('_total') if types.get(match[1].removesuffix('_total')) == 'counter' else match[1]
            assert name in types, f'{line} has no TYPE'
            found[name, match[2]] = float(match[4])
            if match[3]:
                found[name, match[2], match[3]] = float(match[4])
    return found


class Monitoring(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        cls.addClassCleanup(temporary.cleanup)
        cls.server = Scripted()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        entries = [paper.entry(GOOD, number) for number in range(1, 4)]
        cls.server.answer(GOOD, '/feed.xml', Answer(body=feeds.rss(GOOD, entries)))
        for entry in entries:
            cls.server.answer(GOOD, entry['url'].partition(GOOD)[2], Answer(body=paper.page(entry), kind='text/html'))
        cls.server.answer(BAD, '/feed.xml', Answer(500, 'no', 'text/plain'))
        cls.daemon = Daemon(pathlib.Path(temporary.name) / 'd', {
            'fetch': {'connect_to': cls.server.connect_to, 'robots': False},
        })
        cls.daemon.add_plugin(paper.plugin('good', GOOD, [('rss', '/feed.xml')]))
        cls.daemon.add_plugin(paper.plugin('bad', BAD, [('rss', '/feed.xml')]))
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.kill)
        cls.daemon.wait_queued(3)
        cls.daemon.wait('the bad one fails', lambda: cls.daemon.records(publisher='bad', event='feed.failed'))

    def test_a_failing_publisher_is_a_warning(self):
        done = self.daemon.ctl('health')
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout.decode(), r'^WARNING: 1 of 2 publishers fail: bad\n$')

    def test_the_figures_are_those_of_the_status(self):
        text = self.daemon.ctl('metrics').stdout.decode()
        found = samples(text)
        status = json.loads(self.daemon.ctl('status', '--json').stdout)
        self.assertEqual(found['newswire_up', None], 1)
        self.assertEqual(found['newswire_queue_articles', None], 3)
        self.assertEqual(found['newswire_articles', None], status['totals']['articles'])
        self.assertEqual(found['newswire_publisher_failing_sources', 'bad'], 1)
        self.assertEqual(found['newswire_publisher_failing_sources', 'good'], 0)
        self.assertEqual(found['newswire_publisher_ailing', 'bad', 'failing'], 1)
        self.assertEqual(found['newswire_publisher_articles_today', 'good'], 3)
        self.assertEqual(found['newswire_publisher_whole_ratio', 'good'], 1)
        self.assertGreater(found['newswire_publisher_last_success_timestamp_seconds', 'good'], 1_700_000_000)
        self.assertNotIn(('newswire_publisher_last_success_timestamp_seconds', 'bad'), found)

    def test_explain_says_what_is_wrong_and_what_comes_next(self):
        good = self.daemon.ctl('explain', 'good/rss').stdout.decode()
        self.assertRegex(good, r'next     in .*: its own rhythm')
        self.assertRegex(good, r'last     .*: status 200, new, 3 items, 3 new')
        bad = self.daemon.ctl('explain', 'bad').stdout.decode()
        self.assertRegex(bad, r'next     in .*: back-off after failures')
        self.assertRegex(bad, r'wrong    the server answered 500.* \(1 failures in a row\)')
        done = self.daemon.ctl('explain', 'nobody')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('nobody', done.stderr.decode())

    def test_a_daemon_that_does_not_run_is_critical_and_scraped_as_down(self):
        done = run('newswirectl', 'health', '--socket', '/nonexistent/control.sock')
        self.assertEqual(done.returncode, 2)
        self.assertIn(b'CRITICAL', done.stdout)
        done = run('newswirectl', 'metrics', '--socket', '/nonexistent/control.sock')
        self.assertEqual((done.returncode, samples(done.stdout.decode())), (0, {('newswire_up', None): 0}))

    def test_zz_a_pause_is_a_warning(self):
        self.assertEqual(self.daemon.ctl('pause').returncode, 0)
        done = self.daemon.ctl('health')
        self.assertEqual((done.returncode, done.stdout), (1, b'WARNING: fetching rests: paused by the operator\n'))
        self.assertEqual(samples(self.daemon.ctl('metrics').stdout.decode())['newswire_paused', None], 1)
        self.assertEqual(self.daemon.ctl('resume').returncode, 0)


class Reload(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.daemon = Daemon(pathlib.Path(temporary.name) / 'd')
        self.plugin = paper.plugin('first', GOOD, [('rss', '/feed.xml')])
        self.daemon.add_plugin(self.plugin)
        self.daemon.start()
        self.addCleanup(self.daemon.kill)
        self.daemon.wait_ready()

    def publishers(self):
        return [p['id'] for p in json.loads(self.daemon.ctl('status', '--json').stdout)['publishers']]

    def test_a_new_plugin_is_taken_up_and_a_bad_one_refuses_all(self):
        self.daemon.add_plugin(paper.plugin('second', BAD, [('rss', '/feed.xml')]))
        done = self.daemon.ctl('reload')
        self.assertEqual((done.returncode, done.stdout), (0, b'second added\n'), done.stderr)
        self.assertEqual(self.publishers(), ['first', 'second'])
        path = self.daemon.plugins / 'first' / 'plugin.toml'
        path.write_text(self.plugin.replace('[publisher]', '[publisher]\nnonsense = 1'))
        done = self.daemon.ctl('reload')
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr.decode(), r'first/plugin\.toml:\d+:1: unknown key publisher\.nonsense')
        self.assertEqual(self.publishers(), ['first', 'second'])

    def test_settings_are_read_again(self):
        config = self.daemon.config.read_text()
        self.daemon.config.write_text(config + '\n[publishers]\ndisabled = ["first"]\n')
        self.assertEqual(self.daemon.ctl('reload').returncode, 0)
        self.assertEqual(self.publishers(), [])
        self.daemon.config.write_text(config + '\n[queue]\nmax_files = 777\n')
        self.assertIn(b'[queue] changed\n', self.daemon.ctl('reload').stdout)
        status = json.loads(self.daemon.ctl('status', '--json').stdout)
        self.assertEqual(status['queue']['max_articles'], 777)
        self.assertEqual(self.publishers(), ['first'])
        self.daemon.config.write_text(config + '\n[nonsense]\n')
        done = self.daemon.ctl('reload')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('unknown key nonsense', done.stderr.decode())
        self.assertEqual(self.publishers(), ['first'])
