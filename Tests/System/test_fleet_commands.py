"""`newswirectl fleet` and `newswirectl drain` where there is no fleet to be asked: what is wrong, and what to do."""
import pathlib
import tempfile
import unittest

from support.programs import run

# (settings, exit status, words)
CASES = {
    'no fleet': ('', 78, r'\[state\] url is not set'),
    'nobody listens': ('[state]\nurl = "postgresql://127.0.0.1:1/newswire"\n', 75, r'127\.0\.0\.1:1/newswire.*check that the server'),
    'a password in the address': ('[state]\nurl = "postgresql://u:geheim@127.0.0.1:1/newswire"\n', 78, r'password.*credential'),
    'no address': ('[state]\nurl = "mysql://127.0.0.1/newswire"\n', 78, r'postgresql://'),
    'not TOML': ('[state\n', 78, r'\.toml:1:'),
}


class FleetCommands(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.config = pathlib.Path(temporary.name) / 'newswire.toml'

    def test_what_is_wrong_is_said(self):
        for name, (settings, status, words) in CASES.items():
            for verb in (['fleet'], ['fleet', '--groups', '--json'], ['drain', 'a', '--wait']):
                with self.subTest(f'{name}: {verb[0]}'):
                    self.config.write_text(settings)
                    done = run('newswirectl', *verb, '--config', self.config)
                    said = done.stderr.decode()
                    self.assertEqual(done.returncode, status, said)
                    self.assertRegex(said, words)
                    self.assertNotIn('geheim', said)
                    self.assertEqual(done.stdout, b'')

    def test_a_settings_file_that_is_not_there(self):
        done = run('newswirectl', 'fleet', '--config', self.config)
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn(str(self.config).encode(), done.stderr)

    def test_words_that_do_not_fit(self):
        for words in (['drain'], ['drain', 'a', '--undo', '--wait'], ['drain', 'a', '--wait', '--timeout', '0']):
            with self.subTest(' '.join(words)):
                self.assertEqual(run('newswirectl', *words, '--config', self.config).returncode, 64)
