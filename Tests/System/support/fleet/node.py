"""One machine of the fleet: newswired and newswire-forward in a network of their own, started again as systemd would."""
import os
import pathlib
import signal
import time

from .. import daemon, programs
from . import skew, tree

RESTART = 1.0
# What the unit does not start again after: a mistake that a restart cannot mend.
FINAL = (64, 77, 78)


class Program:
    """A program that is kept running."""

    def __init__(self, node, name):
        self.node, self.name = node, name
        self.process, self.due, self.is_wanted = None, None, False
        # (when, status) of every end that nobody here had asked for.
        self.ends, self.is_ours = [], False
        self.errors = node.folder / f'{name}.stderr'

    def start(self):
        with self.errors.open('ab') as errors:
            self.process = self.node.place.start(
                programs.program(self.name), '--config', self.node.config, stdout=errors, stderr=errors,
                env={**os.environ, **self.node.clock.environment, 'NO_COLOR': '1'})
        self.due, self.is_ours = None, False

    @property
    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def look(self, now):
        """Starts it a second after it ended, if it is wanted."""
        if self.is_alive or not self.is_wanted:
            return
        if self.process is not None:
            status = self.process.returncode
            if not self.is_ours:
                self.ends.append((now, status))
            self.node.clean_up(self)
            self.process = None
            if status in FINAL:
                self.is_wanted = False
                return
            self.due = now + RESTART
        elif self.due is None or now >= self.due:
            self.start()

    def kill(self):
        if self.is_alive:
            self.is_ours = True
            tree.kill(self.process.pid)
            self.process.wait()

    def terminate(self):
        if self.is_alive:
            self.is_ours = True
            self.process.send_signal(signal.SIGTERM)

    def said(self):
        return self.errors.read_text('utf-8', 'replace') if self.errors.exists() else ''


class Node:
    """`settings` come on top, {section: {key: value}}."""

    PROGRAMS = ('newswired', 'newswire-forward')

    def __init__(self, folder, name, place, plugins, settings):
        self.folder, self.name, self.place = pathlib.Path(folder), name, place
        self.folder.mkdir(parents=True)
        self.spool = self.folder / 'spool'
        self.clock = skew.Clock(self.folder)
        self.log = self.folder / 'log.jsonl'
        credentials = self.folder / 'credentials'
        credentials.mkdir()
        self.credentials = credentials
        self.settings = daemon.merged({
            'paths': {
                'state': str(self.folder / 'state'), 'spool': str(self.spool), 'plugins': [str(plugins)],
                'socket': str(self.folder / 'control.sock'), 'credentials': str(credentials)},
            'fetch': {'contact': 'tests@example.org', 'allow_addresses': ['10.77.0.0/16'], 'group_gap': '0s'},
            'schedule': {'min_interval': '1s', 'revisit': [], 'page_retry': '2s', 'source_retry': '2s'},
            # What is killed loses nothing on any file system; the promise for a loss of power is not tested here.
            'queue': {'any_file_system': True}, 'pages': {'max_bytes': 0}, 'workers': {'count': 1},
            'log': {'file': str(self.log), 'target': 'plain', 'level': os.environ.get('LOG_LEVEL', 'info'), 'file_size': '64M'},
        }, settings)
        self.config = self.folder / 'newswire.toml'
        self.write_settings()
        self.daemon, self.forwarder = (Program(self, name) for name in self.PROGRAMS)
        self.is_frozen = False

    def give(self, name, secret):
        """A credential, for the service's eyes only."""
        (self.credentials / name).touch(0o600)
        (self.credentials / name).write_text(secret + '\n')

    def write_settings(self, **more):
        self.settings = daemon.merged(self.settings, more)
        self.config.write_text(daemon.toml(self.settings))

    @property
    def programs(self):
        return [self.daemon, self.forwarder]

    def start(self):
        for program in self.programs:
            program.is_wanted = True
        self.daemon.start()

    def look(self, now):
        """Once every fraction of a second: what died is started again. The forwarder waits for the queue to be there."""
        if self.is_frozen:
            return
        self.daemon.look(now)
        if self.spool.exists():
            self.forwarder.look(now)

    def clean_up(self, program):
        """What a killed forwarder had claimed can be taken after ten minutes; make it now."""
        if program is self.forwarder:
            for claim in self.spool.glob('*/*.lck'):
                try:
                    os.utime(claim, (time.time() - 1000,) * 2)
                except FileNotFoundError:
                    pass

    @property
    def pids(self):
        alive = [p.process.pid for p in self.programs if p.is_alive]
        return [pid for top in alive for pid in (top, *tree.descendants(top))]

    def kill(self):
        """kill -9 of everything on the machine; nothing comes back before `start`."""
        for program in self.programs:
            program.is_wanted = False
            program.kill()
            if program.process is not None:
                self.clean_up(program)
                program.process = None

    def forget_connections(self):
        """What a machine without power does: its kernel would go on sending what the killed programs had said, and say goodbye."""
        self.place.run('ss', '--kill', '--tcp', 'state', 'all')

    def freeze(self):
        self.is_frozen = True
        tree.send(self.pids, signal.SIGSTOP)

    def thaw(self):
        self.is_frozen = False
        tree.send(self.pids, signal.SIGCONT)

    def crashes(self):
        """Ends that no fault of ours explains: by a signal."""
        return [(p.name, when, status) for p in self.programs for when, status in p.ends if status < 0]

    def queued(self):
        return len(list(self.spool.glob('*/*'))) if self.spool.exists() else 0
