"""The state on a PostgreSQL server, as a person meets it: moved there, looked after there."""
import pathlib
import tempfile
import unittest

from support import feeds, paper, programs
from support.daemon import Daemon
from support.database import Database
from support.scripted import Answer, Scripted

HOST = 'www.moved.example'


class StateOnAServer(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.database = Database()
        self.database.__enter__()
        self.addCleanup(self.database.__exit__)
        self.word = self.folder / 'word'
        self.word.write_text(self.database.password + '\n')
        self.config = self.folder / 'newswire.toml'
        self.credentials = self.folder / 'credentials'
        self.credentials.mkdir()
        self.configure(self.database.password)

    def configure(self, password):
        (self.credentials / 'postgres').write_text(password + '\n')
        (self.credentials / 'postgres').chmod(0o600)
        self.config.write_text(
            f'[paths]\nstate = "{self.folder}/none"\ncredentials = "{self.credentials}"\n'
            f'[state]\nurl = "{self.database.url}"\ncredential = "postgres"\n[fleet]\nnode = "a"\n')

    def state(self, *arguments):
        done = programs.run('newswirectl', 'state', *arguments)
        for text in (done.stdout, done.stderr):
            self.assertNotIn(self.database.password.encode(), text)
            self.assertNotIn(f'{self.database.user}@'.encode(), text)
        return done

    def with_server(self, *arguments):
        return self.state(*arguments[:1], '--config', self.config, *arguments[1:])

    def filled(self):
        """A daemon that has published thirty articles and was stopped."""
        server = Scripted()
        server.__enter__()
        self.addCleanup(server.__exit__)
        entries = [paper.entry(HOST, number) for number in range(1, 31)]
        server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, entries)))
        for entry in entries:
            server.answer(HOST, entry['url'].partition(HOST)[2], Answer(body=paper.page(entry), kind='text/html'))
        daemon = Daemon(self.folder / 'daemon', {'fetch': {'connect_to': server.connect_to, 'robots': False}})
        self.addCleanup(daemon.kill)
        daemon.add_plugin(paper.plugin('moved', HOST, [('rss', '/feed.xml')]))
        with daemon:
            daemon.wait_queued(30)
            self.assertEqual(
                self.state('move', '--state', daemon.state, '--to', self.database.url, '--password-file', self.word).returncode,
                75, 'beside a daemon')
        return daemon

    def test_a_state_moves_and_is_looked_after_there(self):
        daemon = self.filled()
        done = self.with_server('check')
        self.assertEqual(done.returncode, 73, done.stderr)
        self.assertIn(b'state move', done.stderr)

        self.word.write_text('wrong-tea\n')
        move = 'move', '--state', daemon.state, '--to', self.database.url, '--node', 'a', '--password-file', self.word
        done = self.state(*move)
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertNotIn(b'wrong-tea', done.stderr)
        self.assertTrue((daemon.state / 'newswire.db').exists())

        self.word.write_text(self.database.password + '\n')
        done = self.state(*move)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b'articles: 30\n', done.stdout)
        self.assertFalse((daemon.state / 'newswire.db').exists())
        self.assertTrue((daemon.state / 'newswire.db.moved').exists())
        count = self.database.query("SELECT count(*) FROM newswire.outboxes WHERE node = 'a'", 'newswire')
        self.assertEqual(count, '30')

        # Not by mistake, neither by the daemon nor by hand.
        daemon.start()
        self.assertEqual(daemon.process.wait(20), 73)
        daemon.process = None
        self.assertIn('[state] url', daemon.records(event='daemon.failed')[-1]['message'])
        self.assertIn(b'moved', self.state('check', '--state', daemon.state).stderr)
        (daemon.state / 'newswire.db.moved').rename(daemon.state / 'newswire.db')
        done = self.state(*move)
        self.assertEqual(done.returncode, 73, done.stderr)
        self.assertIn(b'there is state already', done.stderr)

        self.assertEqual(self.with_server('check').returncode, 0)
        done = self.with_server('backup', self.folder / 'copy')
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn(b'pg_dump', done.stderr)
        self.assertEqual(self.with_server('vacuum').returncode, 0)
        done = self.with_server('forget', 'moved')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b'30 items', done.stdout)
        self.database.query(
            "INSERT INTO newswire.nodes (name, instance, expires_at) VALUES ('b', '1', now() + interval '1 hour')", 'newswire')
        done = self.with_server('forget', 'moved')
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIn(b'alive: b.', done.stderr)

    def test_a_server_that_refuses_or_is_away_is_told_apart(self):
        self.configure('wrong-tea')
        done = self.with_server('check')
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertNotIn(b'wrong-tea', done.stderr)
        self.database.process.send_signal(3)
        self.database.process.wait(10)
        self.assertEqual(self.with_server('check').returncode, 75)
        self.config.write_text('[state]\nurl = "postgresql://me:hunter2@db/newswire"\n')
        done = self.with_server('check')
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertNotIn(b'hunter2', done.stderr)
        self.assertIn(f'{self.config}:2:7'.encode(), done.stderr)


if __name__ == '__main__':
    unittest.main()
