"""Where newswired finds articles beyond a plain feed, and what it leaves alone on the way: addresses with the date, home
pages, archives, indexes of sitemaps, feeds that say when they are quiet or that they are gone."""
import collections
import gzip
import json
import pathlib
import tempfile
import unittest
from datetime import datetime, timedelta, timezone

from support import feeds, paper
from support.daemon import Daemon
from support.scripted import Answer, Scripted


def recent(host, number, age=timedelta(hours=1)):
    entry = paper.entry(host, number)
    entry['published'] = datetime.now(timezone.utc).replace(microsecond=0) - age
    return entry


def index(host, dated):
    rows = ''.join(f'<sitemap><loc>http://{host}{path}</loc><lastmod>{at}</lastmod></sitemap>' for path, at in dated)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


class Discovery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        cls.addClassCleanup(temporary.cleanup)
        cls.server = Scripted()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.daemon = Daemon(pathlib.Path(temporary.name) / 'd')
        cls.expected = {}
        # An address with the date, by a clock far east: yesterday's list is read while the day is young.
        cls.east = 'www.east.example'
        for offset in (-1, 0, 1):
            day = datetime.now(timezone.utc) + timedelta(hours=14, days=offset)
            cls.publish(cls.east, f'/sitemap-{day:%Y-%m-%d}.xml', feeds.sitemap(cls.east, [recent(cls.east, day.day)]))
        cls.add('east', cls.east, [('sitemap', '/sitemap-{yyyy}-{mm}-{dd}.xml')], zone='Pacific/Kiritimati', items=0)
        # A home page that names its feeds.
        host = cls.home = 'www.home.example'
        cls.server.answer(host, '/', Answer(kind='text/html', body=(
            '<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" href="/comments/feed.xml">'
            '<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>x</body></html>')))
        cls.publish(host, '/feed.xml', feeds.rss(host, [paper.entry(host, 1), paper.entry(host, 2)]))
        cls.add('home', host, [('auto', '/')], items=2)
        # A feed with a past (RFC 5005).
        host = cls.past = 'www.past.example'
        for page in range(4):
            link = f'<link rel="prev-archive" href="http://{host}/past/{page - 1}"/>' if page else ''
            body = feeds.atom(host, [paper.entry(host, page)]).replace(b'<id>', link.encode() + b'<id>', 1)
            cls.publish(host, f'/past/{page}', body)
        cls.add('past', host, [('atom', '/past/3')], source='history = 2', items=3)
        # An index of sitemaps: only what changed, nothing of old.
        host = cls.index = 'www.index.example'
        now = datetime.now(timezone.utc).replace(microsecond=0)
        at = {name: (now - age).isoformat() for name, age in
              (('old', timedelta(days=900)), ('today', timedelta(hours=2)), ('later', timedelta(hours=1)))}
        cls.server.answer(
            host, '/index.xml',
            Answer(body=index(host, [('/old.xml', at['old']), ('/today.xml', at['today'])])),
            Answer(body=index(host, [('/old.xml', at['old']), ('/today.xml', at['today']), ('/new.xml', at['later'])])))
        for number, name in enumerate(('old', 'today', 'new')):
            cls.publish(host, f'/{name}.xml', feeds.sitemap(host, [recent(host, number)], news=True))
        cls.add('index', host, [('news-sitemap', '/index.xml')], items=2)
        # Quiet for the next twelve hours: longer than any rhythm's own wait.
        host = cls.quiet = 'www.quiet.example'
        hours = ''.join(f'<hour>{(now.hour + n) % 24}</hour>' for n in range(12))
        body = feeds.rss(host, [paper.entry(host, 1)]).replace(
            b'<item>', f'<ttl>30</ttl><skipHours>{hours}</skipHours><item>'.encode(), 1)
        cls.publish(host, '/feed.xml', body)
        cls.add('quiet', host, [('rss', '/feed.xml')], items=1)
        # Gone for good.
        host = cls.gone = 'www.gone.example'
        cls.server.answer(host, '/feed.xml', Answer(410, 'gone', 'text/plain'))
        cls.add('gone', host, [('rss', '/feed.xml')], items=0)
        # Not a feed the first time, with a validator that would hide it the second time.
        host = cls.broken = 'www.broken.example'
        cls.server.answer(
            host, '/feed.xml', Answer(body='all is well, but this is no feed', headers={'ETag': '"v1"'}),
            lambda path, headers, body, host=host: Answer(304) if headers.get('If-None-Match') == '"v1"'
            else Answer(body=feeds.rss(host, [paper.entry(host, 1)]), headers={'ETag': '"v1"'}))
        cls.page(host, 1)
        cls.add('broken', host, [('rss', '/feed.xml')], items=1)
        # Dates that change each time and say nothing.
        host = cls.restless = 'www.restless.example'
        cls.restlessness = 0

        def restless(path, headers, body, host=host):
            cls.restlessness += 1
            entry = dict(paper.entry(host, 1))
            entry['published'] += timedelta(minutes=cls.restlessness)
            return Answer(body=feeds.rss(host, [entry]))

        cls.server.answer(host, '/feed.xml', restless)
        cls.page(host, 1)
        cls.add('restless', host, [('rss', '/feed.xml')], items=1)
        # Moved for good.
        host = cls.moved = 'www.moved.example'
        cls.server.answer(host, '/feed.xml', Answer(301, headers={'Location': f'http://{host}/new.xml'}))
        cls.publish(host, '/new.xml', feeds.rss(host, [paper.entry(host, 1)]))
        cls.add('moved', host, [('rss', '/feed.xml')], items=1)
        cls.daemon.settings['fetch']['connect_to'] = cls.server.connect_to
        cls.addClassCleanup(cls.daemon.kill)
        with cls.daemon:
            cls.wait_articles({**cls.expected, 'broken': 0, 'index': 1})
            for id in ('broken', 'index'):
                cls.daemon.ctl('fetch', id, '--wait')
            cls.wait_articles(cls.expected)
            for _ in range(4):
                cls.daemon.ctl('fetch', 'restless', '--wait')
            cls.explained = {id: cls.explain(id) for id in ('east', 'home', 'past', 'index', 'quiet', 'gone', 'moved')}
            cls.text = {id: cls.daemon.ctl('explain', id).stdout.decode() for id in cls.explained}

    @classmethod
    def wait_articles(cls, expected):
        def arrived():
            found = collections.Counter(article['uri'].split(':')[2] for article in cls.daemon.queued())
            return all(found[id] >= count for id, count in expected.items())

        cls.daemon.wait(f'articles {expected}', arrived)

    @classmethod
    def explain(cls, id):
        return json.loads(cls.daemon.ctl('explain', id, '--json').stdout)['sources'][0]

    @classmethod
    def page(cls, host, number):
        entry = paper.entry(host, number)
        cls.server.answer(host, f'/story/{number}', Answer(body=paper.page(entry), kind='text/html; charset=utf-8'))

    @classmethod
    def publish(cls, host, path, body):
        cls.server.answer(host, path, Answer(body=body))
        for number in range(0, 32):
            cls.page(host, number)

    @classmethod
    def add(cls, id, host, sources, zone='Europe/London', source='', items=0):
        text = paper.plugin(id, host, sources).replace('"Europe/London"', f'"{zone}"')
        cls.daemon.add_plugin(text.replace('\n\n[article]', f'\n{source}\n\n[article]'))
        cls.expected[id] = items

    def facts(self, id):
        return {fact['topic']: fact['text'] for fact in self.explained[id]['facts']}

    def paths(self, host):
        return [path for path, _, _ in self.server.requests(host)]

    def test_an_address_with_the_date_is_that_of_the_publishers_clock(self):
        day = datetime.now(timezone.utc) + timedelta(hours=14)
        asked = [path for path in self.paths(self.east) if path.startswith('/sitemap')]
        self.assertIn(asked[0], {f'/sitemap-{day + timedelta(minutes=m):%Y-%m-%d}.xml' for m in (0, -5)})
        self.assertIn('/sitemap-', self.facts('east')['today'])
        self.assertEqual(self.explained['east']['url'], f'http://{self.east}/sitemap-{{yyyy}}-{{mm}}-{{dd}}.xml')

    def test_a_home_page_leads_to_its_main_feed(self):
        self.assertEqual(self.paths(self.home).count('/feed.xml'), 1)
        self.assertNotIn('/comments/feed.xml', self.paths(self.home))
        self.assertIn(f'http://{self.home}/feed.xml', self.facts('home')['found'])
        self.assertTrue(self.daemon.records(event='feed.found', publisher='home'))

    def test_the_past_of_a_feed_is_read_as_far_as_the_plugin_asks(self):
        asked = [path for path in self.paths(self.past) if path.startswith('/past')]
        self.assertEqual(asked, ['/past/3', '/past/2', '/past/1'])
        self.assertEqual(self.facts('past')['archive'], '2 pages of its past were read')

    def test_of_an_index_only_what_changed_is_read(self):
        asked = [path for path in self.paths(self.index) if path.endswith('.xml')]
        self.assertEqual(asked, ['/index.xml', '/today.xml', '/index.xml', '/new.xml'])

    def test_quiet_hours_are_obeyed_and_explained(self):
        due = datetime.fromisoformat(self.explained['quiet']['next_fetch'].replace('Z', '+00:00'))
        self.assertGreaterEqual((due - datetime.now(timezone.utc)), timedelta(minutes=55))
        self.assertIn('skipHours', self.explained['quiet']['why'])
        self.assertIn('hours ', self.facts('quiet')['quiet'])
        self.assertIn('30 min', self.facts('quiet')['promise'])

    def test_what_is_gone_is_left_alone(self):
        self.assertEqual(self.paths(self.gone), ['/feed.xml'])
        self.assertIn('gone for good (410)', self.explained['gone']['why'])
        self.assertNotIn('next_fetch', self.explained['gone'])
        self.assertIn('not planned', self.text['gone'])

    def test_a_feed_that_could_not_be_read_is_asked_for_in_full_again(self):
        asked = [headers for path, headers, _ in self.server.requests(self.broken) if path == '/feed.xml']
        self.assertEqual([headers.get('If-None-Match') for headers in asked[:2]], [None, None])

    def test_dates_that_change_without_a_reason_do_not_fetch_pages_again_and_again(self):
        self.assertEqual(self.restlessness, 5)
        # The first change is believed; after a page that had not changed, the next ones wait.
        self.assertEqual(self.paths(self.restless).count('/story/1'), 2)

    def test_a_permanent_redirect_is_counted_before_it_is_believed(self):
        self.assertIn(f'http://{self.moved}/new.xml, seen 1 times', self.facts('moved')['moving'])

    def test_explain_says_what_the_last_attempts_brought(self):
        attempts = self.explained['index']['attempts']
        self.assertEqual([attempt['outcome'] for attempt in attempts], ['new', 'new'])
        self.assertIn('tried', self.text['index'])
        self.assertIn('counts as index.example', self.text['index'])


class CutOff(unittest.TestCase):
    """A list that was cut off inside its encoding looks whole to libcurl: what it lost must not hide behind a 304."""

    def test_what_a_cut_list_lost_is_found_at_the_next_visit(self):
        host = 'www.cut.example'
        entries = [paper.entry(host, number) for number in range(1, 41)]
        whole = feeds.rss(host, entries)
        packed = gzip.compress(whole)
        tag = {'ETag': '"v1"', 'Content-Encoding': 'gzip'}
        with tempfile.TemporaryDirectory(prefix='nw-') as folder, Scripted() as server:
            server.answer(
                host, '/feed.xml', Answer(body=packed[:len(packed) * 3 // 4], headers=tag),
                lambda path, headers, body: Answer(304) if headers.get('If-None-Match') else Answer(body=packed, headers=tag))
            for entry in entries:
                server.answer(host, entry['url'].partition(host)[2], Answer(body=paper.page(entry), kind='text/html'))
            # A publisher who always writes so is believed when the same comes again.
            sloppy = 'www.sloppy.example'
            server.answer(sloppy, '/feed.xml', lambda path, headers, body: Answer(304) if headers.get('If-None-Match') else Answer(
                body=feeds.rss(sloppy, []).replace(b'</channel></rss>', b''), headers={'ETag': '"s"'}))
            daemon = Daemon(pathlib.Path(folder) / 'd', {'fetch': {'connect_to': server.connect_to}})
            daemon.add_plugin(paper.plugin('cut', host, [('rss', '/feed.xml')]))
            daemon.add_plugin(paper.plugin('sloppy', sloppy, [('rss', '/feed.xml')]))
            with daemon:
                daemon.wait('the cut lists', lambda: len(daemon.records(outcome='cut-off')) >= 2)
                record, = daemon.records(outcome='cut-off', publisher='cut')
                self.assertEqual(record['event'], 'feed.repaired')
                self.assertIn('the whole list is asked for at the next visit', record['next'])
                some = int(daemon.records(event='feed.fetched', publisher='cut')[0]['fields']['new'])
                self.assertTrue(0 < some < 40, some)
                explained = json.loads(daemon.ctl('explain', 'cut', '--json').stdout)['sources'][0]
                self.assertIn('cut', {fact['topic'] for fact in explained['facts']})
                self.assertFalse(explained['conditional'])
                daemon.ctl('fetch', 'cut', '--wait')
                daemon.wait_queued(40)
                self.assertEqual(len(daemon.records(outcome='cut-off', publisher='cut')), 1)
                for _ in range(2):
                    daemon.ctl('fetch', 'cut', '--wait')
                    daemon.ctl('fetch', 'sloppy', '--wait')
            asked = [headers.get('If-None-Match') for path, headers, _ in server.requests(host) if path == '/feed.xml']
            self.assertEqual(asked, [None, None, '"v1"', '"v1"'])
            asked = [headers.get('If-None-Match') for path, headers, _ in server.requests(sloppy)]
            self.assertEqual(asked, [None, None, '"s"'])

    def test_a_page_without_its_end_is_asked_for_whole_at_the_next_look(self):
        host = 'www.halves.example'
        entries = [paper.entry(host, number) for number in (1, 2)]
        for entry in entries:
            entry['published'] = datetime.now(timezone.utc).replace(microsecond=0)
        with tempfile.TemporaryDirectory(prefix='nw-') as folder, Scripted() as server:
            server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, entries)))
            for entry, end in zip(entries, (b'</html>', b'')):
                server.answer(host, entry['url'].partition(host)[2], Answer(
                    body=paper.page(entry).replace(b'</html>', end), kind='text/html', headers={'ETag': '"p"'}))
            daemon = Daemon(pathlib.Path(folder) / 'd', {'fetch': {'connect_to': server.connect_to}})
            daemon.add_plugin(paper.plugin('halves', host, [('rss', '/feed.xml')], fetch='revisit = ["5s"]'))
            with daemon:
                daemon.wait('both pages are looked at again', lambda: all(
                    server.count(host, f'/story/{number}') >= 2 for number in (1, 2)))
            asked = [[headers.get('If-None-Match') for path, headers, _ in server.requests(host)
                      if path == f'/story/{number}'][:2] for number in (1, 2)]
            self.assertEqual(asked, [[None, '"p"'], [None, None]])


if __name__ == '__main__':
    unittest.main()
