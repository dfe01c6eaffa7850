"""kill -9, again and again, while a paper of many pages is being read: nothing lost, nothing twice, nobody left behind."""
import pathlib
import random
import tempfile
import time
import unittest

from support import feeds, nginx, paper, spool
from support.daemon import Daemon

HOST, PAGES = 'www.manypages.example', 120


@unittest.skipIf(nginx.needed(), nginx.needed())
class Crash(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        folder = pathlib.Path(temporary.name)
        self.entries = [paper.entry(HOST, number, 'https') for number in range(PAGES)]
        pages = {
            f'https://{HOST}/feed.xml': ('rss', feeds.rss(HOST, self.entries), None),
            f'https://{HOST}/sitemap.xml': ('xml', feeds.sitemap(HOST, self.entries, news=True), None),
        }
        for entry in self.entries:
            pages[entry['url']] = ('html', paper.page(entry), entry['published'].timestamp())
        self.server = nginx.Nginx(folder / 'nginx', pages)
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.daemon = Daemon(folder / 'daemon', {
            'fetch': {'connect_to': self.server.connect_to, 'ca_file': str(self.server.ca)},
            'schedule': {'min_interval': '1s', 'page_retry': '1s', 'source_retry': '1s'},
        })
        self.daemon.add_plugin(
            paper.plugin('many-pages', HOST, [('rss', '/feed.xml'), ('news-sitemap', '/sitemap.xml')], scheme='https'))
        self.addCleanup(self.daemon.kill)

    def run_to_the_end(self, taken):
        with self.daemon:
            self.daemon.wait('all articles', lambda: len(spool.names(self.daemon.spool)) + taken >= PAGES, 120)
            self.daemon.ctl('fetch', 'many-pages')
            self.daemon.wait('nothing staged', lambda: not spool.staged(self.daemon.spool))

    def check(self, articles):
        urls = sorted(spool.alternative(article, 'canonical') for article in articles)
        self.assertEqual(urls, sorted(entry['url'] for entry in self.entries))
        self.assertEqual({article['version'] for article in articles}, {'1'})

    def test_killed_at_random_moments(self):
        dice = random.Random(7)
        for round in range(8):
            self.daemon.start()
            before = len(spool.names(self.daemon.spool))
            self.daemon.wait(
                'some progress', lambda: len(spool.names(self.daemon.spool)) >= min(before + dice.randrange(3, 14), PAGES))
            time.sleep(dice.random() * 0.05)
            self.daemon.kill()
        self.run_to_the_end(0)
        self.check(self.daemon.queued())

    def test_killed_while_a_consumer_takes_what_it_finds(self):
        """A consumer removes elements at once: an article must not come back because its file is gone."""
        dice, taken = random.Random(11), []

        def consume():
            for name in spool.names(self.daemon.spool):
                taken.append(spool.read(self.daemon.spool, name))
                (self.daemon.spool / name).unlink()
            return len(taken)

        for round in range(6):
            self.daemon.start()
            goal = min(len(taken) + dice.randrange(5, 16), PAGES)
            self.daemon.wait('some progress', lambda: consume() >= goal)
            time.sleep(dice.random() * 0.03)
            self.daemon.kill()
        consume()
        self.run_to_the_end(len(taken))
        consume()
        self.check(taken)

    def test_an_undisturbed_run_asks_for_every_page_once(self):
        self.run_to_the_end(0)
        self.check(self.daemon.queued())
        asked = [r['uri'] for r in self.server.requests() if r['uri'].startswith('/story/')]
        twice = sorted({uri for uri in asked if asked.count(uri) > 1})
        self.assertEqual(twice, [], 'pages that were fetched twice')
        self.assertEqual(len(asked), PAGES)

    def test_workers_end_with_their_daemon(self):
        self.daemon.start()
        self.daemon.wait('work under way', lambda: len(spool.names(self.daemon.spool)) >= 3)
        workers = self.daemon.children()
        self.assertTrue(workers, 'newswired has worker processes')
        self.daemon.kill()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and any(running(pid) for pid in workers):
            time.sleep(0.05)
        self.assertEqual([pid for pid in workers if running(pid)], [], 'workers outlive a killed daemon')

    def test_a_stop_is_graceful_and_final(self):
        """SIGTERM in the middle: exit status 0, workers gone, nothing half done; the rest comes at the next start."""
        self.daemon.start()
        self.daemon.wait('work under way', lambda: len(spool.names(self.daemon.spool)) >= 3)
        workers = self.daemon.children()
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual([pid for pid in workers if running(pid)], [])
        self.assertTrue(self.daemon.records(event='daemon.stopped'))
        self.assertEqual(spool.staged(self.daemon.spool), [])
        self.run_to_the_end(0)
        self.check(self.daemon.queued())


def running(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


if __name__ == '__main__':
    unittest.main()
