"""A PostgreSQL server of the test's own, and just enough of its protocol to ask it something."""
import os
import pathlib
import pwd
import signal
import socket
import struct
import subprocess
import time

from . import tree

HOMES = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin'), key=lambda path: int(path.parent.name), reverse=True)
PORT, PASSWORD = 5432, 'correct-horse'


def needed():
    """None, or why no server can be started here."""
    if not HOMES or not (HOMES[0] / 'initdb').exists():
        return 'PostgreSQL is not installed; scripts/install-deps.sh --test installs it'
    try:
        pwd.getpwnam('postgres')
    except KeyError:
        return 'there is no user postgres'
    return None


class Server:
    """Started as the user postgres, because PostgreSQL refuses root. On a unix socket everyone may in; by network only the
    user newswire, by password.

    `is_safe` false leaves out fsync: what a killed server has written stays with the kernel all the same."""

    def __init__(self, folder, place, address, is_safe=False, settings=None):
        self.folder, self.place, self.address = pathlib.Path(folder), place, address
        self.folder.mkdir(parents=True)
        os.chown(self.folder, pwd.getpwnam('postgres').pw_uid, -1)
        self.data, self.log = self.folder / 'data', self.folder / 'log'
        self.settings = {
            'listen_addresses': address, 'port': PORT, 'unix_socket_directories': self.folder, 'fsync': 'on' if is_safe else 'off',
            'full_page_writes': 'on' if is_safe else 'off', 'shared_preload_libraries': 'pg_stat_statements',
            'log_line_prefix': '%m [%p] %a ', 'log_lock_waits': 'on',
            # In the folder, not in /dev/shm, where a killed server leaves it.
            'dynamic_shared_memory_type': 'mmap', **(settings or {})}
        self.process, self.link, self.database, self.is_wanted = None, None, 'postgres', False
        self.as_user('initdb', '-D', self.data, '--no-sync', '--auth-local=trust', '--auth-host=scram-sha-256',
                     '--encoding=UTF8', '--locale=C.UTF-8')
        self.start()
        self.ask(f"create role newswire login password '{PASSWORD}'")
        self.ask('create database newswire owner newswire')
        self.close_link()
        self.database = 'newswire'
        with open(self.data / 'pg_hba.conf', 'a') as file:
            file.write('host all newswire samenet scram-sha-256\n')
        self.signal(signal.SIGHUP)
        self.ask('create extension pg_stat_statements')

    @property
    def url(self):
        return f'postgresql://newswire@{self.address}/newswire'

    def setpriv(self, *words):
        return ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', '--pdeathsig=KILL', *map(str, words)]

    def as_user(self, program, *words):
        done = subprocess.run(self.setpriv(HOMES[0] / program, *words), capture_output=True, text=True, cwd='/')
        if done.returncode:
            raise RuntimeError(f'{program}: {done.stderr or done.stdout}')

    def start(self, is_awaited=True):
        self.is_wanted = True
        options = [f'--{key}={value}' for key, value in self.settings.items()]
        with open(self.log, 'ab') as log:
            self.process = self.place.start(*self.setpriv(HOMES[0] / 'postgres', '-D', self.data, *options), stdout=log, stderr=log)
        if is_awaited:
            self.wait()

    def revive(self):
        if not self.is_alive:
            self.start(is_awaited=False)

    def wait(self, patience=20):
        end = time.monotonic() + patience
        while True:
            try:
                return self.ask('select 1')
            except OSError as error:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise AssertionError(f'PostgreSQL does not answer: {error}\n{self.log.read_text()[-2000:]}') from None
                time.sleep(0.05)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """kill -9 of the postmaster and of every backend."""
        self.close_link()
        self.is_wanted = False
        if self.is_alive:
            tree.kill(self.process.pid)
            self.process.wait()

    @property
    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def ask(self, sql, patience=5):
        """Rows of texts. OSError when the server is away, AssertionError when it refuses."""
        try:
            if self.link is None:
                self.link = Link(self.folder / f'.s.PGSQL.{PORT}', self.database, patience)
            return self.link.ask(sql, patience)
        except OSError:
            self.close_link()
            raise

    def close_link(self):
        if self.link:
            self.link.close()
            self.link = None

    def close(self):
        if self.is_alive:
            self.kill()


class Link:
    """One connection with the frontend/backend protocol, version 3, simple queries, texts only."""

    def __init__(self, path, database, patience):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(patience)
        try:
            self.socket.connect(str(path))
            words = f'user\0postgres\0database\0{database}\0application_name\0test\0\0'.encode()
            self.socket.sendall(struct.pack('>II', len(words) + 8, 196608) + words)
            self.file = self.socket.makefile('rb')
            self.answer()
        except OSError:
            self.socket.close()
            raise

    def ask(self, sql, patience):
        self.socket.settimeout(patience)
        text = sql.encode() + b'\0'
        self.socket.sendall(b'Q' + struct.pack('>I', len(text) + 4) + text)
        return self.answer()

    def answer(self):
        rows, complaint = [], None
        while True:
            head = self.file.read(5)
            if len(head) < 5:
                raise ConnectionError('the server closed the connection')
            kind, body = head[:1], self.file.read(struct.unpack('>I', head[1:])[0] - 4)
            if kind == b'D':
                rows.append(self.row(body))
            elif kind == b'E':
                fields = {part[:1]: part[1:].decode() for part in body.split(b'\0') if part}
                complaint = f'{fields.get(b"C")}: {fields.get(b"M")}'
                # A server that starts or stops, or the end of the connection.
                if fields.get(b'C', '')[:2] == '57' or fields.get(b'S') == 'FATAL':
                    raise ConnectionError(complaint)
            elif kind == b'Z':
                if complaint:
                    raise AssertionError(complaint)
                return rows

    @staticmethod
    def row(body):
        count, at, values = struct.unpack('>H', body[:2])[0], 2, []
        for _ in range(count):
            size = struct.unpack('>i', body[at:at + 4])[0]
            at += 4
            values.append(None if size < 0 else body[at:at + size].decode())
            at += max(size, 0)
        return values

    def close(self):
        self.socket.close()
