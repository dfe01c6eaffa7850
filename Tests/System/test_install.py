"""`make install` into a folder: everything in its place, and a changed configuration left alone."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from support import programs

INSTALL = programs.PROJECT / 'scripts' / 'install.sh'


class Install(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)

    def install(self, **settings):
        done = subprocess.run(
            [INSTALL, programs.folder], capture_output=True, text=True,
            env={**os.environ, 'DESTDIR': str(self.root), **settings})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_everything_is_in_its_place(self):
        self.install()
        for path in ('usr/sbin/newswired', 'usr/bin/newswirectl', 'usr/lib/newswire/newswire-worker', 'usr/sbin/newswire-forward'):
            self.assertTrue(os.access(self.root / path, os.X_OK), path)
        self.assertTrue((self.root / 'etc/newswire/newswire.toml').is_file())
        for plugin in (programs.PROJECT / 'Plugins').glob('*/plugin.toml'):
            installed = self.root / 'usr/lib/newswire/plugins' / plugin.parent.name / 'plugin.toml'
            self.assertEqual(installed.read_bytes(), plugin.read_bytes())
        for rules in (programs.PROJECT / 'Plugins/_cms').glob('*/rules.toml'):
            installed = self.root / 'usr/lib/newswire/plugins/_cms' / rules.parent.name / 'rules.toml'
            self.assertEqual(installed.read_bytes(), rules.read_bytes())
        self.assertTrue((self.root / 'lib/systemd/system/newswired.service').is_file())
        for kind in ('sysusers.d', 'tmpfiles.d'):
            self.assertTrue(any((self.root / 'usr/lib' / kind).iterdir()), kind)
        self.assertTrue(any((self.root / 'usr/lib/systemd/catalog').iterdir()))
        done = subprocess.run([self.root / 'usr/bin/newswirectl', '--help'], capture_output=True)
        self.assertEqual(done.returncode, 0, 'a stripped program runs')

    def test_another_prefix_reaches_units_and_settings(self):
        self.install(PREFIX='/opt/news', UNITDIR='/opt/news/lib/systemd/system', SYSCONFDIR='/opt/news/etc')
        unit = (self.root / 'opt/news/lib/systemd/system/newswired.service').read_text()
        self.assertRegex(unit, r'(?m)^ExecStart=/opt/news/sbin/newswired\b')
        self.assertRegex(unit, r'(?m)^ExecPaths=.*/opt/news/lib/newswire$')
        self.assertNotRegex(unit, r'(?m)^Exec\w+=.*/usr/s?bin/newswire')
        forward = (self.root / 'opt/news/lib/systemd/system/newswire-forward.service').read_text()
        self.assertRegex(forward, r'(?m)^ExecStart=/opt/news/sbin/newswire-forward$')
        self.assertRegex(forward, r'(?m)^ExecPaths=/opt/news/sbin/newswire-forward /usr/lib')
        settings = self.root / 'opt/news/etc/newswire/newswire.toml.d/00-prefix.toml'
        self.assertIn('program = "/opt/news/lib/newswire/newswire-worker"', settings.read_text())

    def test_parts_are_installed_alone(self):
        self.install(PARTS='newswire')
        self.assertEqual([p for p in self.root.rglob('*forward*') if p.is_file()], [])
        self.install(PARTS='forward', DESTDIR=str(self.root / 'alone'))
        programs_there = [p.name for p in (self.root / 'alone/usr').rglob('*') if p.is_file() and os.access(p, os.X_OK)]
        self.assertEqual(programs_there, ['newswire-forward'])
        self.assertFalse((self.root / 'alone/etc').exists())

    def test_a_changed_configuration_is_kept(self):
        self.install()
        config = self.root / 'etc/newswire/newswire.toml'
        config.write_text('# mine\n')
        said = self.install()
        self.assertEqual(config.read_text(), '# mine\n')
        self.assertTrue(config.with_name('newswire.toml.new').is_file())
        self.assertIn('newswire.toml.new', said)


if __name__ == '__main__':
    unittest.main()
