"""A PostgreSQL server of a test's own, on a Unix socket below a temporary directory. Use as a context manager."""
import os
import pathlib
import subprocess
import tempfile
import time


def programs():
    found = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin'), key=lambda path: int(path.parent.name))
    if not found:
        raise FileNotFoundError('no PostgreSQL server is installed: run scripts/install-deps.sh --test')
    return found[-1]


# initdb and postgres refuse to run as root.
OWNER = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'] if os.geteuid() == 0 else []


class Database:
    """`user` may log in with `password` alone, and owns the database `newswire`."""
    user, password = 'newswire', 'gr3en-tea'

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix='nw-pg-')
        self.folder = pathlib.Path(self.temporary.name)
        if OWNER:
            subprocess.run(['chown', 'postgres', self.folder], check=True)
        self.folder.chmod(0o755)
        data = self.folder / 'data'
        subprocess.run(
            [*OWNER, programs() / 'initdb', '-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd='/')
        (data / 'pg_hba.conf').write_text('local all postgres trust\nlocal all all scram-sha-256\n')
        self.log = open(self.folder / 'log', 'wb')
        self.process = subprocess.Popen(
            [*OWNER, programs() / 'postgres', '-D', data, '-k', self.folder, '-c', 'listen_addresses=', '-F'],
            stdout=self.log, stderr=self.log, cwd='/')
        deadline = time.monotonic() + 30
        while subprocess.run([programs() / 'pg_isready', '-q', '-h', self.folder]).returncode:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise TimeoutError((self.folder / 'log').read_text())
            time.sleep(0.05)
        self.query(f"CREATE ROLE {self.user} LOGIN PASSWORD '{self.password}'")
        self.query(f'CREATE DATABASE newswire OWNER {self.user}')
        return self

    def __exit__(self, *_):
        self.process.send_signal(3)
        self.process.wait(10)
        self.log.close()
        self.temporary.cleanup()

    @property
    def url(self):
        return f'postgresql://{self.user}@{str(self.folder).replace("/", "%2F")}/newswire'

    def query(self, sql, database='postgres'):
        done = subprocess.run(
            [programs() / 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', self.folder, '-U', 'postgres', '-d', database, '-c', sql],
            capture_output=True, check=True)
        return done.stdout.decode().strip()
