"""The Debian package in a clean Debian under its own systemd, from installation to purge: booted/service.py, run inside."""
import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support import bench, programs

CHECKS = pathlib.Path(__file__).resolve().parent / 'booted'
REASON = bench.unavailable()


@functools.cache
def packed():
    """A folder with the package twice, the second with a greater version: `*_1.deb` and `*_2.deb`; made once."""
    folder = tempfile.TemporaryDirectory(prefix='nw-deb-')
    unittest.addModuleCleanup(folder.cleanup)
    packages(folder.name)
    shutil.copytree(programs.PROJECT / 'docs' / 'examples' / 'gazette', pathlib.Path(folder.name) / 'gazette')
    return pathlib.Path(folder.name)


def packages(folder):
    done = subprocess.run(
        [programs.PROJECT / 'scripts' / 'build-deb.sh', programs.folder], capture_output=True, text=True,
        env={**os.environ, 'DEB_COMPRESSION': 'gzip'})
    if done.returncode:
        raise AssertionError(f'build-deb.sh failed:\n{done.stdout}{done.stderr}')
    built, forward = (programs.PROJECT / line.partition(':')[0] for line in done.stdout.splitlines())
    first = pathlib.Path(folder) / f'{built.stem}_1.deb'
    shutil.copy(built, first)
    shutil.copy(forward, folder)
    with tempfile.TemporaryDirectory() as unpacked:
        subprocess.run(['dpkg-deb', '-R', first, unpacked], check=True)
        control = pathlib.Path(unpacked) / 'DEBIAN' / 'control'
        text = control.read_text()
        version = next(line for line in text.splitlines() if line.startswith('Version: '))
        control.write_text(text.replace(version, version + '+later'))
        subprocess.run(
            ['dpkg-deb', '--root-owner-group', '-Zgzip', '-z1', '-b', unpacked, first.with_name(f'{built.stem}_2.deb')],
            check=True, capture_output=True)
    return first


def clock_step(folder):
    """The library that sets one process's clock, for that check."""
    compiler = next((c for c in ('cc', 'clang', 'gcc') if shutil.which(c)), 'cc')
    subprocess.run(
        [compiler, '-shared', '-fPIC', '-O1', '-o', f'{folder}/clockstep.so', CHECKS / 'clockstep.c'], check=True)


@unittest.skipIf(REASON, REASON)
class Service(unittest.TestCase):
    def test_the_life_of_the_package(self):
        reason = bench.cannot_boot()
        if reason:
            self.skipTest(reason)
        clock_step(packed())
        status, printed = bench.boot('service.py', CHECKS, packed())
        print('\n' + '\n'.join(f'    {line}' for line in printed), flush=True)
        self.assertEqual(status, 0, 'see above' if any(line.startswith('FAILED') for line in printed) else printed[-1:])


@unittest.skipIf(shutil.which('lintian') is None or shutil.which('lowdown') is None, 'lintian or lowdown is not installed')
class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.package = next(packed().glob('*_1.deb'))
        cls.root = packed() / 'root'
        subprocess.run(['dpkg-deb', '-x', cls.package, cls.root], check=True)

    def test_lintian_finds_nothing(self):
        done = subprocess.run(
            ['lintian', '--allow-root', '--fail-on', 'error,warning', self.package], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ''))

    def rendered(self, page):
        done = subprocess.run(
            ['man', '--warnings', '-E', 'UTF-8', '-l', page], capture_output=True, text=True,
            env={**os.environ, 'LC_ALL': 'C.UTF-8', 'MANWIDTH': '90', 'MAN_KEEP_FORMATTING': '', 'MANROFFOPT': '-c'})
        self.assertEqual(done.stderr, '', page.name)
        return subprocess.run(['col', '-bx'], input=done.stdout, capture_output=True, text=True).stdout

    @unittest.skipIf(shutil.which('man') is None, 'man is not installed')
    def test_the_manual_renders_and_names_every_verb(self):
        pages = sorted((self.root / 'usr/share/man').glob('man*/*.gz'))
        self.assertEqual([page.name for page in pages], [
            'newswirectl.1.gz', 'newswire.toml.5.gz', 'newswire-plugin.7.gz', 'newswire-queue.7.gz', 'newswired.8.gz'])
        texts = {}
        for page in pages:
            texts[page.name] = self.rendered(page)
            for section in ('NAME', 'SYNOPSIS', 'SEE ALSO'):
                self.assertRegex(texts[page.name], rf'(?m)^{section}$', page.name)
            self.assertNotRegex(texts[page.name], r'\]\([^)]*\.md', 'links of the web are no links here')
        help = json.loads(subprocess.run(
            [self.root / 'usr/bin/newswirectl', '--experimental-dump-help'], capture_output=True, check=True).stdout)
        for verb in help['command']['subcommands']:
            if verb['commandName'] != 'help':
                self.assertRegex(texts['newswirectl.1.gz'], rf'(?m)^ *newswirectl {verb["commandName"]}\b', verb['commandName'])
        for key in ('contact', 'max_files', 'job_limit', 'file_size'):
            self.assertRegex(texts['newswire.toml.5.gz'], rf'(?m)^ *{key} = ')

    @unittest.skipIf(shutil.which('man') is None, 'man is not installed')
    def test_the_forwarder_is_a_package_of_its_own(self):
        package = next(packed().glob('newswire-forward_*.deb'))
        done = subprocess.run(
            ['lintian', '--allow-root', '--fail-on', 'error,warning', package], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ''))
        root = packed() / 'forward'
        subprocess.run(['dpkg-deb', '-x', package, root], check=True)
        files = {str(path.relative_to(root)) for path in root.rglob('*') if path.is_file()}
        self.assertEqual({path for path in files if not path.startswith('usr/share/doc/')}, {
            'usr/sbin/newswire-forward', 'lib/systemd/system/newswire-forward.service', 'usr/share/man/man8/newswire-forward.8.gz'})
        depends = {deb: subprocess.run(['dpkg-deb', '-f', deb, 'Depends'], capture_output=True, text=True).stdout
                   for deb in (package, self.package)}
        self.assertIn('libnats', depends[package])
        self.assertNotIn('nats', depends[self.package], 'a single machine needs none of it')
        self.assertFalse([path for path in self.root.rglob('*forward*') if path.is_file()])
        text = self.rendered(root / 'usr/share/man/man8/newswire-forward.8.gz')
        for word in ('NAME', 'SYNOPSIS', 'WHAT IS PROMISED', 'SIGNALS', 'SEE ALSO'):
            self.assertRegex(text, rf'(?m)^{word}$')
        self.assertIn('--create-stream', text)

    def test_completion_completes(self):
        file = self.root / 'usr/share/bash-completion/completions/newswirectl'
        script = f'''
            PATH={self.root}/usr/bin:$PATH; source {file}
            COMP_WORDS=(newswirectl sta) COMP_CWORD=1 COMP_LINE="newswirectl sta" COMP_POINT=15
            handler=$(complete -p newswirectl | sed 's/.*-F \\([^ ]*\\) .*/\\1/'); $handler newswirectl sta newswirectl; echo "${{COMPREPLY[*]}}"'''
        done = subprocess.run(['bash', '-c', script], capture_output=True, text=True)
        self.assertEqual(sorted(done.stdout.split()), ['state', 'status'], done.stderr)
        for path in ('zsh/vendor-completions/_newswirectl', 'fish/vendor_completions.d/newswirectl.fish'):
            self.assertIn('status', (self.root / 'usr/share' / path).read_text())


if __name__ == '__main__':
    unittest.main()
