"""newswire-forward: from the queue into a stream of a real NATS server, each article once, through every kind of end."""
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from support import certificates, nats, programs, spool

PLUGIN = '''[publisher]
id = "loopback"
name = "Loopback"
url = "https://loopback.example.org/"
country = "gb"
language = "en"
zone = "Europe/London"
[[sources]]
kind = "rss"
url = "https://loopback.example.org/feed.xml"
'''


@unittest.skipIf(nats.needed(), nats.needed())
class Forward(unittest.TestCase):
    def setUp(self):
        # Below the project: the queue refuses file systems that cannot keep its promises, as /tmp may be.
        parent = programs.PROJECT / 'var'
        parent.mkdir(exist_ok=True)
        temporary = tempfile.TemporaryDirectory(prefix='forward-', dir=parent)
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.spool = self.folder / 'spool'
        (self.spool / 'tmp').mkdir(parents=True)
        (self.spool / 'bad').mkdir()
        (self.folder / 'plugins' / 'loopback').mkdir(parents=True)
        (self.folder / 'plugins' / 'loopback' / 'plugin.toml').write_text(PLUGIN)
        self.server = nats.Server(self.folder / 'nats')
        self.addCleanup(self.server.end)
        self.number, self.log, self.process, self.told = 0, self.folder / 'log', None, []
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.notify.close)
        self.notify.bind(str(self.folder / 'notify'))
        self.notify.setblocking(False)
        self.settings()

    # What the tests do

    def settings(self, more='', url=None):
        self.config = self.folder / 'newswire.toml'
        self.config.write_text(
            f'[paths]\nspool = "{self.spool}"\nplugins = ["{self.folder}/plugins"]\n[log]\ntarget = "plain"\nlevel = "debug"\n'
            f'[forward]\nurls = ["{url or self.server.url}"]\n{more}')

    def put(self, count=1, size=0, **more):
        """Elements made by hand as docs/queue.md says."""
        for _ in range(count):
            self.number += 1
            seconds = int(time.time())
            bucket = self.spool / f'{seconds - seconds % 60:08x}'
            bucket.mkdir(exist_ok=True)
            article = {'uri': f'urn:newswire:loopback:{self.number}', 'version': '1', 'title': 'x' * size,
                       'subjects': [{'rel': 'section', 'name': 'World / Asia'}], **more}
            line = json.dumps(article).encode()
            staged = self.spool / 'tmp' / str(self.number)
            staged.write_bytes(line + b'\n#sha256=' + hashlib.sha256(line).hexdigest().encode() + b'\n')
            os.rename(staged, bucket / f'{seconds:08x}{self.number:05x}0')

    def start(self, *wrapper, environment=None):
        log = open(self.log, 'ab')
        self.process = subprocess.Popen(
            [*wrapper, programs.program('newswire-forward'), '--config', self.config], stderr=log,
            env={**os.environ, 'NOTIFY_SOCKET': str(self.folder / 'notify'), **(environment or {})})
        log.close()
        self.addCleanup(self.reap, self.process)

    def reap(self, process):
        if process.poll() is None:
            process.kill()
            process.wait()

    def stop(self, seconds=8):
        began = time.monotonic()
        self.process.terminate()
        self.assertEqual(self.process.wait(30), 0, self.said())
        self.assertLess(time.monotonic() - began, seconds)
        self.assertEqual(self.claims(), [], 'what it held is given back')

    def kill(self):
        """kill -9, and its claims as old as they would be ten minutes later. How many there are."""
        self.process.kill()
        self.process.wait()
        return self.age()

    def age(self):
        claims = self.claims()
        for claim in claims:
            os.utime(claim, (time.time() - 700,) * 2)
        return len(claims)

    def claims(self):
        return list(self.spool.rglob('*.lck'))

    def said(self):
        return self.log.read_text() if self.log.exists() else ''

    def notified(self):
        while True:
            try:
                self.told += self.notify.recv(65536).decode().splitlines()
            except BlockingIOError:
                return self.told

    def wait(self, what, test, seconds=20, pause=0.05):
        end = time.monotonic() + seconds
        while not test():
            if time.monotonic() > end:
                self.fail(f'not within {seconds} s: {what}\n{self.said()[-3000:]}\n{self.notified()[-3:]}')
            time.sleep(pause)

    def wait_empty(self):
        self.wait('the queue is empty', lambda: not spool.names(self.spool) and not self.claims(), 30)

    def wait_said(self, text, seconds=20):
        self.wait(f'the log says {text}', lambda: text in self.said(), seconds)

    def create(self):
        done = programs.run('newswire-forward', '--config', self.config, '--create-stream')
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def client(self, **options):
        client = nats.Client(self.server.port, **options)
        self.addCleanup(client.close)
        return client

    def check_stream(self, wanted, **options):
        """Exactly the articles with these numbers, each once."""
        messages = self.client(**options).stream()
        ids = sorted(int(article['uri'].rpartition(':')[2]) for _, _, article in messages)
        wanted = sorted(wanted)
        twice = sorted({n for n in ids if ids.count(n) > 1})
        self.assertTrue(ids == wanted, f'lost {sorted(set(wanted) - set(ids))[:20]}, twice {twice[:20]}\n{self.said()[-2000:]}')
        return messages

    # The tests

    def test_every_article_is_in_the_stream_once(self):
        self.server.start()
        self.assertIn('made at', self.create())
        self.put(200)
        self.put(subjects=[])
        self.put(uri='urn:other:one.two', infoSources=[{'role': 'publisher', 'name': 'The *Other* Post.'}])
        self.start(environment={'WATCHDOG_USEC': '4000000'})
        self.wait_empty()
        messages = self.client().stream()
        subjects = [subject for subject, _, _ in messages]
        self.assertEqual(set(subjects[:200]), {'news.gb.loopback.world-asia'})
        self.assertEqual(subjects[200:], ['news.gb.loopback.none', 'news.none.the-other-post.world-asia'])
        ids = [identity for _, identity, _ in messages]
        self.assertEqual(ids[-2:], ['urn:newswire:loopback:201@1', 'urn:other:one.two@1'])
        self.assertTrue(ids[:-1] == [f'urn:newswire:loopback:{n + 1}@1' for n in range(201)], 'in the order of the queue')
        self.assertEqual(messages[0][2]['title'], '')
        # An article that comes while it waits, and the next version of one.
        self.put()
        self.put(uri='urn:newswire:loopback:1', version='2')
        self.wait_empty()
        self.assertEqual([m[1] for m in self.client().stream()][-2:], [f'urn:newswire:loopback:{self.number - 1}@1', 'urn:newswire:loopback:1@2'])
        self.wait('STATUS counts', lambda: any(
            line.startswith('STATUS=204 forwarded, 0 under way, to NEWS at nats://127.0.0.1') for line in self.notified()))
        self.wait('the watchdog is fed', lambda: 'WATCHDOG=1' in self.notified())
        self.stop(3)
        told = self.notified()
        self.assertTrue(told[0] == 'READY=1' and 'STOPPING=1' in told, told)

    def test_kills_at_random_moments(self):
        """Of the forwarder and of the server, in random order: nothing lost, nothing twice. NEWSWIRE_LONG=1 makes it 50 rounds."""
        self.server.start()
        self.create()
        rounds = 50 if os.environ.get('NEWSWIRE_LONG') else 7
        seed = int(os.environ.get('SEED', '9'))
        dice = random.Random(seed)
        halfway = 0
        for _ in range(rounds):
            self.put(max(0, 1500 - len(spool.names(self.spool))))
            logged = self.log.stat().st_size if self.log.exists() else 0
            self.start()
            # In any time set beforehand a fast machine empties the queue and a busy one has hardly started: most kills
            # count from the first article, the others from the start.
            if dice.random() < 0.7:
                self.wait('it forwards', lambda: b'loopback: news.gb.' in self.log.read_bytes()[logged:], pause=0.002)
                time.sleep(dice.uniform(0, 0.05))
            else:
                time.sleep(dice.uniform(0.05, 0.35))
            if dice.random() < 0.4:
                self.server.end(signal.SIGKILL)
                time.sleep(dice.uniform(0, 0.2))
                self.server.start()
                time.sleep(dice.uniform(0, 0.4))
            halfway += bool(self.kill())
        self.put(20)
        self.start()
        self.wait_empty()
        self.stop()
        self.check_stream(range(1, self.number + 1))
        self.assertGreater(halfway, 0, f'seed {seed}: the kills came while it worked')

    @unittest.skipIf(shutil.which('strace') is None, 'strace is missing; install strace')
    def test_killed_between_the_streams_acknowledgement_and_the_queues(self):
        self.server.start()
        self.create()
        self.put(40)
        # The when-th removal of a file ends the program before it happens: the first is that of an article. A later one
        # may be that of a claim, of which the first kill left some or none, behind its article.
        for when, least in ((1, 1), (8, 0)):
            self.start('strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=unlink,unlinkat', '-e',
                       f'inject=unlink,unlinkat:signal=KILL:when={when}')
            self.process.wait(30)
            stored = len(self.client().stream())
            removed = 40 - len(spool.names(self.spool))
            self.assertGreaterEqual(stored, removed + least, 'stored, and not removed')
            self.age()
        self.start()
        self.wait_empty()
        self.stop()
        self.check_stream(range(1, 41))

    def test_the_server_is_killed_and_comes_back(self):
        self.server.start()
        self.create()
        self.put(400, size=2000)
        self.start()
        for _ in range(3):
            self.wait('some are stored', lambda: 'loopback: news.gb.' in self.said())
            time.sleep(0.1)
            self.server.end(signal.SIGKILL)
            self.put(100, size=2000)
            time.sleep(0.3)
            self.server.start()
        self.wait_empty()
        self.stop()
        self.check_stream(range(1, 701))
        for line in self.said().splitlines():
            if line.startswith('<4>'):
                self.assertRegex(line, r'^<4>nats://127\.0\.0\.1:\d+: [A-Za-z ]+ → again in \d s$')
        self.assertIn('<4>', self.said())

    def test_a_server_that_is_away_at_the_start_is_waited_for(self):
        self.put(10)
        self.start()
        self.wait('it is ready without', lambda: 'READY=1' in self.notified())
        self.wait('STATUS says it', lambda: any('STATUS=waiting: nats://127.0.0.1' in line for line in self.notified()))
        time.sleep(0.5)
        self.assertEqual(self.claims(), [], 'nothing is claimed for nothing')
        self.server.start()
        # And now there is no stream.
        self.wait_said('there is no stream NEWS; make it: newswire-forward --create-stream, or: nats stream add NEWS')
        self.create()
        self.wait_empty()
        self.stop()
        self.check_stream(range(1, 11))

    def test_too_large_an_article_goes_to_bad_and_blocks_no_other(self):
        self.server.settings = 'max_payload: 10000'
        self.server.start()
        self.create()
        self.put(5)
        self.put(size=20_000)
        self.put(5)
        client = self.client()
        config = client.api('STREAM.INFO.NEWS')['config']
        client.api('STREAM.UPDATE.NEWS', {**config, 'max_msg_size': 5000})
        self.put(size=7000)
        self.put(version=2)
        self.put(5)
        self.start()
        self.wait_empty()
        self.stop()
        self.check_stream([*range(1, 6), *range(7, 12), *range(14, 19)])
        self.assertEqual(len(list((self.spool / 'bad').iterdir())), 3)
        for reason in ('larger than the 10000 bytes', 'message size exceeds maximum allowed', 'it has no version'):
            self.assertRegex(self.said(), rf'(?m)^<3>.*/[0-9a-f]{{14}} was moved to bad/: .*{reason}')

    def test_a_full_stream_is_waited_for(self):
        self.server.start()
        self.create()
        client = self.client()
        config = client.api('STREAM.INFO.NEWS')['config']
        client.api('STREAM.UPDATE.NEWS', {**config, 'max_msgs': 5})
        self.put(30)
        self.start()
        self.wait_said('<4>maximum messages exceeded')
        time.sleep(1)
        self.assertEqual(len(client.stream()), 5)
        client.api('STREAM.UPDATE.NEWS', {**config, 'max_msgs': -1})
        self.wait_empty()
        self.wait_said('takes articles again')
        self.stop()
        self.check_stream(range(1, 31))

    def test_a_stop_with_a_server_that_is_silent_gives_everything_back(self):
        self.server.start()
        self.create()
        self.start()
        self.wait_said('connected to')
        self.server.freeze()
        self.put(50)
        self.wait('all are claimed', lambda: len(self.claims()) == 50)
        self.stop(6)
        self.server.thaw()
        self.assertEqual(len(spool.names(self.spool)), 50)
        # The server may have stored them meanwhile; it knows them again.
        self.start()
        self.wait_empty()
        self.stop()
        self.check_stream(range(1, 51))

    def test_tls_and_a_login(self):
        ca, (certificate, key) = certificates.make(self.folder / 'tls', ['localhost'])
        other, _ = certificates.make(self.folder / 'other', ['localhost'])
        self.server.settings = (
            f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}\nauthorization {{ user: wire, password: hunter2 }}')
        self.server.start()
        folder = self.folder / 'credentials'
        folder.mkdir()
        login = folder / 'nats'
        login.touch(0o600)
        environment = {'CREDENTIALS_DIRECTORY': str(folder)}
        self.put(10)
        for text, authority, host, reason in (
                ('wire:wrong', ca, 'localhost', 'Authorization Violation'), ('wire:hunter2', other, 'localhost', 'certificate'),
                ('wire:hunter2', ca, '127.0.0.1', 'certificate')):
            login.write_text(text + '\n')
            url = f'tls://{host}:{self.server.port}'
            self.settings(f'credential = "nats"\nca_file = "{authority}"\n', url)
            self.log.write_text('')
            self.start(environment=environment)
            self.wait_said('<3>')
            self.assertRegex(self.said(), rf'(?im)^<3>tls://.*{reason}')
            self.assertEqual(self.claims(), [])
            self.stop()
            self.assertNotRegex(self.said(), text.partition(':')[2])
        self.settings(f'credential = "nats"\nca_file = "{ca}"\n', f'tls://localhost:{self.server.port}')
        done = programs.run('newswire-forward', '--config', self.config, '--create-stream', env={**os.environ, **environment})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.start(environment=environment)
        self.wait_empty()
        self.stop()
        self.check_stream(range(1, 11), ca=ca, user='wire', **{'pass': 'hunter2'})
        self.assertNotIn('hunter2', self.said() + ''.join(self.notified()))

    def test_a_permission_that_is_missing_is_told_and_loses_nothing(self):
        self.server.settings = (
            'authorization { users = [ { user: wire, password: word, permissions: { publish: { deny: "news.>" } } } ] }')
        self.server.start()
        self.settings('credential = "nats"\n')
        (self.folder / 'nats-login').mkdir()
        login = self.folder / 'nats-login' / 'nats'
        login.touch(0o600)
        login.write_text('wire:word\n')
        environment = {'CREDENTIALS_DIRECTORY': str(login.parent)}
        done = programs.run('newswire-forward', '--config', self.config, '--create-stream', env={**os.environ, **environment})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.put(3)
        self.start(environment=environment)
        self.wait_said('Permissions Violation for Publish')
        self.stop(6)
        self.assertEqual(self.said().count('Permissions Violation'), 1, 'once, not for every article')
        self.assertEqual(len(spool.names(self.spool)), 3)

    def test_mistakes_are_told_before_anything_starts(self):
        def check(*arguments):
            done = programs.run('newswire-forward', '--config', self.config, *arguments)
            return done.returncode, (done.stdout + done.stderr).decode()
        self.assertEqual(check('--check'), (0, f'{self.config}: settings are good\n'))
        self.config.write_text('[forward]\n')
        self.assertEqual(check('--check')[0], 78)
        self.assertIn('forward.urls is not set', check('--check')[1])
        self.config.write_text('[forward]\nurls = ["nats://wire:hunter2@localhost"]\nstrem = "X"\n')
        status, said = check()
        self.assertEqual(status, 78)
        self.assertRegex(said, r'newswire\.toml:2:9: .*holds no user')
        self.assertRegex(said, r'newswire\.toml:3:1: unknown key forward\.strem; did you mean stream\?')
        self.assertNotIn('hunter2', said)
        self.settings('credential = "absent"\n')
        self.assertRegex(check()[1], 'forward.credential: .*LoadCredential=absent:')
        self.settings()
        status, said = check('--create-stream')
        self.assertEqual((status, 'nats://127.0.0.1' in said), (69, True), said)
        shutil.rmtree(self.spool)
        status, said = check()
        self.assertEqual((status, 'newswired' in said), (78, True), said)

    def test_a_server_without_jetstream_and_a_stream_of_other_subjects(self):
        plain = nats.Server(self.folder / 'plain', jetstream=False).start()
        self.addCleanup(plain.end)
        self.settings(url=plain.url)
        self.start()
        self.wait_said('the server has no JetStream for us')
        self.stop()
        self.server.start()
        self.settings()
        self.client().api('STREAM.CREATE.NEWS', {'name': 'NEWS', 'subjects': ['news.de.>'], 'storage': 'file'})
        self.put()
        self.start()
        self.wait_said("listens to news.de.>; it must listen to 'news.>': nats stream edit NEWS --subjects 'news.>'")
        self.stop()
        self.assertEqual(len(spool.names(self.spool)), 1)


if __name__ == '__main__':
    unittest.main()
