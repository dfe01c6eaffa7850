"""The consumers that docs/queue.md shows: each takes what is there, and the page shows them as they are."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from support import programs, spool

EXAMPLES = programs.PROJECT / 'docs' / 'examples'
PYTHON = '/usr/bin/python3'


def lacks(*modules):
    done = subprocess.run([PYTHON, '-c', 'import ' + ', '.join(modules)], capture_output=True)
    return None if done.returncode == 0 else f'{", ".join(modules)} is not installed'


class Examples(unittest.TestCase):
    def setUp(self):
        parent = programs.PROJECT / 'var'
        parent.mkdir(exist_ok=True)
        temporary = tempfile.TemporaryDirectory(prefix='examples-', dir=parent)
        self.addCleanup(temporary.cleanup)
        self.spool = pathlib.Path(temporary.name) / 'spool'
        for name in ('tmp', 'bad'):
            (self.spool / name).mkdir(parents=True)
        seconds = int(time.time())
        bucket = self.spool / f'{seconds - seconds % 60:08x}'
        bucket.mkdir()
        self.wanted = []
        for number in range(1, 6):
            article = json.dumps({'uri': f'urn:test:{number}', 'version': str(number), 'title': f'Story {number}'}).encode()
            staged = self.spool / 'tmp' / str(number)
            staged.write_bytes(article + b'\n#sha256=' + hashlib.sha256(article).hexdigest().encode() + b'\n')
            os.rename(staged, bucket / f'{seconds:08x}{number:05x}0')
            self.wanted.append(f'{number} Story {number}')

    def damage(self, number):
        """Changes an element; how it is called in bad/."""
        name = spool.names(self.spool)[number - 1]
        path = self.spool / name
        path.write_bytes(path.read_bytes().replace(b'Story', b'Glory'))
        return name.partition('/')[2]

    def check_damaged(self, *command):
        """Two damaged elements, one of them torn: neither is printed nor removed, and the others come."""
        damaged = [self.damage(1), self.damage(3)]
        torn = self.spool / spool.names(self.spool)[2]
        torn.write_bytes(torn.read_bytes()[:20])
        self.wanted = [self.wanted[number] for number in (1, 3, 4)]
        self.check(*command, count=3)
        self.assertEqual(sorted(path.name for path in (self.spool / 'bad').iterdir()), damaged)

    def check(self, *command, count=5):
        # One of them is held by a consumer that died, with a claim that is old enough to be freed.
        held = self.spool / spool.names(self.spool)[1]
        os.link(held, f'{held}.lck')
        os.utime(held, (time.time() - 660,) * 2)
        path = f'{programs.folder}:{os.environ["PATH"]}'
        done = subprocess.run(
            [*command, str(self.spool), str(count)], capture_output=True, text=True, timeout=30, env={**os.environ, 'PATH': path})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.splitlines(), self.wanted)
        self.assertEqual(spool.names(self.spool), [])
        self.assertEqual(list(self.spool.rglob('*.lck')), [])

    @unittest.skipUnless(shutil.which('jq'), 'jq is not installed')
    def test_shell(self):
        self.check('sh', str(EXAMPLES / 'consume.sh'))

    @unittest.skipUnless(shutil.which('jq'), 'jq is not installed')
    def test_shell_and_damage(self):
        self.check_damaged('sh', str(EXAMPLES / 'consume.sh'))

    @unittest.skipIf(lacks('dirq.QueueSimple'), lacks('dirq.QueueSimple'))
    def test_python_dirq(self):
        self.check(PYTHON, str(EXAMPLES / 'consume.py'))

    @unittest.skipIf(lacks('dirq.QueueSimple'), lacks('dirq.QueueSimple'))
    def test_python_dirq_and_damage(self):
        self.check_damaged(PYTHON, str(EXAMPLES / 'consume.py'))

    def test_swift(self):
        self.check(programs.program('example-consumer'))

    def test_swift_and_damage(self):
        self.check_damaged(programs.program('example-consumer'))

    def test_the_lines_of_the_help(self):
        told = programs.run('newswirectl', 'help', 'queue').stdout.decode()
        lines = told.partition('EXAMPLE: take one article')[2].partition('\n')[2].partition('A pipe')[0]
        self.assertIn('queue ack', lines)
        damaged = self.damage(2)
        script = ('newswirectl() { "$PROGRAM" "$@" --spool "$SPOOL"; }\nmy-program() { cat; }\n' + lines).replace(
            'my-program', 'my_program')
        environment = {**os.environ, 'PROGRAM': programs.program('newswirectl'), 'SPOOL': str(self.spool)}
        for status in (0, 65):
            done = subprocess.run(['sh', '-c', script], capture_output=True, timeout=30, env=environment, cwd=self.spool.parent)
            self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(len(spool.names(self.spool)), 4)
        self.assertIn(damaged, [name.partition('/')[2] for name in spool.names(self.spool)])

    def test_the_page_shows_what_runs(self):
        page = (programs.PROJECT / 'docs' / 'queue.md').read_text('utf-8')
        for file in ('consume.sh', 'consume.py', 'swift/main.swift'):
            text = (EXAMPLES / file).read_text('utf-8').rstrip('\n')
            self.assertIn('\n' + text + '\n', page, f'docs/examples/{file} differs from what docs/queue.md shows')


if __name__ == '__main__':
    unittest.main()
