"""kill -9 of the real daemon, again and again, while its paper grows and changes, two python-dirq consumers and one
`queue consume` compete for what comes out: each version of each article is consumed once."""
import collections
import pathlib
import random
import signal
import subprocess
import tempfile
import time
import unittest
from datetime import timedelta

from support import drill, feeds, paper, programs
from support.daemon import Daemon
from support.scripted import Answer, Scripted

HOST = 'www.soak.example'
CYCLES = 100 if drill.LONG else 6
PYTHON = '/usr/bin/python3'


def needed():
    """None, or why python-dirq cannot be used here."""
    found = subprocess.run([PYTHON, '-c', 'import dirq.QueueSimple'], capture_output=True)
    return None if found.returncode == 0 else 'python3-dirq is not installed'


@unittest.skipIf(needed(), needed())
class Soak(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.server = Scripted()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, [])))
        self.daemon = Daemon(self.folder / 'daemon', {
            'fetch': {'connect_to': self.server.connect_to, 'robots': False},
            'schedule': {'page_retry': '1s', 'source_retry': '1s', 'revisit': []},
            'log': {'level': 'info'},
        })
        self.daemon.add_plugin(
            paper.plugin('soak', HOST, [('rss', '/feed.xml')], fetch='max_interval = "1s"').replace('"1m"', '"1s"'))
        self.addCleanup(self.daemon.kill)
        # The oracle: the version each story has by now, in the paper.
        self.stories = {}
        self.dice = random.Random(12)

    def publish(self, number):
        """The paper's next version of a story: first its page, then its entry in the feed."""
        version = self.stories.get(number, 0) + 1
        entry = dict(paper.entry(HOST, number))
        entry['published'] += timedelta(hours=version)
        page = paper.page(entry).replace(b'the council met', b'the council met for the %d. time' % version)
        self.server.answer(HOST, entry['url'].partition(HOST)[2], Answer(body=page, kind='text/html'))
        self.stories[number] = version

    def print_feed(self):
        entries = []
        for number in sorted(self.stories)[-60:]:
            entry = dict(paper.entry(HOST, number))
            entry['published'] += timedelta(hours=self.stories[number])
            entries.append(entry)
        self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, entries)))

    def consumers(self):
        out = [self.folder / f'consumer-{number}' for number in range(3)]
        script = pathlib.Path(__file__).parent / 'support' / 'dirq_consumer.py'
        commands = [[PYTHON, str(script), str(self.daemon.spool), str(path)] for path in out[:2]]
        extract = 'import json,sys; a=json.load(sys.stdin); print(a["uri"], a["version"])'
        commands.append([
            programs.program('newswirectl'), 'queue', 'consume', '--spool', str(self.daemon.spool), '--',
            'sh', '-c', f"{PYTHON} -c '{extract}' >> {out[2]}"])
        processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for command in commands]
        for process in processes:
            self.addCleanup(process.stderr.close)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
        return processes, out

    def consumed(self, files):
        return collections.Counter(line for path in files if path.exists() for line in path.read_text().splitlines())

    def wanted(self):
        return sum(self.stories.values())

    def test_each_version_is_consumed_once(self):
        with self.daemon:
            self.daemon.wait_ready()
        processes, files = self.consumers()
        for cycle in range(CYCLES):
            # A story is changed only while everything before has come out, or two changes would be one.
            if self.wanted() == self.caught_up:
                for number in self.dice.sample(sorted(self.stories)[-30:], min(3, len(self.stories))):
                    self.publish(number)
            for _ in range(self.dice.randrange(1, 5)):
                self.publish(len(self.stories) + 1)
            self.print_feed()
            self.daemon.start()
            time.sleep(self.dice.uniform(0.1, 1.2))
            self.daemon.kill()
            # Every fifth cycle the daemon may catch up, so that stories can change.
            if cycle % 5 == 4:
                self.catch_up(files)
        self.catch_up(files)
        time.sleep(1)
        for process in processes:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        uris = collections.defaultdict(list)
        consumed = self.consumed(files)
        for line in consumed:
            uri, version = line.split()
            uris[uri].append(int(version))
        self.assertEqual(max(consumed.values()), 1, 'consumed twice')
        self.assertEqual(len(uris), len(self.stories))
        self.assertEqual(sorted(sorted(v) for v in uris.values()),
                         sorted(list(range(1, v + 1)) for v in self.stories.values()))
        shares = [len(path.read_text().splitlines()) if path.exists() else 0 for path in files]
        self.assertTrue(all(shares), f'a consumer got nothing: {shares}')
        print(f'{CYCLES} kills, {self.wanted()} versions of {len(self.stories)} articles, shares {shares}',
              end=' ', flush=True)

    caught_up = 0

    def catch_up(self, files):
        """An undisturbed run until everything the paper holds has been consumed."""
        with self.daemon:
            self.daemon.wait('everything is consumed',
                             lambda: sum(self.consumed(files).values()) >= self.wanted(), 90)
        self.caught_up = self.wanted()


if __name__ == '__main__':
    unittest.main()
