"""Programs as plugins: one that works, and one for each way to misbehave, which must be contained and named in the log
while another publisher is served."""
import json
import pathlib
import re
import shutil
import tempfile
import time
import unittest

from support import feeds, paper, programs, spool
from support.daemon import Daemon
from support.scripted import Answer, Scripted

HERE = pathlib.Path(__file__).resolve().parent
BAD, GOOD = 'www.bad.example', 'www.good.example'


def program_plugin(mode, host=BAD):
    text = paper.plugin('bad', host, [('program', '/list')])
    return text + (
        f'\n[program]\ncommand = "misbehave.py"\narguments = ["{mode}"]\njobs = ["discover", "extract"]\n'
        'memory = "256M"\n'
    )


class Programs(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.server = Scripted()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        for host in (BAD, GOOD):
            for number in (1, 2):
                entry = paper.entry(host, number)
                self.server.answer(host, f'/story/{number}', Answer(body=paper.page(entry), kind='text/html'))
        self.server.answer(BAD, '/list', Answer(body='{"stories": [1, 2]}', kind='application/json'))
        self.server.answer(BAD, '/story/1/more', Answer(body='page two', kind='text/plain'))
        self.server.answer(BAD, '/story/2/more', Answer(body='page two', kind='text/plain'))
        self.server.answer(
            GOOD, '/feed.xml', Answer(body=feeds.rss(GOOD, [paper.entry(GOOD, n) for n in (1, 2)])))

    def daemon(self, mode, plugin=None, **workers):
        daemon = Daemon(self.folder / 'd', {
            'fetch': {'connect_to': self.server.connect_to, 'robots': False},
            'schedule': {'page_retry': '1s', 'source_retry': '1s'},
            'workers': {'job_limit': '1s', 'program_attempts': 2, **workers},
        })
        daemon.add_plugin(plugin or program_plugin(mode))
        daemon.add_plugin(paper.plugin('good', GOOD, [('rss', '/feed.xml')]))
        shutil.copy(HERE / 'support' / 'misbehave.py', daemon.plugins / 'bad' / 'misbehave.py')
        return daemon

    def contained(self, mode, words, outcome=None, **workers):
        """The program fails with those words in the log, is left alone in the end, and the other publisher is served."""
        with self.daemon(mode, **workers) as daemon:
            found = daemon.wait(
                'the failure', lambda: daemon.records(event='program.failed', publisher='bad'), 20)
            self.assertIn(words, found[0]['message'])
            if outcome:
                self.assertEqual(found[0]['outcome'], outcome)
            articles = daemon.wait_queued(2, 20)
            self.assertEqual({spool.text(a)[:12] for a in articles}, {'Story number'})
            self.assertTrue(all('good.example' in str(a) for a in articles))
            daemon.wait(
                'quarantine', lambda: daemon.records(event='program.suspended', publisher='bad'), 20)
            self.assertFalse([p for p in pathlib.Path('/proc').glob('[0-9]*/cmdline') if self.is_ours(p)])
        return daemon

    def is_ours(self, path):
        try:
            return str(self.folder).encode() in path.read_bytes() and b'misbehave' in path.read_bytes()
        except OSError:
            return False

    # One that works

    def test_a_program_lists_and_reads(self):
        with self.daemon('good') as daemon:
            articles = daemon.wait_queued(4, 20)
            read = [a for a in articles if spool.text(a) == 'Text by a program.']
            self.assertEqual(len(read), 2, daemon.tail())
            self.assertTrue(all(a['title'].startswith('Program: Story number') for a in read))
            self.assertEqual({r['level'] for r in daemon.records(event='program.log', message='doing my job')}, {'debug'})
            self.assertEqual(len(daemon.records(event='program.started')), 1)

    def test_a_program_gets_pages_of_its_own_publisher_only(self):
        with self.daemon('fetches') as daemon:
            articles = daemon.wait_queued(4, 20)
            read = [a for a in articles if spool.text(a) == 'Text by a program.']
            keywords = [s['name'] for s in read[0]['subjects'] if s['rel'] == 'keyword']
            self.assertEqual(sorted(set(keywords)), ['not-yours', 'page two'], daemon.tail())
            self.assertFalse(self.server.requests('www.other.example'))

    # The programs that come with newswire

    def example(self, folder, hosts):
        """A daemon with one shipped plugin, its addresses in plain http so that they can be served here."""
        daemon = Daemon(self.folder / 'd', {'fetch': {'connect_to': self.server.connect_to, 'robots': False}})
        shutil.copytree(folder, daemon.plugins / folder.name, ignore=shutil.ignore_patterns('Sources'))
        shutil.copytree(programs.PROJECT / 'Plugins' / '_cms', daemon.plugins / '_cms')
        path = daemon.plugins / folder.name / 'plugin.toml'
        path.write_text(path.read_text().replace('https://', 'http://').replace('gap = "60s"', 'gap = "0s"'))
        return daemon

    def test_the_gazette_in_python(self):
        host = 'www.gazette.example'
        program = programs.PROJECT / 'docs' / 'examples' / 'gazette' / 'live.py'
        self.assertLessEqual(len(program.read_text().splitlines()), 40)
        imported = re.findall(r'^import (.*)$', program.read_text(), re.M)
        self.assertEqual(imported, ['json, sys'], 'the standard library only')
        stories = [{'id': n, 'url': f'http://{host}/live/{n}', 'title': f'Storm {n}'} for n in (1, 2)]
        self.server.answer(host, '/api/stories.json', Answer(body=json.dumps({'stories': stories}), kind='application/json'))
        for n in (1, 2):
            self.server.answer(host, f'/live/{n}', Answer(body='<html><h1>Loading…</h1></html>', kind='text/html'))
        entries = [{'time': '10:05', 'title': 'Ferry turns back', 'text': ['The sea is rough.', 'Nobody is hurt.']}]
        self.server.answer(host, '/api/live/1.json', Answer(
            body=json.dumps({'title': 'Storm at sea', 'published': '2026-03-01T09:00:00Z', 'entries': entries}),
            kind='application/json'))
        # The second one's entries cannot be had: the program says so, and that is no failure of the program.
        with self.example(program.parent, host) as daemon:
            articles = daemon.wait_queued(1, 20)
            self.assertEqual(articles[0]['headlines'][0]['value'], 'Storm at sea')
            self.assertEqual(spool.text(articles[0]), '10:05 Ferry turns back\n\nThe sea is rough.\n\nNobody is hurt.')
            daemon.wait('the refusal', lambda: [
                r for r in daemon.records(event='page.retry') if 'no entries' in r['message']], 20)
            self.assertFalse(daemon.records(event='program.failed'))

    def test_tagesschau_in_swift(self):
        folder = programs.PROJECT / 'Plugins' / 'tagesschau'
        if not (folder / 'tagesschau').exists():
            self.skipTest('Plugins/tagesschau/tagesschau is not built')
        host = 'www.tagesschau.de'
        story = f'http://{host}/api2u/inland/faehren-100.json'
        self.server.answer(host, '/api2u/news/', Answer(kind='application/json', body=json.dumps({'news': [
            {'type': 'story', 'title': 'Die Fähren fahren wieder', 'date': '2026-03-01T09:30:00.000+01:00', 'details': story},
            {'type': 'video', 'title': 'Sendung', 'details': f'http://{host}/api2u/v.json'}]})))
        self.server.answer(host, '/api2u/inland/faehren-100.json', Answer(kind='application/json', body=json.dumps({
            'title': 'Die Fähren fahren wieder', 'topline': 'Hafen', 'date': '2026-03-01T09:30:00.000+01:00',
            'shareURL': f'http://{host}/inland/faehren-100.html', 'tags': [{'tag': 'Hafen'}],
            'content': [{'type': 'text', 'value': 'Am Morgen war es <strong>kalt</strong>.'}]})))
        with self.example(folder, host) as daemon:
            articles = daemon.wait_queued(1, 20)
            self.assertEqual(spool.text(articles[0]), 'Am Morgen war es kalt.')
            self.assertEqual(spool.alternative(articles[0], 'canonical'), f'http://{host}/inland/faehren-100.html')
            self.assertEqual(self.server.count(host, '/api2u/v.json'), 0)

    # The ways to misbehave

    def test_no_hello(self):
        daemon = self.daemon('no-hello')
        # Ten seconds to the hello: the other publisher must not wait for that.
        with daemon:
            daemon.wait_queued(2, 8)
            self.assertFalse(daemon.records(event='program.failed'))
            found = daemon.wait('the failure', lambda: daemon.records(event='program.failed', publisher='bad'), 20)
            self.assertIn('was still starting after 10 s and was killed', found[0]['message'])

    def test_wrong_version(self):
        self.contained('version', 'speaks worker protocol 99, this newswired 1', 'wrong-version')

    def test_another_plugins_program(self):
        self.contained('other-plugin', 'says that it is "somebody-else"', 'wrong-publisher')

    def test_floods_stdout(self):
        self.contained('floods-stdout', 'broke the protocol: header line longer than 64 KiB')

    def test_floods_stderr(self):
        daemon = self.contained('floods-stderr', 'flooded its log with more than 1 MiB', job_limit='8s')
        self.assertLessEqual(len(daemon.records(event='program.log', message='all work and no play')), 2 * 50)

    def test_never_answers(self):
        self.contained('silent', 'was still at work after 1 s and was killed')

    def test_exits_at_once(self):
        self.contained('exits', 'exited with status 3 while starting (nothing to do here)')

    def test_forks_and_hangs(self):
        daemon = self.contained('forks', 'was still at work after 1 s and was killed')
        self.assertTrue(daemon.records(event='program.log', message='fork: Operation not permitted'))

    def test_allocates_without_end(self):
        self.contained('hoards', '(MemoryError)', job_limit='8s')

    def test_opens_a_socket(self):
        self.contained('socket', '(PermissionError: [Errno 1] Operation not permitted)')
        self.assertTrue(all(host != '127.0.0.1' for host, _, _, _ in self.server.log))

    def test_reads_a_file(self):
        self.contained('passwd', "(PermissionError: [Errno 13] Permission denied: '/etc/passwd')")

    def test_writes_a_file(self):
        daemon = self.contained('writes', "Permission denied: 'trace'")
        self.assertFalse((daemon.plugins / 'bad' / 'trace').exists())

    def test_kills_the_daemon(self):
        self.contained('signals', '(PermissionError: [Errno 1] Operation not permitted)')

    def test_answers_garbage(self):
        self.contained('garbage', "answer is not JSON", 'garbage')

    def test_answers_for_another_publisher(self):
        self.contained('other-publisher', 'http://www.other.example/story/1', 'wrong-publisher')

    # Quarantine

    def test_quarantine_is_probed_and_lifted(self):
        daemon = self.daemon('exits', program_probe='3s')
        with daemon:
            daemon.wait('quarantine', lambda: daemon.records(event='program.suspended'), 20)
            asked = self.server.count(BAD, '/list')
            # Mended meanwhile; nothing tells the daemon but its own probe.
            (daemon.plugins / 'bad' / 'misbehave.py').write_text(
                (HERE / 'support' / 'misbehave.py').read_text().replace("MODE = sys.argv[1]", "MODE = 'good'"))
            daemon.wait('recovery', lambda: daemon.records(event='program.recovered'), 20)
            daemon.wait_queued(4, 20)
            self.assertGreater(self.server.count(BAD, '/list'), asked)

    def test_the_operator_lifts_quarantine(self):
        daemon = self.daemon('exits')
        with daemon:
            daemon.wait('quarantine', lambda: daemon.records(event='program.suspended'), 20)
            before = self.server.count(BAD, '/list')
            time.sleep(2)
            self.assertEqual(self.server.count(BAD, '/list'), before, 'a program in quarantine costs no request')
            (daemon.plugins / 'bad' / 'misbehave.py').write_text(
                (HERE / 'support' / 'misbehave.py').read_text().replace("MODE = sys.argv[1]", "MODE = 'good'"))
            done = daemon.ctl('plugin', 'enable', 'bad')
            self.assertEqual(done.returncode, 0, done.stderr)
            daemon.wait_queued(4, 20)

    def test_quarantine_outlives_the_daemon(self):
        daemon = self.daemon('exits')
        with daemon:
            daemon.wait('quarantine', lambda: daemon.records(event='program.suspended'), 20)
            asked, started = self.server.count(BAD, '/list'), len(daemon.records(event='program.failed'))
        with daemon:
            told = daemon.wait('it says so', lambda: daemon.records(event='program.suspended')[1:], 20)
            self.assertEqual(told[0]['message'], 'its program is in quarantine since an earlier run')
            self.assertIn("'newswirectl plugin enable bad' lifts it", told[0]['next'])
            daemon.wait_queued(2, 20)
            time.sleep(2)
            self.assertEqual(self.server.count(BAD, '/list'), asked, 'a program in quarantine costs no request')
            self.assertEqual(len(daemon.records(event='program.failed')), started)
            daemon.wait('explain says so', lambda: 'quarantine' in daemon.ctl('explain', 'bad').stdout.decode(), 20)
        # A kill is no other thing than a stop.
        with daemon:
            daemon.wait('it says so again', lambda: daemon.records(event='program.suspended')[2:], 20)
            daemon.kill()
        # What was mended meanwhile is tried at once.
        (daemon.plugins / 'bad' / 'misbehave.py').write_text(
            (HERE / 'support' / 'misbehave.py').read_text().replace("MODE = sys.argv[1]", "MODE = 'good'"))
        with daemon:
            daemon.wait_queued(4, 20)
            self.assertEqual(len(daemon.records(event='program.suspended')), 3)

    def test_a_reload_gives_another_chance(self):
        with self.daemon('exits') as daemon:
            daemon.wait('quarantine', lambda: daemon.records(event='program.suspended'), 20)
            # Its list has been put off until the probe, a day later.
            daemon.wait('explain says so', lambda: 'quarantine' in daemon.ctl('explain', 'bad').stdout.decode(), 20)
            (daemon.plugins / 'bad' / 'misbehave.py').write_text(
                (HERE / 'support' / 'misbehave.py').read_text().replace("MODE = sys.argv[1]", "MODE = 'good'"))
            self.assertEqual(daemon.ctl('reload').returncode, 0)
            daemon.wait_queued(4, 20)

    def test_what_the_operator_lifts_is_not_remembered(self):
        daemon = self.daemon('exits')
        with daemon:
            daemon.wait('quarantine', lambda: daemon.records(event='program.suspended'), 20)
            self.assertEqual(daemon.ctl('plugin', 'enable', 'bad').returncode, 0)
        before = len(daemon.records(event='program.failed'))
        with daemon:
            daemon.wait('it is tried again', lambda: daemon.records(event='program.failed')[before:], 20)
            self.assertNotIn('since an earlier run', str(daemon.records(event='program.suspended')))

    def test_rules_read_while_the_program_is_in_quarantine(self):
        plugin = paper.plugin('bad', BAD, [('rss', '/feed.xml')]) + (
            '\n[program]\ncommand = "misbehave.py"\narguments = ["exits"]\njobs = ["extract"]\n')
        self.server.answer(BAD, '/feed.xml', Answer(body=feeds.rss(BAD, [paper.entry(BAD, n) for n in (1, 2)])))
        with self.daemon('exits', plugin, program_attempts=1) as daemon:
            articles = daemon.wait_queued(4, 20)
            self.assertEqual({spool.text(a)[:12] for a in articles}, {'Story number'})
            self.assertTrue(daemon.records(event='program.suspended'))
