"""Failing system calls under the real daemon, injected by strace: it stays up or ends with the right status, and after a
clean run every article is in the queue once."""
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from support import feeds, paper, programs, spool
from support.daemon import Daemon, toml
from support.scripted import Answer, Scripted

HOST, PAGES = 'www.faults.example', 12

# What is injected, and the exit statuses that are right if the daemon ends at all (docs/service.md).
CASES = [
    ('fsync:error=EIO:when=5', {74}),
    ('fsync:error=ENOSPC:when=6..12', {75}),
    ('renameat2:error=ENOSPC:when=2', set()),
    ('renameat2:signal=KILL:when=4', {-9, 137}),
    # A file system that knows no RENAME_NOREPLACE, refused and allowed; and one that has no links either.
    ('renameat2:error=EINVAL', {78}),
    ('any renameat2:error=EINVAL', set()),
    ('any renameat2:error=ENOSYS linkat:error=EPERM', set()),
    # Between the second name and the end of the first.
    ('any renameat2:error=EINVAL unlinkat:signal=KILL:when=3', {-9, 137}),
    ('fdatasync:error=EIO:when=8', {74}),
    ('pwrite64:error=ENOSPC:when=40..45', {75}),
    ('write:error=EINTR:when=30..60', set()),
    # Every second one of each thread: one that is not made again, of what wakes another thread too, shows.
    ('write:error=EINTR:when=1+2', set()),
    ('openat:error=EMFILE:when=260..262', {71, 73, 74}),
]


def needed():
    """None, or why strace cannot be used here."""
    if shutil.which('strace') is None:
        return 'strace is not installed'
    if subprocess.run(['strace', '-qq', '-e', 'trace=none', 'true'], capture_output=True).returncode:
        return 'strace may not trace here'
    return None


@unittest.skipIf(needed(), needed())
class Faults(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.entries = [paper.entry(HOST, number) for number in range(PAGES)]

    def served(self):
        server = Scripted()
        server.__enter__()
        self.addCleanup(server.__exit__)
        server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, self.entries)))
        for entry in self.entries:
            server.answer(HOST, entry['url'].partition(HOST)[2], Answer(body=paper.page(entry), kind='text/html'))
        return server

    def run_with(self, fault, daemon, pages=PAGES):
        """The daemon under strace until all is queued, it has ended, or its time is over; its exit status or None."""
        daemon.config.write_text(toml(daemon.settings))
        faults = fault.split()
        calls = ','.join(fault.partition(':')[0] for fault in faults)
        command = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', f'trace={calls}']
        for fault in faults:
            command += ['-e', f'inject={fault}']
        daemon.process = subprocess.Popen(
            command + [programs.program('newswired'), '--config', str(daemon.config)], cwd=daemon.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=daemon.errors.open('ab'))
        try:
            daemon.wait('all articles', lambda: len(daemon.queued()) >= pages or not daemon.alive, 12)
        except AssertionError:
            pass
        status = daemon.process.poll()
        if status is None:
            # strace keeps a signal to itself: it goes to the daemon, and strace ends with it.
            for child in daemon.children():
                os.kill(child, signal.SIGTERM)
            daemon.process.wait(30)
        daemon.process = None
        return status

    def test_nothing_is_lost_or_doubled(self):
        for number, (fault, statuses) in enumerate(CASES):
            with self.subTest(fault):
                server = self.served()
                daemon = Daemon(self.folder / str(number), {
                    'fetch': {'connect_to': server.connect_to, 'robots': False},
                    'schedule': {'page_retry': '1s', 'source_retry': '1s'},
                })
                daemon.add_plugin(paper.plugin('faults', HOST, [('rss', '/feed.xml')]))
                self.addCleanup(daemon.kill)
                if fault.startswith('any '):
                    daemon.settings['queue'] = {'any_file_system': True}
                status = self.run_with(fault.removeprefix('any '), daemon)
                if status is not None:
                    self.assertIn(status, statuses, daemon.tail())
                with daemon:
                    daemon.wait_queued(PAGES, 30)
                seen = collections.Counter(a['uri'] for a in daemon.queued())
                self.assertEqual((len(seen), max(seen.values())), (PAGES, 1), daemon.tail())

    def test_what_found_no_room_for_its_name_gets_it_without_another_article(self):
        """A quota that was met once, and a publisher that brings nothing else for a long time."""
        self.entries = self.entries[:1]
        server = self.served()
        daemon = Daemon(self.folder / 'quota', {'fetch': {'connect_to': server.connect_to, 'robots': False}})
        daemon.add_plugin(paper.plugin('faults', HOST, [('rss', '/feed.xml')]))
        self.addCleanup(daemon.kill)
        self.assertIsNone(self.run_with('renameat2:error=EDQUOT:when=1', daemon, 1))
        self.assertEqual(len(daemon.queued()), 1, daemon.tail())
        self.assertEqual([r['event'] for r in daemon.records() if r['event'].startswith('queue.')],
                         ['queue.paused', 'queue.recovered', 'queue.resumed'])

    def test_what_a_start_finds_no_room_for_gets_its_name_without_another_article(self):
        self.entries = self.entries[:1]
        server = self.served()
        daemon = Daemon(self.folder / 'start', {'fetch': {'connect_to': server.connect_to, 'robots': False}})
        daemon.add_plugin(paper.plugin('faults', HOST, [('rss', '/feed.xml')]))
        self.addCleanup(daemon.kill)
        self.assertIn(self.run_with('renameat2:signal=KILL:when=1+', daemon, 1), {-9, 137})
        self.assertIsNone(self.run_with('renameat2:error=EDQUOT:when=1', daemon, 1))
        self.assertEqual(len(daemon.queued()), 1, daemon.tail())
        self.assertEqual([r['event'] for r in daemon.records() if r['event'].startswith('queue.')],
                         ['queue.paused', 'queue.recovered', 'queue.resumed'])

    @unittest.skipUnless(os.geteuid() == 0, 'becoming another user needs root')
    def test_directories_of_another_user_in_the_queue_stop_nothing(self):
        """One that may not be looked into, and those of the minutes to come, which may not be written to."""
        server = self.served()
        daemon = Daemon(self.folder / 'others', {'fetch': {'connect_to': server.connect_to, 'robots': False}})
        daemon.add_plugin(paper.plugin('faults', HOST, [('rss', '/feed.xml')]))
        daemon.config.write_text(toml(daemon.settings))
        self.folder.chmod(0o755)
        daemon.spool.mkdir()
        for path in (daemon.folder, *daemon.folder.rglob('*')):
            os.chown(path, 65534, 65534)
        minute = int(time.time()) // 60 * 60
        for seconds in range(minute, minute + 180, 60):
            (daemon.spool / f'{seconds:08x}').mkdir(mode=0o755)
        (daemon.spool / '5f000000').mkdir()
        (daemon.spool / '5f000000').chmod(0o744)
        self.addCleanup(daemon.kill)
        daemon.process = subprocess.Popen(
            [programs.program('newswired'), '--config', str(daemon.config)], cwd=daemon.folder, user=65534, group=65534,
            extra_groups=[], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=daemon.errors.open('ab'))
        daemon.wait_queued(PAGES, 30)
        self.assertEqual(len({article['uri'] for article in daemon.queued()}), PAGES)
        self.assertEqual(json.loads(daemon.ctl('status', '--json').stdout)['queue']['pending'], PAGES)
        self.assertEqual(daemon.stop(), 0, daemon.tail())

    def test_what_was_staged_comes_along_to_another_queue(self):
        """Killed between the commit and the first name, and started over a queue at another place: a bigger disk."""
        server = self.served()
        daemon = Daemon(self.folder / 'moved', {
            'fetch': {'connect_to': server.connect_to, 'robots': False},
            'schedule': {'page_retry': '1s', 'source_retry': '1s'},
        })
        daemon.add_plugin(paper.plugin('faults', HOST, [('rss', '/feed.xml')]))
        self.addCleanup(daemon.kill)
        old, new = daemon.spool, daemon.folder / 'bigger'
        self.assertIn(self.run_with('renameat2:signal=KILL:when=1+', daemon), {-9, 137})
        left = spool.staged(old)
        self.assertTrue(left, daemon.tail())
        daemon.settings['paths']['spool'] = str(new)
        # Not mounted, it seems.
        named = len(spool.names(old))
        old.rename(old.with_name('aside'))
        daemon.start()
        self.assertEqual(daemon.process.wait(20), 78, daemon.tail())
        daemon.process = None
        said = daemon.records(event='daemon.failed')[-1]['message']
        self.assertIn(f'{len(left) + named} committed articles', said)
        self.assertIn(f'{old}/tmp', said)
        old.with_name('aside').rename(old)
        daemon.spool = new
        with daemon:
            daemon.wait_queued(PAGES - named, 30)
        self.assertEqual(spool.staged(old), [])
        seen = collections.Counter(a['uri'] for a in daemon.queued() + spool.elements(old))
        self.assertEqual((len(seen), max(seen.values())), (PAGES, 1), daemon.tail())
