"""How newswired behaves towards publishers: who it says it is, what it asks for, how often, and what it leaves alone."""
import pathlib
import tempfile
import unittest

from support import feeds, paper, spool
from support.daemon import Daemon
from support.scripted import Answer, Scripted

HOST = 'www.manners.example'
ROBOTS = 'User-agent: *\nDisallow: /story/2\n\nUser-agent: greedybot\nDisallow: /\n'


class Manners(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        cls.addClassCleanup(temporary.cleanup)
        cls.server = Scripted()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        entries = [paper.entry(HOST, number) for number in range(1, 7)]
        feed = Answer(body=feeds.rss(HOST, entries), headers={'ETag': '"one"', 'Last-Modified': 'Sat, 01 Mar 2025 06:00:00 GMT'})
        cls.server.answer(HOST, '/feed.xml', feed, Answer(304, headers={'ETag': '"one"'}))
        cls.server.answer(HOST, '/robots.txt', Answer(body=ROBOTS, kind='text/plain'))
        for entry in entries:
            path = entry['url'].partition(HOST)[2]
            cls.server.answer(HOST, path, Answer(body=paper.page(entry), kind='text/html; charset=utf-8'))
        cls.daemon = Daemon(pathlib.Path(temporary.name) / 'd', {
            'fetch': {'connect_to': cls.server.connect_to, 'contact': 'https://reader.example/about'},
        })
        plugin = paper.plugin('manners', HOST, [('rss', '/feed.xml')], fetch='headers = { Accept-Language = "en-GB" }')
        cls.daemon.add_plugin(plugin.replace('gap = "0s"', 'gap = "1s"').replace('concurrency = 4', 'concurrency = 1'))
        cls.addClassCleanup(cls.daemon.kill)
        with cls.daemon:
            cls.daemon.wait_queued(len(entries))
            cls.again = cls.daemon.ctl('fetch', 'manners', '--wait')
        cls.requests = cls.server.requests(HOST)

    def test_it_says_who_it_is_and_where_to_complain(self):
        for path, headers, _ in self.requests:
            self.assertRegex(headers['User-Agent'], r'^newswire/\d.*https://reader\.example/about', path)

    def test_it_asks_for_compression_and_sends_the_plugins_headers(self):
        for path, headers, _ in self.requests:
            self.assertIn('gzip', headers['Accept-Encoding'], path)
            if path != '/robots.txt':
                self.assertEqual(headers.get('Accept-Language'), 'en-GB', path)

    def test_it_reads_robots_txt_once_and_obeys_it(self):
        paths = [path for path, _, _ in self.requests]
        self.assertEqual(paths.count('/robots.txt'), 1)
        self.assertNotIn('/story/2', paths)
        self.assertEqual(sum(path.startswith('/story/') for path in paths), 5)
        refused, = self.daemon.records(event='robots.refused')
        self.assertEqual((refused['publisher'], refused['url']), ('manners', f'http://{HOST}/story/2'))
        self.assertTrue(refused['next'])

    def test_what_robots_txt_refuses_comes_from_the_feed_alone(self):
        partial = [a for a in self.daemon.queued() if a['representationType'] == 'partial']
        self.assertEqual([spool.alternative(a, 'guid') for a in partial], [f'http://{HOST}/story/2'])

    def test_it_keeps_its_distance(self):
        times = [at for path, _, at in self.requests if path.startswith('/story/')]
        gaps = [later - earlier for earlier, later in zip(times, times[1:])]
        self.assertGreaterEqual(min(gaps), 0.95)

    def test_it_asks_for_changes_only(self):
        self.assertEqual(self.again.returncode, 0, self.again.stderr.decode())
        first, second = [headers for path, headers, _ in self.requests if path == '/feed.xml']
        self.assertNotIn('If-None-Match', first)
        self.assertEqual(second['If-None-Match'], '"one"')
        self.assertEqual(second['If-Modified-Since'], 'Sat, 01 Mar 2025 06:00:00 GMT')
        self.assertEqual(len(self.daemon.records(event='feed.unchanged')), 1)


class Redirected(unittest.TestCase):
    """robots.txt speaks of addresses, however they were come by."""

    def test_a_redirect_leads_past_no_robots_txt(self):
        host, other, silent, open_ = 'www.led.example', 'www.other.example', 'www.silent.example', 'www.open.example'
        entries = [paper.entry(host, number) for number in range(1, 6)]
        with tempfile.TemporaryDirectory(prefix='nw-') as folder, Scripted() as server:
            server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, entries)))
            server.answer(host, '/robots.txt', Answer(body='User-agent: *\nDisallow: /private/\n', kind='text/plain'))
            server.answer(other, '/robots.txt', Answer(body='User-agent: *\nDisallow: /\n', kind='text/plain'))
            server.answer(silent, '/robots.txt', Answer(500))
            server.answer(open_, '/robots.txt', Answer(404))
            targets = [f'http://{host}/private/1', f'http://{other}/2', f'http://{silent}/3', f'http://{open_}/4', '/public/5']
            for entry, target in zip(entries, targets):
                server.answer(host, entry['url'].partition(host)[2], Answer(302, headers={'Location': target}))
                at = target.removeprefix('http://') if '://' in target else host + target
                site, _, path = at.partition('/')
                server.answer(site, '/' + path, Answer(body=paper.page(entry), kind='text/html; charset=utf-8'))
            daemon = Daemon(pathlib.Path(folder) / 'd', {
                'fetch': {'connect_to': server.connect_to}, 'schedule': {'page_retry': '2s', 'revisit': []}})
            daemon.add_plugin(paper.plugin('led', host, [('rss', '/feed.xml')]).replace('concurrency = 4', 'concurrency = 1'))
            with daemon:
                articles = daemon.wait_queued(len(entries) - 1)
                refused = daemon.records(outcome='robots')
                later, = daemon.wait(
                    'the file that cannot be had', lambda: daemon.records(outcome='robots-unreachable', event='page.retry'))
        self.assertEqual(server.count(host, '/private/1') + server.count(other, '/2') + server.count(silent, '/3'), 0)
        self.assertEqual(server.count(host, '/robots.txt'), 1)
        self.assertEqual(sorted(record['url'] for record in refused), [entries[0]['url'], entries[1]['url']])
        self.assertIn('http://www.led.example/private/1, where it leads', ' '.join(record['message'] for record in refused))
        self.assertEqual(later['url'], entries[2]['url'])
        whole = [article['headlines'][0]['value'] for article in articles if 'paragraph 5' in str(article)]
        self.assertEqual(sorted(whole), sorted(entry['title'] for entry in entries[3:]))


class Patience(unittest.TestCase):
    """A server that answers robots.txt with Retry-After is left alone for that long, feeds included where it says 429."""

    def test_a_rest_that_robots_txt_asks_for(self):
        for status, rests in (429, True), (503, False):
            with self.subTest(status=status), tempfile.TemporaryDirectory(prefix='nw-') as folder, Scripted() as server:
                entry = paper.entry(HOST, 1)
                path = entry['url'].partition(HOST)[2]
                server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, [entry])))
                server.answer(HOST, path, Answer(body=paper.page(entry), kind='text/html; charset=utf-8'))
                server.answer(HOST, '/robots.txt', Answer(status, 'slow', 'text/plain', {'Retry-After': '3600'}))
                daemon = Daemon(pathlib.Path(folder) / 'd', {
                    'fetch': {'connect_to': server.connect_to}, 'schedule': {'page_retry': '1s'}})
                daemon.add_plugin(paper.plugin('manners', HOST, [('rss', '/feed.xml')]))
                self.addCleanup(daemon.kill)
                with daemon:
                    retry = daemon.wait('the page waits', lambda: daemon.records(event='page.retry'))[0]
                    held = daemon.wait('the group rests', lambda: daemon.records(event='group.held'))[0]
                    daemon.ctl('fetch', 'manners', '--wait')
                self.assertIn(f'robots.txt cannot be had, so no page may be: the server answered {status}', retry['message'])
                self.assertIn('again in 60 min', retry['next'])
                self.assertEqual((held['status'], '60 min' in held['message']), (status, rests))
                self.assertEqual(server.count(HOST, '/robots.txt'), 1)
                self.assertEqual(server.count(HOST, path), 0)
                self.assertEqual(server.count(HOST, '/feed.xml'), 1)


if __name__ == '__main__':
    unittest.main()
