"""The replay: real pages of the ten shipped publishers, served under their own names, through the real programs."""
import gzip
import json
import pathlib
import random
import tempfile
import tomllib
import unittest
import urllib.parse
from datetime import datetime, timezone

from support import feeds, ninjs, nginx, programs, spool
from support.daemon import Daemon

PLUGINS = programs.PROJECT / 'Plugins'
SERVED = {'rss', 'atom', 'sitemap', 'news-sitemap'}


class Publisher:
    """A shipped plugin with the pages of the corpus that are its."""

    def __init__(self, folder, pages):
        manifest = tomllib.loads((folder / 'plugin.toml').read_text())
        self.id = manifest['publisher']['id']
        self.sources = [s for s in manifest['sources'] if s['kind'] in SERVED]
        self.entries = []
        for page in pages:
            facts = json.loads((programs.CORPUS / 'pages' / f'{page["page"]}.json').read_text())
            body = gzip.decompress((programs.CORPUS / 'pages' / f'{page["page"]}.html.gz').read_bytes())
            published = datetime.fromisoformat(facts['published']) if facts.get('published') else None
            if published is None or published.tzinfo is None:
                published = (published or datetime(2024, 1, 1)).replace(tzinfo=timezone.utc)
            self.entries.append({
                'url': page['url'], 'title': facts.get('title') or page['page'], 'published': published, 'body': body,
                'summary': ' '.join(facts.get('summary') or []),
            })

    @property
    def site(self):
        return urllib.parse.urlsplit(self.sources[0]['url']).hostname

    def served(self):
        """Address → what nginx serves there: every source of the plugin, every page."""
        result = {}
        for source in self.sources:
            suffix, body = feeds.of_kind(source['kind'], self.site, self.entries)
            result[source['url']] = (suffix, body, None)
        for entry in self.entries:
            result[urllib.parse.urldefrag(entry['url'])[0]] = ('html', entry['body'], entry['published'].timestamp())
        return result


TEN = {
    'ap-news', 'asahi-shimbun', 'bbc', 'cnbc', 'evening-standard', 'le-monde', 'reuters', 'spiegel-online', 'the-independent',
    'the-telegraph',
}


def publishers():
    """The ten that the replay is about. More plugins ship; some ask thirty feeds of one host, politely and slowly."""
    index = json.loads((programs.CORPUS / 'pages' / 'index.json').read_text())
    found = []
    for folder in sorted(PLUGINS / name for name in TEN):
        pages = [page for page in index if page['publisher'] == folder.name]
        if pages and (folder / 'plugin.toml').exists():
            found.append(Publisher(folder, pages))
    return found


@unittest.skipIf(programs.needs_corpus(), programs.needs_corpus())
@unittest.skipIf(nginx.needed(), nginx.needed())
class Replay(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.publishers = publishers()
        self.expected = {entry['url']: publisher.id for publisher in self.publishers for entry in publisher.entries}

    def serve(self, **options):
        pages = {}
        for publisher in self.publishers:
            pages.update(publisher.served())
        server = nginx.Nginx(self.folder / 'nginx', pages, **options)
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def daemon(self, server, name='daemon'):
        daemon = Daemon(self.folder / name, {
            'paths': {'plugins': [str(PLUGINS)]},
            'fetch': {'connect_to': server.connect_to, 'ca_file': str(server.ca)},
            'publishers': {'only': sorted(p.id for p in self.publishers)},
        })
        self.addCleanup(daemon.kill)
        return daemon

    def page_of(self, article):
        """The corpus address an article belongs to: its canonical address, or one of its other identities."""
        names = {identity.get('value') for identity in article.get('altIds', [])}
        names |= {rendition.get('href') for rendition in article.get('renditions', [])}
        for url in self.expected:
            if url in names or urllib.parse.urldefrag(url)[0] in names:
                return url
        return None

    def check_once(self, articles):
        """Every page exactly once, under its publisher's id."""
        pages = [self.page_of(article) for article in articles]
        titles = [article.get('title') for article in articles]
        self.assertNotIn(None, pages, f'an article belongs to no page: {list(zip(pages, titles))}')
        self.assertEqual(sorted(pages), sorted(self.expected), 'each page exactly once')
        uris = [article['uri'] for article in articles]
        self.assertEqual(len(set(uris)), len(uris), 'two articles share an id')
        for article, page in zip(articles, pages):
            self.assertTrue(article['uri'].startswith(f'urn:newswire:{self.expected[page]}:'), article['uri'])

    def test_every_page_arrives_once_and_a_second_run_asks_for_changes_only(self):
        self.assertEqual({p.id for p in self.publishers}, TEN, 'ten plugins with pages')
        server = self.serve()
        daemon = self.daemon(server)
        with daemon:
            daemon.wait_queued(len(self.expected))
            # What comes after the last expected one would be a duplicate: let all sources be read first.
            sources = sum(len(p.sources) for p in self.publishers)
            daemon.wait('all sources fetched', lambda: len(daemon.records(event='feed.fetched')) >= sources)
        articles = daemon.queued()
        self.check_once(articles)
        for event in ('feed.failed', 'feed.refused', 'page.failed', 'page.retry', 'worker.crashed', 'worker.timeout'):
            self.assertEqual(daemon.records(event=event), [], event)

        complaints = ninjs.validator()
        self.assertIsNotNone(complaints, 'the ninjs schema is part of the corpus')
        for article in articles:
            with self.subTest(article=article.get('uri')):
                self.assertEqual(complaints(article), [], 'the ninjs 3.1 schema')
                self.assertEqual(ninjs.problems(article), [])
                self.assertGreater(len(spool.text(article)), 200, 'a body')

        first = server.requests()
        pages = [r for r in first if r['uri'] not in ('/robots.txt',)]
        self.assertEqual({r['protocol'] for r in pages}, {'HTTP/2.0'}, 'everything over HTTP/2')
        self.assertTrue(all('gzip' in r['encoding'] for r in pages), 'compression asked for')

        # The second run: same state, every publisher asked again by hand.
        with daemon:
            daemon.wait('ready again', lambda: len(daemon.records(event='daemon.ready')) == 2)
            for publisher in self.publishers:
                done = daemon.ctl('fetch', publisher.id)
                self.assertEqual(done.returncode, 0, done.stderr.decode())
            daemon.wait(
                'all sources asked again',
                lambda: len({(r['host'], r['uri']) for r in server.requests()[len(first):] if r['status'] == 304}) >= sources,
            )
        self.assertEqual(len(daemon.queued()), len(articles), 'the second run queues nothing')
        second = [r for r in server.requests()[len(first):] if r['uri'] != '/robots.txt']
        self.assertEqual({r['status'] for r in second}, {304}, 'the second run is answered by 304 alone')

    def test_kill_in_the_middle_loses_nothing_and_doubles_nothing(self):
        dice = random.Random(20240817)
        server = self.serve(limit_rate='200k')
        daemon = self.daemon(server)
        for wanted in (1, 4, 7):
            daemon.start()
            daemon.wait(f'{wanted} elements', lambda: len(spool.names(daemon.spool)) >= wanted)
            daemon.wait('a moment', lambda: dice.random() < 0.3)
            daemon.kill()
        with daemon:
            daemon.wait_queued(len(self.expected))
            for publisher in self.publishers:
                daemon.ctl('fetch', publisher.id)
            daemon.wait('nothing staged', lambda: not spool.staged(daemon.spool))
        self.check_once(daemon.queued())

    def test_other_programs_can_consume_the_queue(self):
        """python-dirq, a consumer that knows nothing of newswire, takes everything out."""
        try:
            from dirq.QueueSimple import QueueSimple
        except ImportError:
            self.skipTest('python3-dirq is not installed')
        daemon = self.daemon(self.serve())
        with daemon:
            daemon.wait_queued(len(self.expected))
        queue, taken = QueueSimple(str(daemon.spool)), []
        name = queue.first()
        while name:
            if queue.lock(name):
                taken.append(json.loads(queue.get(name).splitlines()[0]))
                queue.remove(name)
            name = queue.next()
        self.check_once(taken)
        self.assertEqual(spool.names(daemon.spool), [])


if __name__ == '__main__':
    unittest.main()
