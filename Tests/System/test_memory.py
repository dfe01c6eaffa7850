"""The budget: newswired idle, after work, holds at most 25 MB."""
import pathlib
import tempfile
import time
import unittest

from support import feeds, paper
from support.daemon import Daemon
from support.scripted import Answer, Scripted

BUDGET = 25_000_000
HOST = 'www.idle.example'


class Memory(unittest.TestCase):
    def test_idle(self):
        with tempfile.TemporaryDirectory(prefix='nw-') as folder, Scripted() as server:
            entries = [paper.entry(HOST, number) for number in range(20)]
            server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, entries)))
            for entry in entries:
                server.answer(HOST, entry['url'].partition(HOST)[2], Answer(body=paper.page(entry), kind='text/html'))
            daemon = Daemon(pathlib.Path(folder) / 'd', {'fetch': {'connect_to': server.connect_to}})
            daemon.add_plugin(paper.plugin('idle', HOST, [('rss', '/feed.xml')]))
            self.addCleanup(daemon.kill)
            with daemon:
                daemon.wait_queued(len(entries))
                time.sleep(2)
                resident = daemon.resident()
            print(f'idle RSS {resident / 1e6:.1f} MB, budget {BUDGET / 1e6:.0f} MB', end=' ', flush=True)
            self.assertLessEqual(resident, BUDGET)


if __name__ == '__main__':
    unittest.main()
