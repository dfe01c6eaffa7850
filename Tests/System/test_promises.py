"""What newswired promises to servers and does on the wire, one promise a host: docs/decisions/0047."""
import pathlib
import tempfile
import time
import unittest

from support import feeds, paper
from support.daemon import Daemon
from support.scripted import Answer, Scripted

SAME, RENEWED, COOKIE, SLOW, SECTION = (f'www.{name}.example' for name in ('same', 'renewed', 'cookie', 'slow', 'section'))
IDN, CROWD, WIDE = 'xn--bcher-kva.example', 'www.crowd.example', 'www.wide.example'


class Promises(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        cls.addClassCleanup(temporary.cleanup)
        cls.server = server = Scripted()
        server.__enter__()
        cls.addClassCleanup(server.__exit__)
        # Servers without validators, and with new ones in a 304.
        server.answer(SAME, '/feed.xml', Answer(body=feeds.rss(SAME, [])))
        server.answer(
            RENEWED, '/feed.xml', Answer(body=feeds.rss(RENEWED, []), headers={'ETag': '"1"', 'Last-Modified': 'once'}),
            Answer(304, headers={'ETag': 'W/"2"'}))
        cls.paper(COOKIE, 1)
        cls.paper(IDN, 1)
        cls.paper(SLOW, 3)
        server.answer(SLOW, '/robots.txt', Answer(body='User-agent: *\nCrawl-delay: 1.5\n', kind='text/plain'))
        cls.paper(SECTION, 2)
        server.answer(SECTION, '/news', Answer(kind='text/html', body=(
            '<html><nav><a href="/story/9">not this</a></nav><main><h3><a href="/story/1">One</a></h3>'
            '<h3><a href="story/2#top">Two</a></h3></main></html>')))
        # A site with many slow sources, beside the others.
        def late(path, headers, body):
            time.sleep(0.5)
            return Answer(body=feeds.rss(CROWD, []))
        for number in range(40):
            server.answer(CROWD, f'/{number}.xml', late)
        cls.daemon = Daemon(pathlib.Path(temporary.name) / 'd', {'fetch': {'connect_to': server.connect_to}})
        cls.daemon.add_plugin(paper.plugin(
            'crowd', CROWD, [('rss', f'/{number}.xml') for number in range(40)]).replace('concurrency = 4', 'concurrency = 1'))
        for id, host in (('same', SAME), ('renewed', RENEWED), ('slow', SLOW)):
            cls.daemon.add_plugin(paper.plugin(id, host, [('rss', '/feed.xml')]))
        cls.daemon.add_plugin(paper.plugin('cookie', COOKIE, [('rss', '/feed.xml')], fetch='cookies = { consent = "yes" }'))
        cls.daemon.add_plugin(paper.plugin('idn', 'bücher.example', [('rss', '/feed.xml')]))
        cls.daemon.add_plugin(paper.plugin('section', SECTION, [('html', '/news')]).replace(
            '/news"\n', '/news"\nselect = "css:main h3 a"\n'))
        cls.addClassCleanup(cls.daemon.kill)
        with cls.daemon:
            cls.daemon.wait_queued(7)
            cls.when_others_were_done = server.count(CROWD, '/39.xml') + sum(
                server.count(CROWD, f'/{number}.xml') for number in range(39))
            for _ in range(2):
                for id in ('same', 'renewed'):
                    cls.daemon.ctl('fetch', id, '--wait')

    @classmethod
    def paper(cls, host, count):
        entries = [paper.entry(host, number) for number in range(1, count + 1)]
        cls.server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, entries)))
        for entry in entries:
            cls.server.answer(host, entry['url'].partition(host)[2], Answer(body=paper.page(entry), kind='text/html'))

    def asked(self, host, path='/feed.xml'):
        return [headers for asked, headers, _ in self.server.requests(host) if asked == path]

    def test_a_list_that_is_the_same_to_the_byte_is_not_read_again(self):
        self.assertEqual(len(self.daemon.records(publisher='same', outcome='same-body')), 2)
        for headers in self.asked(SAME):
            self.assertNotIn('If-None-Match', headers)

    def test_validators_of_a_304_replace_the_old_ones_byte_for_byte(self):
        sent = [(headers.get('If-None-Match'), headers.get('If-Modified-Since')) for headers in self.asked(RENEWED)]
        self.assertEqual(sent, [(None, None), ('"1"', 'once'), ('W/"2"', 'once')])

    def test_cookies_of_a_plugin_go_to_its_publisher(self):
        for path in ('/feed.xml', '/story/1'):
            self.assertEqual([headers.get('Cookie') for headers in self.asked(COOKIE, path)], ['consent=yes'])
        self.assertFalse([1 for host in (SAME, SLOW) for headers in self.asked(host) if 'Cookie' in headers])

    def test_a_name_in_other_letters_is_asked_for_by_its_ascii_form(self):
        self.assertEqual(len(self.asked(IDN)), 1)
        self.assertEqual(len(self.asked(IDN, '/story/1')), 1)

    def test_crawl_delay_lies_between_the_pages(self):
        times = [at for path, _, at in self.server.requests(SLOW) if path.startswith('/story')]
        self.assertEqual(len(times), 3)
        for earlier, later in zip(times, times[1:]):
            self.assertGreater(later - earlier, 1.4)

    def test_a_section_page_gives_the_links_that_the_selector_names(self):
        paths = {path for path, _, _ in self.server.requests(SECTION)}
        self.assertEqual(paths, {'/news', '/robots.txt', '/story/1', '/story/2'})

    def test_a_site_with_many_slow_sources_holds_up_nobody(self):
        # Twenty seconds' worth of it, one at a time: the others were done long before.
        self.assertLess(self.when_others_were_done, 30)


class BandwidthCap(unittest.TestCase):
    def test_all_transfers_together_stay_below_the_cap(self):
        with tempfile.TemporaryDirectory(prefix='nw-') as folder, Scripted() as server:
            body = feeds.rss(WIDE, []).replace(b'</channel>', b'<!--' + b'x' * 150_000 + b'--></channel>')
            for number in range(2):
                server.answer(WIDE, f'/{number}.xml', Answer(body=body))
            daemon = Daemon(pathlib.Path(folder) / 'd', {
                'fetch': {'connect_to': server.connect_to, 'bandwidth': '64K'}})
            daemon.add_plugin(paper.plugin('wide', WIDE, [('rss', f'/{number}.xml') for number in range(2)]))
            with daemon:
                daemon.wait('both lists', lambda: len(daemon.records(event='feed.empty')) >= 2)
                first = min(at for _, _, at in server.requests(WIDE))
                # 300 KB, of which the first 64 come at once.
                self.assertGreater(time.monotonic() - first, 3)


if __name__ == '__main__':
    unittest.main()
