"""One publisher may have its share of the queue (`publisher_share`) and no more: its pages wait at that, the others go on,
and nothing is dropped."""
import collections
import pathlib
import tempfile
import time
import unittest

from support import feeds, paper, spool
from support.daemon import Daemon
from support.scripted import Answer, Scripted

HOSTS = {'much': ('www.much.example', 70), 'little': ('www.little.example', 12)}
SHARE = 20
# Pages that were under way when the share was reached end as articles: at most four fetched at once and two that wait
# their turn, and as many again that were begun before the next look at the queue.
UNDER_WAY = 12


class Share(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.server = Scripted()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        for name, (host, count) in HOSTS.items():
            entries = [paper.entry(host, number) for number in range(1, count + 1)]
            self.server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, entries)))
            for entry in entries:
                self.server.answer(host, entry['url'].partition(host)[2], unhurried(paper.page(entry)))
        self.daemon = Daemon(pathlib.Path(temporary.name) / 'd', {
            'fetch': {'connect_to': self.server.connect_to, 'robots': False},
            'queue': {'max_files': 100, 'publisher_share': SHARE},
        })
        self.addCleanup(self.daemon.kill)
        for name, (host, _) in HOSTS.items():
            self.daemon.add_plugin(paper.plugin(name, host, [('rss', '/feed.xml')]))
        self.taken = []

    def waiting(self):
        """How many elements of each publisher are in the queue."""
        return collections.Counter(publisher(article) for article in self.daemon.queued())

    def take(self, count):
        """A consumer: the oldest elements of the big paper."""
        for name in spool.names(self.daemon.spool):
            article = spool.read(self.daemon.spool, name)
            if count and publisher(article) == 'much':
                self.taken.append(article)
                (self.daemon.spool / name).unlink()
                count -= 1

    def asked(self):
        return sum(path.startswith('/story/') for path, _, _ in self.server.requests(HOSTS['much'][0]))

    def test_a_publisher_waits_at_its_share_and_the_others_go_on(self):
        with self.daemon:
            self.daemon.wait('a record of the pause',
                             lambda: self.daemon.records(event='queue.paused', publisher='much'))
            self.daemon.wait('all of the small paper', lambda: self.waiting()['little'] == HOSTS['little'][1])
            time.sleep(1)
            many, asked = self.waiting()['much'], self.asked()
            self.assertGreaterEqual(many, SHARE)
            self.assertLessEqual(many, SHARE + UNDER_WAY)
            time.sleep(12)  # longer than the daemon puts off looking again
            self.assertEqual(self.waiting()['much'], many)
            self.assertEqual(self.asked(), asked, 'no page is fetched that could not be taken')
            self.assertEqual(self.daemon.records(event='queue.paused', publisher='little'), [])
        # A daemon that starts anew knows whose the elements are that it finds.
        with self.daemon:
            self.daemon.wait('another record of the pause',
                             lambda: len(self.daemon.records(event='queue.paused', publisher='much')) == 2)
            self.assertLessEqual(self.waiting()['much'], many + UNDER_WAY)
            # Between the marks nothing begins: seven tenths of the share must be left.
            self.take(self.waiting()['much'] - SHARE + 2)
            time.sleep(7)
            self.assertEqual(self.daemon.records(event='queue.resumed', publisher='much'), [])
            # Consumers take; the rest comes, nothing twice.
            while len(self.taken) + self.waiting()['much'] < HOSTS['much'][1]:
                self.take(SHARE)
                self.daemon.wait('a record of going on',
                                 lambda: self.daemon.records(event='queue.resumed', publisher='much'))
                time.sleep(0.5)
        articles = self.taken + self.daemon.queued()
        found = collections.Counter(publisher(article) for article in articles)
        self.assertEqual(found, {name: count for name, (_, count) in HOSTS.items()})
        self.assertEqual(len({article['uri'] for article in articles}), len(articles))


def unhurried(body):
    """A page that takes its time, so that not the whole paper is read before anybody looks at the queue."""
    def answer(*_):
        time.sleep(0.05)
        return Answer(body=body, kind='text/html')
    return answer


def publisher(article):
    return article['uri'].split(':')[2]


if __name__ == '__main__':
    unittest.main()
