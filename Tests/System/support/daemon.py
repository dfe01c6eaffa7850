"""The real newswired in a folder of its own: configuration, start, log, queue, control, stop and kill."""
import json
import os
import pathlib
import signal
import subprocess
import time

from . import programs, spool


class Daemon:
    """One daemon's folder. May be started, killed and started again; what it wrote stays.

    `settings` is {section: {key: value}} and comes on top of what every test needs.
    """

    def __init__(self, folder, settings=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.spool, self.state = self.folder / 'spool', self.folder / 'state'
        self.log_file, self.errors = self.folder / 'log.jsonl', self.folder / 'stderr.txt'
        # A Unix socket's path holds 107 bytes; a deep temporary folder would pass that.
        self.socket = self.folder / 'control.sock'
        self.plugins = self.folder / 'plugins'
        self.plugins.mkdir(exist_ok=True)
        self.settings = merged(
            {
                'paths': {
                    'state': str(self.state), 'spool': str(self.spool), 'plugins': [str(self.plugins)],
                    'socket': str(self.socket),
                },
                'fetch': {'contact': 'tests@example.org', 'allow_addresses': ['127.0.0.0/8'], 'group_gap': '0s'},
                'schedule': {'min_interval': '1s'},
                'log': {'file': str(self.log_file), 'target': 'plain', 'level': 'debug'},
            },
            settings or {},
        )
        self.config = self.folder / 'newswire.toml'
        self.process = None

    # Life

    def start(self, **environment):
        self.config.write_text(toml(self.settings))
        self.process = subprocess.Popen(
            [programs.program('newswired'), '--config', str(self.config)], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.errors.open('ab'),
            env={**os.environ, **environment},
        )
        return self

    def stop(self, patience=20):
        """Asks for the end, as systemd does; the exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f'newswired did not stop within {patience} s of SIGTERM\n{self.tail()}') from None
        self.process = None
        return status

    def kill(self):
        """kill -9: nothing gets to say goodbye."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            self.kill()

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def wait(self, what, condition, patience=60):
        """Polls until the condition holds and returns its value; fails with the log's end when it does not."""
        deadline = time.monotonic() + patience
        while True:
            value = condition()
            if value:
                return value
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f'newswired ended (status {self.process.returncode}) before: {what}\n{self.tail()}')
            if time.monotonic() > deadline:
                raise AssertionError(f'not within {patience} s: {what}\n{self.tail()}')
            time.sleep(0.02)

    def wait_ready(self):
        return self.wait('newswired is ready', lambda: self.records(event='daemon.ready'))

    # What it did

    def queued(self):
        return spool.elements(self.spool)

    def wait_queued(self, count, patience=60):
        self.wait(f'{count} elements in the queue', lambda: len(spool.names(self.spool)) >= count, patience)
        return self.queued()

    def records(self, **wanted):
        """Log records whose members equal the wanted ones."""
        if not self.log_file.exists():
            return []
        found = []
        for line in self.log_file.read_text('utf-8').splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue  # the line a kill cut off
            if all(record.get(key) == value for key, value in wanted.items()):
                found.append(record)
        return found

    def tail(self, lines=25):
        def last(path):
            if not path.exists():
                return '(absent)'
            text = path.read_text('utf-8', 'replace').splitlines()[-lines:]
            return '\n'.join(line[:400] for line in text)

        return f'--- end of {self.log_file.name}\n{last(self.log_file)}\n--- end of {self.errors.name}\n{last(self.errors)}'

    def ctl(self, *arguments, **options):
        """newswirectl on this daemon's socket, or for the queue verbs on its spool."""
        where = ['--spool', self.spool] if arguments[0] == 'queue' else ['--socket', self.socket]
        return programs.run('newswirectl', *arguments, *where, **options)

    def resident(self):
        """Resident memory of the daemon's own process, bytes."""
        for line in pathlib.Path(f'/proc/{self.process.pid}/status').read_text().splitlines():
            if line.startswith('VmRSS:'):
                return int(line.split()[1]) * 1024
        raise AssertionError('newswired has no VmRSS; it has ended')

    def children(self):
        pid = self.process.pid
        return [int(p) for p in pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()] + [
            int(p)
            for task in pathlib.Path(f'/proc/{pid}/task').iterdir()
            if task.name != str(pid)
            for p in (task / 'children').read_text().split()
        ]

    # What it is given

    def add_plugin(self, text):
        """Writes a plugin's text below this daemon's plugin folder."""
        for line in text.splitlines():
            if line.startswith('id = '):
                folder = self.plugins / line.split('"')[1]
                folder.mkdir(exist_ok=True)
                (folder / 'plugin.toml').write_text(text)
                return
        raise ValueError('the plugin has no id')


def merged(base, more):
    result = {section: dict(keys) for section, keys in base.items()}
    for section, keys in more.items():
        result.setdefault(section, {}).update(keys)
    return result


def toml(settings):
    """Settings as TOML. JSON's strings, numbers, true, false and arrays are TOML's too."""
    lines = []
    for section, keys in settings.items():
        lines.append(f'[{section}]')
        lines += [f'{key} = {json.dumps(value)}' for key, value in keys.items()]
    return '\n'.join(lines) + '\n'
