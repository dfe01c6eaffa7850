"""What the internet does to a reader of feeds. One daemon meets all of it at once, beside a paper that behaves; each case
gets one clear record with publisher, reason and what happens next, and the paper that behaves notices nothing.
"""
import gzip
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from support import faults, feeds, paper, programs, spool
from support.daemon import Daemon
from support.fragile_worker import CRASH, HANG
from support.scripted import Answer, Scripted


class Case:
    """One publisher with one trouble.

    `feed` are the answers of its feed; `pages` are {number: answer}. `record` is (event, words of which one must be in
    message or outcome, HTTP status or None); `articles` is {title or its beginning: representationType}.
    """

    def __init__(self, id, feed, record, pages=None, articles=None, entries=1, article=''):
        self.id, self.host = id, f'www.{id}.example'
        self.event, self.words, self.status = record
        self.entries = [paper.entry(self.host, number) for number in range(1, entries + 1)]
        self.feed = feed if isinstance(feed, list) else [feed]
        self.pages, self.articles, self.article = pages or {}, articles or {}, article


def whole():
    """A marker: the case's own well-formed feed."""
    return Answer(body=b'WHOLE')


HTML_PAGE = '<!DOCTYPE html><html><head><title>Moved</title></head><body><h1>Our feeds have moved</h1></body></html>'
ACCENTS = (
    '<?xml version="1.0" encoding="iso-8859-1"?><rss version="2.0"><channel><title>x</title><link>http://x.example/</link>'
    '<description>x</description><item><title>Garçon café naïve</title><link>http://www.wrong-charset.example/story/1</link>'
    '<description>Où est la crème brûlée ?</description></item></channel></rss>'
)
BROKEN = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Fish & ships</title><link>http://www.malformed-feed.example/</link>'
    '<item><title>Story number 1 of www.malformed-feed.example</title><link>http://www.malformed-feed.example/story/1</link>'
    '<description>Tom & Jerry&nbsp;ashore</description></item>'
    '<item><title>Story number 2 of www.malformed-feed.example</title><link>http://www.malformed-feed.example/story/2</link>'
    '<description>The end is miss'
)

CASES = [
    Case('malformed-feed', Answer(body=BROKEN), ('feed.repaired', ('damaged', 'ampersand'), None), entries=2,
         articles={'Story number 1': 'full'}),
    Case('garbage-feed', Answer(body=bytes(range(256)) * 8), ('feed.refused', ('feed', 'format', 'xml'), None)),
    Case('html-feed', Answer(body=HTML_PAGE, kind='text/html'), ('feed.refused', ('html', 'HTML', 'page'), None)),
    Case('empty-body', Answer(body=b''), ('feed.refused', ('empty', 'no bytes', 'nothing'), None)),
    Case('not-found', Answer(404, 'no', 'text/plain'), ('feed.failed', ('404', 'not found', 'Not Found'), 404)),
    Case('gone', Answer(410, 'no', 'text/plain'), ('feed.muted', ('410', 'gone', 'Gone'), 410)),
    Case('too-many', Answer(429, 'slow down', 'text/plain', {'Retry-After': '600'}),
         ('feed.failed', ('429', 'too many', 'patience', 'Too Many'), 429)),
    Case('server-error', Answer(503, 'sorry', 'text/plain'), ('feed.failed', ('503', 'Service Unavailable', 'server'), 503)),
    Case('redirect-loop', Answer(302, b'', None, {'Location': 'http://www.redirect-loop.example/feed.xml'}),
         ('feed.failed', ('redirect', 'Redirect'), None)),
    Case('cut-short', Answer(body=b'<rss version="2.0"><channel>' + b' ' * 5000, cut=2000),
         ('feed.failed', ('closed', 'cut', 'ended', 'partial', 'incomplete', 'transfer', 'missing', 'short'), None)),
    Case('too-large', Answer(body=b'<rss version="2.0"><channel>' + b' ' * 3_000_000),
         ('feed.failed', ('limit', 'large', 'larger', 'big'), None)),
    Case('gzip-bomb', Answer(body=gzip.compress(b'<rss>' + b'\0' * 50_000_000), headers={'Content-Encoding': 'gzip'}),
         ('feed.failed', ('limit', 'large', 'larger', 'big', 'ratio'), None)),
    Case('inward-redirect', Answer(302, b'', None, {'Location': 'http://169.254.169.254/latest/'}),
         ('address.refused', ('169.254', 'address', 'private', 'local'), None)),
    Case('wrong-charset', Answer(body=ACCENTS.encode('utf-8'), kind='application/rss+xml; charset=iso-8859-1'),
         ('feed.repaired', ('charset', 'encoding', 'label', 'UTF-8', 'utf-8'), None),
         pages={1: Answer(body=(
             '<html><head><meta charset="iso-8859-1"><title>t</title></head><body><h1>Garçon café naïve</h1><div class="story">'
             + '<p>Où est la crème brûlée ? La voilà, répondit le garçon, déjà à moitié mangée, hélas.</p>' * 3
             + '</div></body></html>').encode('utf-8'), kind='text/html; charset=iso-8859-1')},
         articles={'Garçon café naïve': 'full'}),
    Case('page-gone', whole(), ('page.failed', ('404', 'not found', 'Not Found', '410'), 404),
         pages={1: Answer(404, 'no', 'text/plain')}, articles={'Story number 1': 'partial'}),
    Case('page-fails', whole(), ('page.failed', ('500', 'server', 'Server'), 500),
         pages={1: Answer(500, 'no', 'text/plain')}, articles={'Story number 1': 'partial'}),
    Case('page-crashes', whole(), ('page.failed', ('SIGSEGV',), None),
         pages={1: Answer(body=b'<html><body><h1>x</h1>' + CRASH + b'</body></html>', kind='text/html')},
         articles={'Story number 1': 'partial'}),
    Case('page-hangs', whole(), ('page.failed', ('after 3 s',), None),
         pages={1: Answer(body=b'<html><body><h1>x</h1>' + HANG + b'</body></html>', kind='text/html')},
         articles={'Story number 1': 'partial'}),
]


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        cls.addClassCleanup(temporary.cleanup)
        cls.server = Scripted()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        steady = 'www.steady.example'
        cls.steady = [paper.entry(steady, number) for number in range(1, 7)]
        cls.server.answer(steady, '/feed.xml', Answer(body=feeds.rss(steady, cls.steady[:5])))
        for entry in cls.steady:
            cls.server.answer(steady, entry['url'].partition(steady)[2], Answer(body=paper.page(entry), kind='text/html'))
        for case in CASES:
            answers = [
                Answer(body=feeds.rss(case.host, case.entries)) if answer.body == b'WHOLE' else answer for answer in case.feed
            ]
            cls.server.answer(case.host, '/feed.xml', *answers)
            for number, entry in enumerate(case.entries, 1):
                answer = case.pages.get(number) or Answer(body=paper.page(entry), kind='text/html')
                cls.server.answer(case.host, f'/story/{number}', answer)

        cls.daemon = Daemon(pathlib.Path(temporary.name) / 'd', {
            'fetch': {'connect_to': cls.server.connect_to, 'feed_limit': '1M', 'page_limit': '1M', 'robots': False},
            'schedule': {'page_attempts': 2, 'page_retry': '1s', 'source_retry': '1h'},
            'workers': {
                'program': sys.executable, 'job_limit': '3s', 'count': 2,
                'arguments': [str(pathlib.Path(__file__).parent / 'support' / 'fragile_worker.py'),
                              programs.program('newswire-worker')],
            },
        })
        cls.daemon.add_plugin(paper.plugin('steady', steady, [('rss', '/feed.xml')]))
        for case in CASES:
            cls.daemon.add_plugin(paper.plugin(case.id, case.host, [('rss', '/feed.xml')], article=case.article))
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.kill)
        expected = 5 + sum(len(case.articles) for case in CASES)
        try:
            cls.daemon.wait_queued(expected, 60)
        except AssertionError as failure:
            cls.late = str(failure).splitlines()[0]
        else:
            cls.late = None
        time.sleep(1)

    def records(self, case, event):
        return self.daemon.records(publisher=case.id, event=event)

    def test_everything_that_could_be_saved_is_in_the_queue(self):
        self.assertIsNone(self.late, self.daemon.tail())

    def test_one_clear_record(self):
        for case in CASES:
            with self.subTest(case.id):
                found = self.records(case, case.event)
                seen = [(r['event'], r['message']) for r in self.daemon.records(publisher=case.id)]
                self.assertEqual(len(found), 1, f'{case.event} among {seen}')
                record = found[0]
                said = record['message'] + ' ' + record.get('outcome', '')
                self.assertTrue(any(word in said for word in case.words), f'the reason: {said!r}')
                if case.status:
                    self.assertEqual(record.get('status'), case.status, record)
                if record['level'] in ('warning', 'error'):
                    self.assertTrue(record.get('next'), f'what happens next: {record}')

    def test_no_trouble_is_told_twice(self):
        """Not more than one warning for a feed, and for a page one a try and one for giving up."""
        for case in CASES:
            with self.subTest(case.id):
                loud = [r for r in self.daemon.records(publisher=case.id) if r['level'] in ('warning', 'error')]
                if case.event not in ('feed.repaired', 'feed.muted'):
                    self.assertGreaterEqual(len(loud), 1)
                self.assertLessEqual(len(loud), 3 if case.pages else 1, [(r['event'], r['message']) for r in loud])

    def test_what_was_listed_arrives_with_what_is_known(self):
        queued = {}
        for article in self.daemon.queued():
            queued.setdefault(article['uri'].split(':')[2], []).append(article)
        for case in CASES:
            with self.subTest(case.id):
                got = {a['title']: a['representationType'] for a in queued.get(case.id, [])}
                self.assertEqual(len(got), len(case.articles), got)
                for title, representation in case.articles.items():
                    match = [kind for name, kind in got.items() if name.startswith(title)]
                    self.assertEqual(match, [representation], got)

    def test_a_lost_worker_is_told_too(self):
        self.assertEqual({r['outcome'] for r in self.daemon.records(event='worker.crashed')}, {'crashed'})
        self.assertTrue(self.daemon.records(event='worker.timeout'))

    def test_mislabelled_text_is_read_right(self):
        article, = [a for a in self.daemon.queued() if a['uri'].startswith('urn:newswire:wrong-charset:')]
        self.assertIn('Où est la crème brûlée ?', spool.text(article))

    def test_a_feed_that_is_gone_is_left_alone(self):
        self.assertEqual(self.server.count('www.gone.example', '/feed.xml'), 1)

    def test_a_server_that_asks_for_patience_gets_it(self):
        self.assertEqual(self.server.count('www.too-many.example', '/feed.xml'), 1)

    def test_zz_the_daemon_goes_on(self):
        """After all that: the paper that behaves brings a new story, and newswired stops as it should."""
        steady = 'www.steady.example'
        self.server.answer(steady, '/feed.xml', Answer(body=feeds.rss(steady, self.steady)))
        before = len(self.daemon.queued())
        done = self.daemon.ctl('fetch', 'steady', '--wait')
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.daemon.wait_queued(before + 1, 20)
        self.assertEqual(self.daemon.stop(), 0)


class Quota(unittest.TestCase):
    """A limit that no figure shows beforehand: the queue takes nothing, and its disk has room."""

    @unittest.skipIf(faults.needed(), faults.needed())
    def test_what_cannot_be_published_is_fetched_less_and_less(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        host = 'www.quota.example'
        entries = [paper.entry(host, number) for number in range(1, 3)]
        server = Scripted()
        server.__enter__()
        self.addCleanup(server.__exit__)
        server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, entries)))
        for entry in entries:
            server.answer(host, entry['url'].partition(host)[2], Answer(body=paper.page(entry), kind='text/html'))
        daemon = Daemon(
            pathlib.Path(temporary.name) / 'd', {'fetch': {'connect_to': server.connect_to, 'robots': False}})
        daemon.add_plugin(paper.plugin('quota', host, [('rss', '/feed.xml')]))
        self.addCleanup(daemon.kill)
        daemon.start(**faults.environment([daemon.spool / 'tmp'], 'write:1-*:EDQUOT'))
        daemon.wait('the second pause', lambda: len(daemon.records(event='queue.paused')) == 2, 30)
        self.assertEqual(
            [record['next'].rpartition(' in ')[2] for record in daemon.records(event='queue.paused')], ['5 s', '10 s'])
        time.sleep(6)
        self.assertEqual([server.count(host, entry['url'].partition(host)[2]) for entry in entries], [2, 2])
        daemon.stop()
        daemon.start().wait_queued(2)


class FullDisk(unittest.TestCase):
    """A file system of its own, small enough to fill."""

    def test_a_full_disk_pauses_and_nothing_is_lost(self):
        if os.geteuid():
            self.skipTest('needs root, to mount a small file system')
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        disk = pathlib.Path(temporary.name) / 'disk'
        disk.mkdir()
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], capture_output=True, text=True)
        if mounted.returncode:
            self.skipTest(f'cannot mount a small file system here: {mounted.stderr.strip()}')
        self.addCleanup(subprocess.run, ['umount', '-l', disk], capture_output=True)

        host = 'www.full-disk.example'
        entries = [paper.entry(host, number) for number in range(1, 9)]
        server = Scripted()
        server.__enter__()
        self.addCleanup(server.__exit__)
        server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, entries[:4])))
        for entry in entries:
            server.answer(host, entry['url'].partition(host)[2], Answer(body=paper.page(entry), kind='text/html'))
        daemon = Daemon(pathlib.Path(temporary.name) / 'd', {
            'paths': {'spool': str(disk / 'spool')},
            'fetch': {'connect_to': server.connect_to},
            'queue': {'min_free_bytes': '4M', 'min_free_inodes': 10},
            'schedule': {'min_interval': '1s', 'page_retry': '1s', 'source_retry': '1s'},
        })
        daemon.spool = disk / 'spool'
        daemon.add_plugin(paper.plugin('full-disk', host, [('rss', '/feed.xml')]).replace('"1m"', '"1s"'))
        self.addCleanup(daemon.kill)
        with daemon:
            daemon.wait_queued(4)
            filler = disk / 'filler'
            with filler.open('wb') as file:
                try:
                    while True:
                        file.write(b'\0' * 65536)
                        file.flush()
                except OSError:
                    pass
            server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, entries)))
            daemon.ctl('fetch', 'full-disk')
            paused = daemon.wait('a record of the pause', lambda: daemon.records(event='queue.paused'), 30)
            self.assertIn('free', paused[0]['message'] + paused[0].get('outcome', ''))
            self.assertTrue(paused[0].get('next'), paused[0])
            time.sleep(1)
            self.assertTrue(daemon.alive, 'newswired stays up')
            self.assertEqual(len(daemon.queued()), 4)
            filler.unlink()
            daemon.wait('a record of going on', lambda: daemon.records(event='queue.resumed'), 30)
            daemon.ctl('fetch', 'full-disk')
            daemon.wait_queued(8, 30)
        titles = [article['title'] for article in daemon.queued()]
        self.assertEqual(sorted(titles), sorted(entry['title'] for entry in entries))


class Patterns(unittest.TestCase):
    """A regular expression has no limit of steps: one that a page keeps busy costs the page, and its author is told."""

    def test_a_pattern_that_never_ends_is_hinted_at(self):
        host = 'www.patterns.example'
        entry = paper.entry(host, 1)
        with tempfile.TemporaryDirectory(prefix='nw-') as folder, Scripted() as server:
            server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, [entry])))
            page = paper.page(entry, f'<p class="by">By {"a" * 60}!</p>')
            server.answer(host, entry['url'].partition(host)[2], Answer(body=page, kind='text/html; charset=utf-8'))
            daemon = Daemon(pathlib.Path(folder) / 'd', {
                'fetch': {'connect_to': server.connect_to}, 'workers': {'job_limit': '1s', 'count': 1},
                'schedule': {'page_attempts': 2, 'page_retry': '1s'}})
            rule = "byline = { css = 'p.by', match = '^By ((\\w+\\s?)+)$' }"
            daemon.add_plugin(paper.plugin('patterns', host, [('rss', '/feed.xml')], article=rule))
            self.addCleanup(daemon.kill)
            with daemon:
                article, = daemon.wait_queued(1)
            self.assertEqual(article['representationType'], 'partial')
            for event in 'page.retry', 'page.failed':
                record, = daemon.records(event=event)
                self.assertEqual((record['outcome'], 'regular expression' in record['next']), ('timedOut', True), record)
                self.assertIn("'newswirectl plugin check'", record['next'])


if __name__ == '__main__':
    unittest.main()
