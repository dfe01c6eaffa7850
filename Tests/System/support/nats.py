"""A NATS server of the test's own, with JetStream, and just enough of a client to look into its streams."""
import base64
import json
import pathlib
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import time

PROGRAM = shutil.which('nats-server') or shutil.which('nats-server', path='/usr/sbin')


def needed():
    """None, or why no server can be started here."""
    return None if PROGRAM else 'nats-server is missing; install nats-server'


class Server:
    """`settings` is text of nats-server's own configuration."""

    def __init__(self, folder, settings='', jetstream=True):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            self.port = free.getsockname()[1]
        self.config = self.folder / 'nats.conf'
        self.settings, self.jetstream = settings, jetstream
        self.process = None

    @property
    def url(self):
        return f'nats://127.0.0.1:{self.port}'

    def start(self):
        store = f'jetstream {{ store_dir: "{self.folder}/store" }}\n' if self.jetstream else ''
        self.config.write_text(f'listen: "127.0.0.1:{self.port}"\n{store}{self.settings}\n')
        log = open(self.folder / 'nats.log', 'wb')
        self.process = subprocess.Popen([PROGRAM, '-c', self.config], stdout=log, stderr=log)
        log.close()
        end = time.monotonic() + 20
        while b'Server is ready' not in (self.folder / 'nats.log').read_bytes():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError('nats-server: ' + (self.folder / 'nats.log').read_text()[-800:])
            time.sleep(0.02)
        return self

    def end(self, number=signal.SIGKILL):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
            self.process.wait(20)

    def freeze(self):
        """Returns when every thread stands still: a signal alone lets busy ones answer for a while."""
        self.process.send_signal(signal.SIGSTOP)
        end = time.monotonic() + 20
        while any(state not in 'Tt' for state in self.threads()):
            if time.monotonic() > end:
                raise AssertionError('nats-server does not stop')
            time.sleep(0.002)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def threads(self):
        """The state letter of each, see proc(5)."""
        tasks = pathlib.Path(f'/proc/{self.process.pid}/task')
        return [(task / 'stat').read_text().rpartition(')')[2].split()[0] for task in tasks.iterdir()]


class Client:
    """One connection, one request after the other."""

    def __init__(self, port=None, ca=None, link=None, **login):
        self.socket = link or socket.create_connection(('127.0.0.1', port), timeout=10)
        info = json.loads(self.plain_line().partition(' ')[2])
        if info.get('tls_required'):
            self.socket = ssl.create_default_context(cafile=ca).wrap_socket(self.socket, server_hostname='localhost')
        self.file = self.socket.makefile('rb')
        options = {'verbose': False, 'headers': True, 'no_responders': True, 'lang': 'test', 'version': '0', **login}
        # Answers to this client alone.
        self.inbox, self.number = f'reply.{secrets.token_hex(8)}', 0
        self.write(f'CONNECT {json.dumps(options)}\r\nSUB {self.inbox}.* 1\r\n')

    def plain_line(self):
        text = b''
        while not text.endswith(b'\r\n'):
            text += self.socket.recv(1)
        return text.decode()

    def write(self, text):
        self.socket.sendall(text.encode())

    def close(self):
        self.file.close()
        self.socket.close()

    def message(self):
        """(number of the request, body) of the next answer."""
        while True:
            words = self.file.readline().split()
            if not words:
                raise AssertionError('the server closed the connection')
            if words[0] == b'PING':
                self.write('PONG\r\n')
            elif words[0] == b'-ERR':
                raise AssertionError(b' '.join(words).decode())
            elif words[0] in (b'MSG', b'HMSG'):
                body = self.file.read(int(words[-1]) + 2)[:-2]
                if words[0] == b'HMSG':
                    body = body[int(words[-2]):]
                return int(words[1].rpartition(b'.')[2]), body

    def ask(self, subject, bodies):
        """The answers to many requests of one subject, in order."""
        first = self.number
        for body in bodies:
            self.number += 1
            text = json.dumps(body) if body is not None else ''
            self.write(f'PUB {subject} {self.inbox}.{self.number} {len(text.encode())}\r\n{text}\r\n')
        found = dict(self.message() for _ in bodies)
        return [json.loads(found[first + 1 + index] or b'{}') for index in range(len(bodies))]

    def api(self, verb, body=None):
        answer = self.ask('$JS.API.' + verb, [body])[0]
        if 'error' in answer:
            raise AssertionError(f'{verb}: {answer["error"]}')
        return answer

    def stream(self, name='NEWS'):
        """All messages of the stream: (subject, message id, article)."""
        last = self.api(f'STREAM.INFO.{name}')['state']['last_seq']
        messages = []
        for answer in self.ask(f'$JS.API.STREAM.MSG.GET.{name}', [{'seq': n + 1} for n in range(last)]):
            message = answer.get('message')
            if message:
                headers = base64.b64decode(message.get('hdrs', '')).decode().splitlines()
                ids = [line.partition(': ')[2] for line in headers if line.lower().startswith('nats-msg-id:')]
                messages.append((message['subject'], ids[0], json.loads(base64.b64decode(message['data']))))
        return messages
