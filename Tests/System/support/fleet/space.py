"""Network namespaces of the test's own, wired by bridges that can drop what passes. Nothing is seen outside, nothing stays."""
import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

from .. import nginx

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, CLONE_NEWNET = 1, 0x40000000


def needed():
    """None, or why there can be no namespaces here."""
    if os.geteuid() != 0:
        return 'namespaces with a PostgreSQL server in one want root'
    if not nginx.find('ip') or not nginx.find('bridge'):
        return 'iproute2 is not installed; scripts/install-deps.sh --test installs it'
    done = subprocess.run(['unshare', '--net', '--mount', 'true'], capture_output=True, text=True)
    return f'no network namespace can be made here: {done.stderr.strip()}' if done.returncode else None


def die_with_parent():
    """For `preexec_fn`: whatever ends the test ends its programs too."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Space:
    """A network and a view of the file system. Lives as long as a process that sleeps in it."""

    def __init__(self, name):
        self.name = name
        self.holder = subprocess.Popen(
            ['unshare', '--net', '--mount', '--propagation', 'private', 'sleep', 'infinity'], stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent)
        ours, path = os.readlink('/proc/self/ns/net'), f'/proc/{self.holder.pid}'
        end = time.monotonic() + 10
        while os.readlink(f'{path}/ns/net') == ours or 'sleep' not in pathlib.Path(f'{path}/comm').read_text():
            if self.holder.poll() is not None or time.monotonic() > end:
                raise RuntimeError('unshare made no namespace')
            time.sleep(0.005)

    def command(self, *words):
        """The words of a command that runs here."""
        path = f'/proc/{self.holder.pid}/ns'
        return ['nsenter', f'--net={path}/net', f'--mount={path}/mnt', '--', *map(str, words)]

    def start(self, *words, **options):
        return subprocess.Popen(
            self.command(*words), stdin=subprocess.DEVNULL, preexec_fn=die_with_parent, **options)

    def run(self, *words, text=None):
        done = subprocess.run(self.command(*words), input=text, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f'{" ".join(map(str, words))} in {self.name}: {done.stderr.strip()}')
        return done.stdout

    def bind(self, source, target):
        self.run('mount', '--bind', source, target)

    def connect(self, host, port, timeout=1):
        """A connection of the test's own from here. The socket stays in this network, the test in its own."""
        found = []

        def enter():
            try:
                with open(f'/proc/{self.holder.pid}/ns/net') as network:
                    if LIBC.setns(network.fileno(), CLONE_NEWNET):
                        raise OSError(ctypes.get_errno(), 'setns')
                found.append(socket.create_connection((host, port), timeout))
            except OSError as error:
                found.append(error)

        # A thread of its own, because a namespace belongs to the thread.
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        if isinstance(found[0], OSError):
            raise found[0]
        return found[0]

    def close(self):
        self.holder.kill()
        self.holder.wait()


class Wires:
    """Bridges in a space of their own: one for each kind of traffic, with a port for each space on it."""

    def __init__(self, kinds):
        self.kinds = {kind: number + 1 for number, kind in enumerate(kinds)}
        self.hub = Space('hub')
        lines = ['link set lo up']
        for kind, number in self.kinds.items():
            lines += [f'link add {kind} type bridge', f'addr add 10.77.{number}.254/24 dev {kind}', f'link set {kind} up']
        self.hub.run('ip', '-batch', '-', text='\n'.join(lines))

    def address(self, kind, host):
        return f'10.77.{self.kinds[kind]}.{host}'

    def plug(self, space, kind, host):
        port = f'{kind}-{space.name}'
        self.hub.run('ip', '-batch', '-', text=(
            f'link add {port} type veth peer name {kind} netns {space.holder.pid}\n'
            f'link set {port} master {kind}\nlink set {port} up\n'))
        space.run('ip', '-batch', '-', text=(
            f'link set lo up\naddr add {self.address(kind, host)}/24 dev {kind}\nlink set {kind} up\n'))

    def cut(self, name, kinds, is_cut=True):
        """Drops whatever passes, without a word to either side: no carrier is lost, nothing is refused."""
        for kind in kinds:
            self.hub.run('bridge', 'link', 'set', 'dev', f'{kind}-{name}', 'state', 0 if is_cut else 3)

    def close(self):
        self.hub.close()
