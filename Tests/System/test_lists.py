"""Lists and pages that fail for a while, or seem unchanged when they are not: nothing may stay hidden behind them."""
import collections
import json
import pathlib
import tempfile
import time
import unittest
from datetime import datetime, timedelta, timezone

from support import feeds, paper
from support.daemon import Daemon
from support.scripted import Answer, Scripted

NOW = datetime.now(timezone.utc).replace(microsecond=0)
SCHEDULE = {'source_retry': '1s', 'page_retry': '1s', 'revisit': []}


def plugin(id, host, kind, path, source=''):
    text = paper.plugin(id, host, [(kind, path)], fetch='max_interval = "2s"').replace('"1m"', '"1s"')
    return text.replace('\n\n[article]', f'\n{source}\n\n[article]')


def dated(host, number, age):
    return {**paper.entry(host, number), 'published': NOW - age}


def conditional(body, kind='application/rss+xml', tag='"v1"'):
    """An answer that says 304 to who knows its entity tag."""
    return lambda path, headers, _: (
        Answer(304, headers={'ETag': tag}) if headers.get('If-None-Match') == tag
        else Answer(body=body, kind=kind, headers={'ETag': tag}))


def archived(host, page, last):
    """A page of a feed's past with one story, and a link to the one before."""
    link = f'<link rel="prev-archive" href="http://{host}/past/{page - 1}"/>' if page > last else ''
    return feeds.atom(host, [paper.entry(host, page)]).replace(b'<id>', link.encode() + b'<id>', 1)


class Lists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        cls.addClassCleanup(temporary.cleanup)
        cls.server = Scripted()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.daemon = Daemon(pathlib.Path(temporary.name) / 'd', {'schedule': SCHEDULE, 'workers': {'count': 1}})
        cls.addClassCleanup(cls.daemon.kill)
        # An index whose sitemaps get new dates, and one of them, the last by date, a new story.
        cls.restless = 'www.restless.example'
        cls.later, cls.repaired = False, False
        for number in range(1, 9):
            cls.part(cls.restless, number, hasTag=number % 2 == 0, grows=number == 8)
        cls.index(cls.restless, 8)
        # One whose latest sitemaps fail, and one whose sitemaps all fail for a while.
        cls.broken = 'www.broken.example'
        for number in range(1, 9):
            cls.part(cls.broken, number)
        for number in range(1, 7):
            cls.server.answer(cls.broken, f'/part{number}.xml', Answer(500, headers={'Retry-After': '3600'}))
        cls.index(cls.broken, 8)
        cls.down = 'www.down.example'
        for number in (1, 2):
            cls.part(cls.down, number)
            fine, = cls.server.scripts[cls.down, f'/part{number}.xml']
            cls.server.answer(
                cls.down, f'/part{number}.xml', lambda *asked, fine=fine: fine(*asked) if cls.repaired else Answer(500))
        cls.index(cls.down, 2)
        # A past of which one page fails once, and one of which a page is gone.
        for host, failure in (('www.past.example', Answer(500)), ('www.lost.example', Answer(404))):
            cls.pages(host, 5)
            for page in range(1, 6):
                fine = Answer(body=archived(host, page, last=2))
                failing = [failure] if page == 3 else []
                cls.server.answer(host, f'/past/{page}', *failing, fine)
            cls.daemon.add_plugin(plugin(host.split('.')[1], host, 'atom', '/past/5', 'history = 10'))
        # A home page whose feed is gone for good, until it names another.
        host = cls.home = 'www.home.example'
        cls.server.answer(host, '/', lambda *_: Answer(kind='text/html', body=(
            '<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" href="/feed%d.xml"></head>'
            '<body>x</body></html>' % (2 if cls.server.count(cls.home, '/feed1.xml') > 3 else 1))))
        cls.pages(host, 2)
        cls.server.answer(host, '/feed1.xml', Answer(body=feeds.rss(host, [paper.entry(host, 1)])), Answer(410))
        cls.server.answer(host, '/feed2.xml', Answer(body=feeds.rss(host, [paper.entry(host, 2)])))
        cls.daemon.add_plugin(plugin('home', host, 'auto', '/'))
        # A filter that takes nothing, until it is corrected.
        host = cls.typo = 'www.typo.example'
        cls.pages(host, 2)
        cls.server.answer(host, '/feed.xml', conditional(feeds.rss(host, [paper.entry(host, n) for n in (1, 2)])))
        cls.daemon.add_plugin(plugin('typo', host, 'rss', '/feed.xml', 'keep = "/storie/"'))
        # A page that says 304 to who asked for all of it.
        host = cls.unasked = 'www.unasked.example'
        cls.pages(host, 1)
        fine, = cls.server.scripts[host, '/story/1']
        cls.server.answer(host, '/story/1', Answer(304), fine)
        cls.server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, [paper.entry(host, 1)])))
        cls.daemon.add_plugin(plugin('unasked', host, 'rss', '/feed.xml'))
        cls.daemon.settings['fetch']['connect_to'] = cls.server.connect_to
        cls.daemon.start()

    @classmethod
    def pages(cls, host, most):
        for number in range(most + 1):
            entry = paper.entry(host, number)
            cls.server.answer(host, f'/story/{number}', Answer(body=paper.page(entry), kind='text/html; charset=utf-8'))

    @classmethod
    def part(cls, host, number, hasTag=True, grows=False):
        cls.pages(host, 90)

        def answer(path, headers, body):
            numbers = [number] + ([number + 80] if grows and cls.later else [])
            text = feeds.sitemap(host, [dated(host, n, timedelta(hours=1)) for n in numbers])
            tag = f'"{len(numbers)}"' if hasTag else None
            return conditional(text, 'application/xml', tag)(path, headers, body) if tag else Answer(body=text)

        cls.server.answer(host, f'/part{number}.xml', answer)

    @classmethod
    def index(cls, host, count):
        def answer(*_):
            base = NOW - timedelta(hours=1 if cls.later else 5)
            rows = ''.join(
                f'<sitemap><loc>http://{host}/part{n}.xml</loc>'
                f'<lastmod>{(base - timedelta(minutes=n)).isoformat()}</lastmod></sitemap>' for n in range(1, count + 1))
            return Answer(body=f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>')

        cls.server.answer(host, '/index.xml', answer)
        cls.daemon.add_plugin(plugin(host.split('.')[1], host, 'sitemap', '/index.xml'))

    def wait_stories(self, host, count, patience=60):
        def articles():
            found = [article for article in self.daemon.queued() if article['uri'].split(':')[2] == host.split('.')[1]]
            return len(found) >= count and found

        return self.daemon.wait(f'{count} articles of {host}', articles, patience)

    def explain(self, id):
        return json.loads(self.daemon.ctl('explain', id, '--json').stdout)['sources'][0]

    def test_sitemaps_with_new_dates_and_nothing_else_keep_no_other_from_being_read(self):
        self.wait_stories(self.restless, 8)
        type(self).later = True
        self.wait_stories(self.restless, 9, 20)
        time.sleep(3)
        counts = collections.Counter(path for path, _, _ in self.server.requests(self.restless) if 'part' in path)
        self.assertEqual(set(counts.values()), {2}, counts)

    def test_sitemaps_that_fail_keep_no_other_from_being_read(self):
        self.wait_stories(self.broken, 2, 20)
        time.sleep(2)
        for number in range(1, 7):
            self.assertEqual(self.server.count(self.broken, f'/part{number}.xml'), 1)
        warnings = [r for r in self.daemon.records(publisher='broken', level='warning') if r['event'] == 'feed.failed']
        self.assertEqual(len(warnings), 6)
        self.assertEqual({record['next'] for record in warnings}, {'again in 60 min'})
        self.assertEqual(self.explain('broken')['failures'], 0)

    def test_an_index_whose_sitemaps_all_fail_is_a_source_that_fails(self):
        explained = self.daemon.wait(
            'the source fails', lambda: (self.explain('down')['failures'] >= 3) and self.explain('down'), 20)
        self.assertEqual(explained['error'], 'none of its sitemaps can be read: the server answered 500 (its own failure)')
        self.assertEqual(explained['attempts'][0]['outcome'], 'failed')
        status = json.loads(self.daemon.ctl('status', '--json').stdout)
        row, = [row for row in status['publishers'] if row['id'] == 'down']
        self.assertIn('failing', str(row))
        self.assertEqual(self.daemon.records(event='source.recovered', publisher='down'), [])
        # Three failures each, with the back-off between them.
        times = [at for path, _, at in self.server.requests(self.down) if path == '/part1.xml']
        self.assertLess(len(times), 6)
        # Asked for, it does not wait for the back-off.
        type(self).repaired = True
        self.daemon.ctl('fetch', 'down', '--wait')
        self.wait_stories(self.down, 2, 10)
        self.daemon.wait(
            'the source works again', lambda: self.daemon.records(event='source.recovered', publisher='down'), 10)
        self.assertEqual(self.explain('down')['failures'], 0)

    def test_a_walk_through_the_past_waits_for_a_page_that_fails(self):
        self.wait_stories('www.past.example', 4, 20)
        asked = [path for path, _, _ in self.server.requests('www.past.example') if path in ('/past/3', '/past/2')]
        self.assertEqual(asked, ['/past/3', '/past/3', '/past/2'])
        record, = self.daemon.records(event='feed.failed', publisher='past')
        self.assertIn('again in', record['next'])

    def test_a_walk_through_the_past_ends_at_a_page_that_is_not_there(self):
        record, = self.daemon.wait(
            'the page that is not there', lambda: self.daemon.records(event='feed.failed', publisher='lost'))
        self.assertEqual(record['next'], "no more of the feed's past is read")
        time.sleep(3)
        self.assertEqual(self.server.count('www.lost.example', '/past/3'), 1)

    def test_a_home_page_outlives_its_feed(self):
        self.wait_stories(self.home, 2, 30)
        self.assertEqual(self.daemon.records(event='feed.muted', publisher='home'), [])
        failed = self.daemon.records(event='feed.failed', publisher='home')
        self.assertGreaterEqual(len(failed), 2)
        self.assertEqual({record['url'] for record in failed}, {f'http://{self.home}/feed1.xml'})

    def test_what_a_corrected_filter_takes_is_not_hidden_behind_a_304(self):
        self.daemon.wait(
            'the list to be unchanged', lambda: self.daemon.records(event='feed.unchanged', publisher='typo'))
        self.daemon.add_plugin(plugin('typo', self.typo, 'rss', '/feed.xml', 'keep = "/story/"'))
        self.daemon.ctl('reload')
        self.wait_stories(self.typo, 2, 20)
        asked = [headers.get('If-None-Match') for path, headers, _ in self.server.requests(self.typo) if path == '/feed.xml']
        self.assertEqual(asked.count(None), 2)

    def test_a_page_that_says_unasked_that_it_has_not_changed_is_asked_again(self):
        article, = self.wait_stories(self.unasked, 1, 20)
        self.assertIn('paragraph 5', json.dumps(article))
        record, = self.daemon.records(event='page.retry', publisher='unasked')
        self.assertIn('304 (though nothing was asked about)', record['message'])


class Killed(unittest.TestCase):
    def test_a_walk_through_the_past_goes_on_after_a_kill(self):
        host, pages = 'www.walk.example', 12
        with tempfile.TemporaryDirectory(prefix='nw-') as folder, Scripted() as server:
            for page in range(1, pages + 1):
                entry = paper.entry(host, page)
                server.answer(host, f'/story/{page}', Answer(body=paper.page(entry), kind='text/html'))
                whole = conditional(archived(host, page, last=1), tag=f'"{page}"')
                server.answer(host, f'/past/{page}', whole)
            slow = server.scripts[host, '/past/6'][0]
            server.answer(host, '/past/6', lambda *asked: time.sleep(1) or slow(*asked), slow)
            daemon = Daemon(pathlib.Path(folder) / 'd', {
                'fetch': {'connect_to': server.connect_to}, 'schedule': SCHEDULE, 'workers': {'count': 1}})
            daemon.add_plugin(plugin('walk', host, 'atom', f'/past/{pages}', 'history = 100'))
            daemon.start()
            daemon.wait('page 6 of the past', lambda: server.count(host, '/past/6'))
            daemon.kill()
            with daemon:
                daemon.wait('the first page of the past', lambda: server.count(host, '/past/1'), 20)
                daemon.wait_queued(pages)


if __name__ == '__main__':
    unittest.main()
