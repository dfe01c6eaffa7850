"""The state database in trouble: damaged, of a newer program, in a place where nothing may be written, in use twice. The
right exit status and a message that says what to do; nothing is thrown away."""
import os
import pathlib
import resource
import sqlite3
import subprocess
import tempfile
import time
import unittest

from support import feeds, images, paper, programs, spool
from support.daemon import Daemon, toml
from support.scripted import Answer, Scripted

HOST = 'www.state.example'


class State(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.server = Scripted()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        entries = [paper.entry(HOST, number) for number in range(1, 31)]
        self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, entries)))
        for entry in entries:
            self.server.answer(HOST, entry['url'].partition(HOST)[2], Answer(body=paper.page(entry), kind='text/html'))
        self.daemon = Daemon(
            self.folder / 'daemon', {'fetch': {'connect_to': self.server.connect_to, 'robots': False}})
        self.daemon.add_plugin(paper.plugin('state', HOST, [('rss', '/feed.xml')]))
        self.addCleanup(self.daemon.kill)
        self.database = self.daemon.state / 'newswire.db'

    def filled(self):
        with self.daemon:
            self.daemon.wait_queued(30)

    def ended(self):
        """Starts the daemon, which must end by itself: its status, and the last thing it said."""
        self.daemon.start()
        status = self.daemon.process.wait(20)
        self.daemon.process = None
        said = self.daemon.records(event='daemon.failed')
        self.assertTrue(said, self.daemon.tail())
        return status, said[-1]['message']

    def state(self, *arguments):
        return programs.run('newswirectl', 'state', *arguments[:1], '--state', self.daemon.state, *arguments[1:])

    def damage(self):
        data = bytearray(self.database.read_bytes())
        for at in range(8 * 4096, len(data) - 4096, 3 * 4096):
            data[at:at + 4096] = b'\x5a' * 4096
        self.database.write_bytes(data)
        return bytes(data)

    def test_a_damaged_database_ends_with_65_and_says_what_to_do(self):
        self.filled()
        damaged = self.damage()
        status, message = self.ended()
        self.assertEqual(status, 65)
        self.assertIn(str(self.database), message)
        self.assertIn('backup', message)
        self.assertEqual(self.database.read_bytes(), damaged, 'a damaged file is evidence: nothing is written to it')
        done = self.state('check')
        self.assertEqual(done.returncode, 65, done.stdout)
        self.assertIn(b'backup', done.stderr)

    def test_a_backup_takes_over(self):
        self.filled()
        copy = self.folder / 'copy.db'
        self.assertEqual(self.state('backup', copy).returncode, 0)
        self.damage()
        for suffix in ('', '-wal', '-shm'):
            pathlib.Path(f'{self.database}{suffix}').unlink(missing_ok=True)
        copy.rename(self.database)
        with self.daemon:
            self.daemon.ctl('fetch', 'state', '--wait')
            self.assertEqual(len(self.daemon.queued()), 30, 'articles of before the backup came again')
        self.assertEqual(self.state('check').returncode, 0)

    def test_backup_and_check_beside_the_daemon(self):
        with self.daemon:
            self.daemon.wait_queued(30)
            self.assertEqual(self.state('check').returncode, 0)
            self.assertEqual(self.state('backup', self.folder / 'copy.db').returncode, 0)
            for verb in (['vacuum'], ['forget', 'state']):
                done = self.state(*verb)
                self.assertEqual(done.returncode, 75, done.stderr)
                self.assertIn(str(self.daemon.process.pid).encode(), done.stderr)
        with sqlite3.connect(self.folder / 'copy.db') as copy:
            self.assertEqual(copy.execute('SELECT count(*) FROM articles').fetchone(), (30,))
        self.assertEqual(self.state('vacuum').returncode, 0)
        self.assertEqual(self.state('check').returncode, 0)

    def test_a_newer_database_is_left_alone(self):
        self.filled()
        with sqlite3.connect(self.database) as database:
            database.execute('PRAGMA user_version = 999')
        status, message = self.ended()
        self.assertEqual(status, 78)
        self.assertIn('999', message)

    def test_two_daemons_cannot_share_a_state(self):
        with self.daemon:
            self.daemon.wait_ready()
            second = subprocess.run(
                [programs.program('newswired'), '--config', str(self.daemon.config), '--socket', str(self.folder / 's2')],
                capture_output=True, timeout=20)
            self.assertEqual(second.returncode, 75, second.stderr)
            self.assertIn(f'process {self.daemon.process.pid}'.encode(), second.stderr)

    def test_two_daemons_cannot_share_a_queue(self):
        """Each with a state directory of its own. The second must not touch what the first has staged."""
        self.daemon.settings['log']['level'] = 'info'
        with self.daemon:
            self.daemon.wait('the lock', lambda: (self.daemon.spool / 'bad').exists())
            for number in range(6):
                second = subprocess.run(
                    [programs.program('newswired'), '--config', self.daemon.config, '--state', self.folder / 'other',
                     '--socket', self.folder / 's2'], capture_output=True, timeout=20)
                self.assertEqual(second.returncode, 75, second.stderr)
                self.assertIn(f'process {self.daemon.process.pid}'.encode(), second.stderr)
                self.assertIn(str(self.daemon.spool).encode(), second.stderr)
            self.daemon.wait_queued(30)
        titles = [article['title'] for article in self.daemon.queued()]
        self.assertEqual(len(set(titles)), 30, 'none lost, none twice')
        self.assertEqual(len(titles), 30)

    def test_a_backup_onto_the_database_is_refused(self):
        with self.daemon:
            self.daemon.wait_queued(30)
            link = self.folder / 'link.db'
            link.symlink_to(self.database)
            for target in (self.database, f'{self.database}-wal', f'{self.database}-shm', link, self.daemon.state / 'lock'):
                done = self.state('backup', target)
                self.assertEqual(done.returncode, 73, done.stderr)
                self.assertIn(b'of the database itself', done.stderr)
            held = [os.readlink(path) for path in pathlib.Path(f'/proc/{self.daemon.process.pid}/fd').iterdir()]
            self.assertIn(str(self.database.resolve()), held, 'the daemon still writes into the file of that name')

    def test_a_backup_without_a_name_is_a_mistake_of_the_command_line(self):
        self.filled()
        done = self.state('backup', '')
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn(b'Name the file', done.stderr)
        done = self.state('backup', self.folder)
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn(b'is a folder: name the file', done.stderr)

    def test_a_damaged_database_replaces_no_backup(self):
        self.filled()
        copy = self.folder / 'copy.db'
        before = os.umask(0o022)
        self.addCleanup(os.umask, before)
        self.assertEqual(self.state('backup', copy).returncode, 0)
        self.assertEqual(copy.stat().st_mode & 0o777, self.database.stat().st_mode & 0o777 & ~0o022)
        good = copy.read_bytes()
        with sqlite3.connect(self.database) as database:
            # A page that nothing reads when the database is opened.
            page, = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'articles'").fetchone()
            database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        database.close()
        with self.database.open('r+b') as file:
            file.seek((page - 1) * 4096)
            file.write(b'\x5a' * 4096)
        done = self.state('backup', copy)
        self.assertEqual(done.returncode, 65, done.stdout)
        self.assertIn(str(self.database).encode(), done.stderr)
        self.assertEqual(copy.read_bytes(), good)
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.startswith('copy.db')], ['copy.db'])

    def test_an_empty_database_is_told_of(self):
        self.filled()
        for suffix in ('-wal', '-shm'):
            pathlib.Path(f'{self.database}{suffix}').unlink(missing_ok=True)
        self.database.write_bytes(b'')
        with self.daemon:
            said = self.daemon.wait('the warning', lambda: self.daemon.records(event='store.error'))
        self.assertEqual([record['level'] for record in said], ['warning'])
        self.assertIn('empty', said[0]['message'])
        self.assertIn(str(self.database), said[0]['message'])

    def test_a_state_older_than_the_queue_is_told_of(self):
        self.filled()
        for path in self.daemon.state.glob('newswire.db*'):
            path.unlink()
        newest = spool.names(self.daemon.spool)[-1]
        with self.daemon:
            said = self.daemon.wait('the warning', lambda: self.daemon.records(event='store.error'))
        self.assertEqual([record['level'] for record in said], ['warning'])
        self.assertIn('older than the queue', said[0]['message'])
        self.assertIn(newest, said[0]['message'])

    def test_a_copy_without_its_log_is_no_sound_state(self):
        """As `cp` makes it beside the service: the tables are in the log yet."""
        with self.daemon:
            self.daemon.wait_queued(30)
            copy = self.folder / 'copy'
            copy.mkdir()
            (copy / 'newswire.db').write_bytes(self.database.read_bytes())
            self.assertEqual(self.state('check').returncode, 0)
        done = programs.run('newswirectl', 'state', 'check', '--state', copy)
        self.assertEqual(done.returncode, 65, done.stdout)
        self.assertIn(b'is empty', done.stderr)

    def test_a_queue_that_is_moved_away_ends_the_daemon(self):
        """What is published from then on would lie where nobody looks."""
        self.daemon.start()
        self.daemon.wait_queued(30)
        self.daemon.spool.rename(self.folder / 'old')
        self.daemon.spool.mkdir()
        time.sleep(5)  # as old as the queue's count may be
        self.daemon.ctl('fetch', 'state')
        self.assertEqual(self.daemon.process.wait(20), 74, self.daemon.tail())
        self.daemon.process = None
        self.assertIn('removed, renamed or mounted over', self.daemon.records(event='daemon.failed')[-1]['message'])
        with self.daemon:
            self.daemon.wait('it runs again', lambda: len(self.daemon.records(event='daemon.ready')) == 2)

    def test_a_state_that_is_moved_away_ends_the_daemon(self):
        """What it remembers from then on nobody would find, and everything would come again."""
        for start, name in enumerate(('replaced', 'removed'), 1):
            with self.subTest(name):
                self.daemon.start()
                self.daemon.wait('ready', lambda: len(self.daemon.records(event='daemon.ready')) == start)
                self.daemon.wait_queued(30)
                for file in self.daemon.state.glob('newswire.db*'):
                    file.rename(self.folder / f'{name}-{file.name}')
                if name == 'replaced':
                    self.database.write_bytes(b'')
                self.daemon.ctl('fetch', 'state')
                self.assertEqual(self.daemon.process.wait(20), 74, self.daemon.tail())
                self.daemon.process = None
                self.assertIn('removed, renamed or replaced', self.daemon.records(event='daemon.failed')[-1]['message'])

    def test_a_folder_in_tmp_is_left_alone(self):
        foreign = self.daemon.spool / 'tmp' / 'foreign'
        foreign.mkdir(parents=True)
        self.filled()
        self.assertTrue(foreign.is_dir())
        said = self.daemon.records(event='queue.error')
        self.assertEqual([record['level'] for record in said], ['warning'])
        self.assertIn('tmp/foreign is a directory', said[0]['message'])

    def test_too_few_open_files_are_named(self):
        self.daemon.config.write_text(toml(self.daemon.settings))
        for limit in (9, 12, 20, 22, 63):
            done = programs.run(
                'newswired', '--config', self.daemon.config, timeout=20,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
            self.assertEqual(done.returncode, 71, done.stderr)
            self.assertIn(b'LimitNOFILE=', done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, 'becoming another user needs root')
    def test_what_may_not_be_read_is_no_absent_database(self):
        self.filled()
        self.folder.chmod(0o755)
        for place in (self.database, self.daemon.state):
            mode = place.stat().st_mode & 0o777
            place.chmod(0o700)
            for verb in (['check'], ['backup', '/tmp/never.db']):
                done = programs.run('newswirectl', 'state', *verb, '--state', self.daemon.state, user=65534, group=65534,
                                    extra_groups=[])
                self.assertEqual(done.returncode, 77, done.stderr)
                self.assertIn(b'sudo -u newswire', done.stderr)
            place.chmod(mode)

    @unittest.skipUnless(os.geteuid() == 0, 'becoming another user needs root')
    def test_the_file_that_may_not_be_written_is_named(self):
        self.filled()
        self.folder.chmod(0o755)
        self.daemon.folder.chmod(0o755)
        shared = pathlib.Path(f'{self.database}-shm')
        shared.write_bytes(bytes(32768))  # an empty one SQLite puts right itself
        for path in [self.daemon.state, *self.daemon.state.iterdir()]:
            os.chown(path, 65534, 65534)
        for path in (shared, self.database):
            mode = path.stat().st_mode & 0o777
            path.chmod(0o440)
            done = programs.run('newswirectl', 'state', 'vacuum', '--state', self.daemon.state, user=65534, group=65534,
                                extra_groups=[])
            self.assertEqual(done.returncode, 73, done.stderr)
            self.assertIn(f'{path} may not be written'.encode(), done.stderr)
            path.chmod(mode)

    def test_a_place_for_the_queue_is_made_or_refused(self):
        deep = self.folder / 'deep' / 'down' / 'spool'
        self.daemon.settings['paths']['spool'] = str(deep)
        self.daemon.spool = deep
        self.filled()
        file = self.folder / 'file'
        file.touch()
        for place in (file, file / 'spool'):
            self.daemon.settings['paths']['spool'] = str(place)
            status, message = self.ended()
            self.assertEqual(status, 78, message)
            self.assertIn(str(file), message)

    @unittest.skipUnless(os.geteuid() == 0, 'becoming another user needs root')
    def test_a_queue_that_may_not_be_written_ends_the_start(self):
        self.folder.chmod(0o755)
        place = self.folder / 'own'
        (place / 'spool' / 'tmp').mkdir(parents=True)
        (place / 'spool' / 'bad').mkdir()
        self.daemon.config.write_text(
            f'[paths]\nstate = "{place}/state"\nspool = "{place}/spool"\nplugins = ["{self.daemon.plugins}"]\n'
            f'socket = "{place}/s"\n[log]\nfile = ""\n')
        for path in (place, *place.rglob('*')):
            os.chown(path, 65534, 65534)
        (place / 'spool').chmod(0o550)
        done = programs.run('newswired', '--config', self.daemon.config, user=65534, group=65534, extra_groups=[], timeout=20)
        self.assertEqual(done.returncode, 77, done.stderr)
        self.assertIn(f'{place}/spool'.encode(), done.stderr)
        self.assertIn(b"newswired's user must own", done.stderr)

    def test_a_floor_that_no_disk_has_is_a_pause(self):
        self.daemon.settings['queue'] = {'min_free_bytes': 2**63 - 1}
        with self.daemon:
            self.daemon.wait_ready()
            self.daemon.wait('the pause', lambda: self.daemon.records(event='queue.paused'))

    @unittest.skipIf(images.needed('ext4'), images.needed('ext4'))
    def test_a_read_only_place(self):
        self.filled()
        image, place = images.make('ext4', self.folder / 'state.img'), self.folder / 'mnt'
        with images.mounted('ext4', image, place):
            for path in self.daemon.state.iterdir():
                if path.name.startswith('newswire.db'):
                    (place / path.name).write_bytes(path.read_bytes())
        with images.mounted('ext4', image, place, ',ro'):
            self.daemon.settings['paths']['state'] = str(place)
            status, message = self.ended()
            self.assertEqual(status, 73, message)
            self.assertIn('Read-only', message)
            self.assertIn(str(place), message)
            # Looking at it works all the same.
            done = programs.run('newswirectl', 'state', 'check', '--state', place)
            self.assertEqual(done.returncode, 0, done.stderr)
            done = programs.run('newswirectl', 'state', 'backup', '--state', place, self.folder / 'copy.db')
            self.assertEqual(done.returncode, 0, done.stderr)
            done = programs.run('newswirectl', 'state', 'vacuum', '--state', place)
            self.assertEqual(done.returncode, 73, done.stderr)
        with sqlite3.connect(self.folder / 'copy.db') as copy:
            self.assertEqual(copy.execute('SELECT count(*) FROM articles').fetchone(), (30,))

    @unittest.skipIf(images.needed('ext4'), images.needed('ext4'))
    def test_a_read_only_spool(self):
        image, place = images.make('ext4', self.folder / 'spool.img'), self.folder / 'mnt'
        with images.mounted('ext4', image, place, ',ro'):
            self.daemon.settings['paths']['spool'] = str(place / 'spool')
            status, message = self.ended()
            self.assertEqual(status, 77, message)
            self.assertIn('Read-only', message)

    @unittest.skipUnless(os.geteuid() == 0, 'mounting needs root')
    def test_an_overlay_spool_is_refused_unless_asked_for(self):
        layers = [self.folder / name for name in ('lower', 'upper', 'work', 'merged')]
        for layer in layers:
            layer.mkdir()
        lower, upper, work, merged = map(str, layers)
        mounted = subprocess.run(
            ['mount', '-t', 'overlay', 'overlay', '-o', f'lowerdir={lower},upperdir={upper},workdir={work}', merged],
            capture_output=True)
        if mounted.returncode:
            self.skipTest('no overlay can be mounted here')
        try:
            self.daemon.settings['paths']['spool'] = str(self.folder / 'merged' / 'spool')
            self.daemon.spool = self.folder / 'merged' / 'spool'
            status, message = self.ended()
            self.assertEqual(status, 78, message)
            self.assertIn('overlay', message)
            self.daemon.settings['queue'] = {'any_file_system': True}
            with self.daemon:
                self.daemon.wait_queued(30)
        finally:
            subprocess.run(['umount', merged], check=True)


if __name__ == '__main__':
    unittest.main()
