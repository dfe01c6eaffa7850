"""Bad days of an operator: a full disk, names that nothing has, files that cannot be read or written. Each is said, and where."""
import json
import os
import pathlib
import pty
import select
import subprocess
import tempfile
import time
import unittest

from support import feeds, paper, programs
from support.daemon import Daemon, toml
from support.programs import run
from support.scripted import Answer, Scripted

HOST = 'www.operator.example'


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)


class Output(Folder):
    """What is printed arrives, or the program says that it does not."""

    def setUp(self):
        super().setUp()
        entries = [paper.entry(HOST, number) for number in (1, 2)]
        self.feed, self.page = self.folder / 'feed.xml', self.folder / 'page.html'
        self.feed.write_bytes(feeds.rss(HOST, entries))
        self.page.write_bytes(paper.page(entries[0]))
        plugin = self.folder / 'plugins' / 'cli'
        plugin.mkdir(parents=True)
        (plugin / 'plugin.toml').write_text(paper.plugin('cli', HOST, [('rss', '/feed.xml')]))
        self.config = self.folder / 'newswire.toml'
        self.config.write_text(f'[paths]\nplugins = ["{self.folder}/plugins"]\n')
        spool = self.folder / 'spool'
        for name in ('tmp', 'bad'):
            (spool / name).mkdir(parents=True)
        self.job = json.dumps({'id': 1, 'url': f'http://{HOST}/feed.xml', 'file': str(self.feed)}).encode() + b'\n'
        self.commands = [
            ['newswirectl', 'parse', self.feed], ['newswirectl', 'parse', '--batch'],
            ['newswirectl', 'extract', '--generic', '--url', f'http://{HOST}/1', self.page],
            ['newswirectl', 'plugin', 'list', '--plugins', self.folder / 'plugins'],
            ['newswirectl', 'queue', 'stats', '--spool', spool], ['newswirectl', '--help'],
            ['newswirectl', 'health', '--socket', self.folder / 'none'],
            ['newswired', '--check', '--config', self.config],
        ]

    def told(self, command, shell):
        line = [programs.program(command[0]), *map(str, command[1:])]
        return subprocess.run(['sh', '-c', shell, *line], input=self.job, stderr=subprocess.PIPE, timeout=60)

    def test_a_full_disk_is_no_success(self):
        for command in self.commands:
            with self.subTest(' '.join(map(str, command))):
                done = self.told(command, 'exec "$0" "$@" >/dev/full')
                self.assertEqual(done.returncode, 2 if 'health' in command else 74)
                self.assertIn('cannot write to standard output: No space left on device', done.stderr.decode())

    def test_nor_is_a_closed_standard_output(self):
        for command in self.commands:
            with self.subTest(' '.join(map(str, command))):
                done = self.told(command, 'exec "$0" "$@" >&-')
                self.assertEqual(done.returncode, 2 if 'health' in command else 74)
                self.assertIn('cannot write to standard output: it is closed', done.stderr.decode())

    def test_a_reader_that_has_seen_enough_is(self):
        for command in self.commands:
            with self.subTest(' '.join(map(str, command))):
                self.assertEqual(self.told(command, '"$0" "$@" | true').stderr, b'')
                self.assertEqual(self.told(command, 'trap "" PIPE; "$0" "$@" | true').stderr, b'')

    def test_a_batch_answers_each_line_as_it_comes(self):
        with subprocess.Popen(
                [programs.program('newswirectl'), 'parse', '--batch'], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as batch:
            for _ in range(3):
                batch.stdin.write(self.job)
                batch.stdin.flush()
                ready, _, _ = select.select([batch.stdout], [], [], 30)
                self.assertTrue(ready, 'the answer waits for the next job')
                self.assertIn('feed', json.loads(batch.stdout.readline()))
            batch.stdin.close()
            self.assertEqual(batch.stdout.read(), b'')
        self.assertEqual(batch.returncode, 0)

    def test_a_path_is_named_once_and_a_packed_page_is_read(self):
        done = run('newswirectl', 'parse', self.folder)
        self.assertEqual(done.returncode, 74)
        self.assertEqual(done.stderr.decode(), f'newswirectl: cannot read {self.folder}: Is a directory; name a file in it\n')
        subprocess.run(['gzip', '-k', self.page], check=True)
        arguments = ['newswirectl', 'extract', '--generic', '--url', f'http://{HOST}/1']
        plain, packed = (json.loads(run(*arguments, file).stdout) for file in (self.page, f'{self.page}.gz'))
        self.assertEqual(packed['title'], plain['title'])
        self.assertEqual(packed['bodies'], plain['bodies'])

    def test_what_is_too_large_for_a_worker_is_told_so(self):
        large = self.folder / 'large.xml'
        with large.open('wb') as file:
            file.truncate(70 << 20)
        done = run('newswirectl', 'parse', large)
        self.assertEqual(done.returncode, 65)
        self.assertIn('the document has 70 MiB, and no more than 64 MiB are read', done.stderr.decode())


class Check(Folder):
    """newswired --check ends with 78 where a start would."""

    def config(self, settings, plugins=True):
        folder = self.folder / 'plugins' / 'alfa'
        folder.mkdir(parents=True, exist_ok=True)
        if plugins:
            (folder / 'plugin.toml').write_text(paper.plugin('alfa', HOST, [('rss', '/feed.xml')]))
        path = self.folder / 'newswire.toml'
        path.write_text(f'[paths]\nstate = "{self.folder}/state"\nspool = "{self.folder}/spool"\n'
                        f'plugins = ["{self.folder}/plugins"]\nsocket = "{self.folder}/c.sock"\n' + toml(settings))
        return path

    def test_mistakes_have_their_place(self):
        for settings, place in (
                ({'fetch': {'feed_limit': '2G'}}, '7:14: [fetch] feed_limit'),
                ({'fetch': {'timeout': '2h'}}, '7:11: [fetch] timeout'),
                ({'fetch': {'group_gap': '20ms'}}, '7:13: fetch.group_gap must be a duration'),
                ({'fetch': {'ca_file': '/nowhere/ca.pem'}}, '7:11: [fetch] ca_file: /nowhere/ca.pem: cannot be read'),
                ({'push': {'url': 'gopher://x'}}, '7:7: [push] url'),
                ({'workers': {'program': '/nowhere'}}, '7:11: newswire-worker is not at /nowhere'),
                ({'publishers': {'only': ['alva']}}, '7:9: publishers.only names "alva"')):
            config = self.config(settings)
            for arguments in (['--check'], []):
                with self.subTest(f'{settings} {arguments}'):
                    done = run('newswired', *arguments, '--config', config)
                    self.assertEqual(done.returncode, 78, done.stderr.decode())
                    self.assertIn(f'{config}:{place}', done.stderr.decode())

    def test_a_name_that_switches_nothing_off_is_a_warning(self):
        done = run('newswired', '--check', '--config', self.config({'publishers': {'disabled': ['alva']}}))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertRegex(done.stderr.decode(), r'warning: .*newswire\.toml:7:13: .*"alva".*did you mean "alfa"')

    def test_what_a_later_list_leaves_out_and_a_folder_that_is_missing_are_warnings(self):
        config = self.config({'publishers': {'disabled': ['alfa']}})
        config.write_text(config.read_text().replace('/plugins"]', f'/plugins", "{self.folder}/none"]'))
        (self.folder / 'newswire.toml.d').mkdir()
        (self.folder / 'newswire.toml.d' / '10.toml').write_text('[publishers]\ndisabled = []\n')
        done = run('newswired', '--check', '--config', config)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertRegex(done.stderr.decode(), r'warning: .*newswire\.toml:4:\d+: the folder of plugins .*/none is not there')
        self.assertRegex(done.stderr.decode(), r'warning: .*10\.toml:2:12: .*leaves out "alfa" \(.*newswire\.toml:7:13\)')

    def test_a_folder_of_drop_ins_that_cannot_be_read_is_a_mistake(self):
        config = self.config({})
        folder = self.folder / 'newswire.toml.d'
        folder.symlink_to(folder)  # what permissions keep from others, a loop keeps from root
        for arguments in (['--check'], []):
            done = run('newswired', *arguments, '--config', config)
            self.assertEqual(done.returncode, 78, done.stderr.decode())
            self.assertIn(f'{folder}:1:1: cannot be read', done.stderr.decode())

    def test_nothing_to_run_is_a_mistake(self):
        config = self.config({}, plugins=False)
        for arguments in (['--check'], ['--check', '--only', 'nope'], []):
            done = run('newswired', *arguments, '--config', config)
            self.assertEqual(done.returncode, 78)
            self.assertRegex(done.stderr.decode(), 'no usable plugin|nope')

    @unittest.skipIf(pathlib.Path('/etc/newswire/newswire.toml').exists(), 'newswire is installed here')
    def test_a_file_of_the_default_place_that_is_missing_is_told(self):
        self.config({})
        done = run('newswired', '--check', '--plugins', self.folder / 'plugins')
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn('/etc/newswire/newswire.toml is not there', done.stderr.decode())
        self.assertIn('the default settings are good', done.stdout.decode())


class Running(Folder):
    """What a running daemon tells of itself."""

    def daemon(self, settings=None):
        server = Scripted()
        server.__enter__()
        self.addCleanup(server.__exit__)
        entries = [paper.entry(HOST, 1)]
        server.answer(HOST, '/feed.xml?api_key=opensesame', Answer(body=feeds.rss(HOST, entries)))
        server.answer(HOST, entries[0]['url'].partition(HOST)[2], Answer(body=paper.page(entries[0]), kind='text/html'))
        daemon = Daemon(self.folder / 'd', {'fetch': {'connect_to': server.connect_to, 'robots': False}, **(settings or {})})
        daemon.add_plugin(paper.plugin('alfa', HOST, [('rss', '/feed.xml?api_key=opensesame')]))
        self.addCleanup(daemon.kill)
        return daemon

    def test_a_plugin_that_cannot_be_read_is_not_just_missing(self):
        daemon = self.daemon()
        (daemon.plugins / 'lost').symlink_to('lost')  # what permissions keep from others, a loop keeps from root
        daemon.start().wait_ready()
        refused = daemon.records(event='plugin.refused')
        self.assertEqual([record['publisher'] for record in refused], ['lost'])
        self.assertIn('1 plugin refused', daemon.records(event='daemon.ready')[0]['message'])
        status = daemon.ctl('status').stdout.decode()
        self.assertRegex(status, r'1 plugin refused')
        self.assertRegex(status, r'lost: refused: .*lost/plugin\.toml.*cannot be read')
        self.assertEqual(json.loads(daemon.ctl('status', '--json').stdout)['refused_plugins'][0]['id'], 'lost')
        health = daemon.ctl('health')
        self.assertEqual((health.returncode, health.stdout), (1, b'WARNING: 1 plugin refused: lost\n'))
        self.assertIn(b'newswire_refused_plugins 1\n', daemon.ctl('metrics').stdout)

    def test_a_reload_that_is_refused_is_in_the_log_whoever_asked(self):
        daemon = self.daemon()
        daemon.start().wait_ready()
        place = {'publishers': {'only': ['nope', 'nein']}}
        daemon.config.write_text(toml({**daemon.settings, **place}))
        done = daemon.ctl('reload')
        self.assertEqual(done.returncode, 78)
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 3, lines)
        self.assertRegex(lines[0], r'newswire\.toml:\d+:9: publishers\.only names "nope"')
        self.assertRegex(lines[1], r'newswire\.toml:\d+:17: publishers\.only names "nein"')
        self.assertEqual(len(daemon.records(event='config.refused')), 2)
        daemon.process.send_signal(1)
        daemon.wait('the same after SIGHUP', lambda: len(daemon.records(event='config.refused')) == 4)
        self.assertEqual(len({record['message'] for record in daemon.records(event='config.refused')}), 2)
        self.assertIn('alfa', daemon.ctl('status').stdout.decode())
        daemon.config.write_text(toml({**daemon.settings, 'publishers': {'disabled': ['alva']}}))
        done = daemon.ctl('reload')
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertRegex(done.stdout.decode(), 'warning: .*"alva".*did you mean "alfa"')
        self.assertEqual(len(daemon.records(event='config.unused')), 1)

    def test_a_reload_that_finds_no_plugin_changes_nothing(self):
        daemon = self.daemon()
        daemon.start().wait_ready()
        away = daemon.plugins.rename(daemon.folder / 'away')
        for _ in range(2):
            done = daemon.ctl('reload')
            self.assertEqual(done.returncode, 78, done.stderr.decode())
            self.assertRegex(done.stderr.decode(), r'newswire\.toml:\d+:11: no usable plugin in .*\. Correct it')
            self.assertIn('alfa', daemon.ctl('status').stdout.decode())
            daemon.plugins.mkdir(exist_ok=True)
        self.assertEqual(len(daemon.records(event='config.refused')), 2)
        daemon.plugins.rmdir()
        away.rename(daemon.plugins)
        # Switched off is another matter: somebody has said so.
        daemon.config.write_text(toml({**daemon.settings, 'publishers': {'disabled': ['alfa']}}))
        done = daemon.ctl('reload')
        self.assertEqual((done.returncode, done.stdout.decode().count('alfa removed')), (0, 1), done.stderr.decode())

    def test_the_log_is_found_by_who_is_elsewhere_and_begun_anew_when_it_was_moved(self):
        daemon = self.daemon({'log': {'file': './log.jsonl', 'target': 'none', 'level': 'debug'}})
        daemon.start().wait_ready()
        self.assertEqual(json.loads(daemon.ctl('status', '--json').stdout)['log'], str(daemon.log_file))
        shown = daemon.ctl('log', '-n', '1000', cwd='/')
        self.assertIn('newswired', shown.stdout.decode(), shown.stderr.decode())
        daemon.log_file.rename(daemon.folder / 'log.old')
        self.assertEqual(daemon.ctl('reload').returncode, 0)
        self.assertEqual(len(daemon.records(event='daemon.reloaded')), 1)
        self.assertEqual(daemon.records(event='daemon.ready'), [])

    def test_a_start_goes_on_with_those_that_are_there(self):
        daemon = self.daemon({'publishers': {'only': ['alfa', 'alva']}})
        self.assertEqual(run('newswired', '--check', '--config', self.written(daemon)).returncode, 78)
        daemon.start().wait_ready()
        told, = daemon.records(event='config.unused')
        self.assertEqual(told['level'], 'error')
        self.assertRegex(told['message'], r'newswire\.toml:\d+:17: publishers\.only names "alva".*did you mean "alfa"')
        self.assertIn(told['message'], daemon.ctl('status').stdout.decode())
        health = daemon.ctl('health')
        self.assertEqual((health.returncode, health.stdout.decode()), (1, f'WARNING: {told["message"]}\n'))
        self.assertEqual(daemon.ctl('reload').returncode, 78)

    @staticmethod
    def written(daemon):
        daemon.config.write_text(toml(daemon.settings))
        return daemon.config

    def test_a_log_file_that_cannot_be_written_is_told(self):
        daemon = self.daemon()
        daemon.log_file.mkdir()
        daemon.start()
        daemon.wait('newswired answers', lambda: daemon.ctl('status').returncode == 0)
        problem = f'the log file {daemon.log_file} cannot be written: Is a directory'
        self.assertEqual(daemon.errors.read_text().count(problem), 1)
        self.assertIn(problem, daemon.ctl('status').stdout.decode())
        health = daemon.ctl('health')
        self.assertEqual((health.returncode, health.stdout.decode()), (1, f'WARNING: {problem}\n'))

    def test_explain_keeps_keys_to_itself(self):
        daemon = self.daemon()
        daemon.start().wait_queued(1)
        for options in ([], ['--json']):
            text = daemon.ctl('explain', 'alfa', *options).stdout.decode()
            self.assertIn('api_key=…', text)
            self.assertNotIn('opensesame', text)
        self.assertIn('api_key=opensesame', daemon.ctl('explain', 'alfa', '--secrets').stdout.decode())

    def test_explain_knows_who_is_refused_and_who_is_switched_off(self):
        daemon = self.daemon({'publishers': {'disabled': ['off']}})
        for name in ('off', 'wrong'):
            daemon.add_plugin(paper.plugin(name, f'www.{name}.example', [('rss', '/feed.xml')]))
        path = daemon.plugins / 'wrong' / 'plugin.toml'
        path.write_text(path.read_text().replace('language', 'langage', 1))
        daemon.start().wait_ready()
        for name, words in (('wrong', 'unknown key publisher.langage'), ('off', 'switched off'), ('nobody', 'There is no source')):
            done = daemon.ctl('explain', name)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr.decode())

    def test_pages_that_nobody_can_read_are_told(self):
        server = Scripted()
        server.__enter__()
        self.addCleanup(server.__exit__)
        entries = [paper.entry(HOST, number) for number in range(1, 13)]
        server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, entries)))
        for entry in entries:
            server.answer(HOST, entry['url'].partition(HOST)[2], Answer(status=403, body='no'))
        daemon = Daemon(self.folder / 'd', {
            'fetch': {'connect_to': server.connect_to, 'robots': False}, 'schedule': {'page_attempts': 1}})
        daemon.add_plugin(paper.plugin('walled', HOST, [('rss', '/feed.xml')]))
        self.addCleanup(daemon.kill)
        daemon.start().wait_queued(12)
        health = daemon.ctl('health')
        self.assertEqual(health.returncode, 1, health.stdout)
        self.assertIn(b'1 of 1 publishers have pages that nobody can read: walled', health.stdout)
        self.assertIn(b'newswire_publisher_ailing{publisher="walled",kind="pages"} 1', daemon.ctl('metrics').stdout)

    def test_a_dead_rule_is_told_until_its_plugin_changes(self):
        """In its own file, or in the set that it shares."""
        server = Scripted()
        server.__enter__()
        self.addCleanup(server.__exit__)
        daemon = Daemon(self.folder / 'd', {'fetch': {'robots': False}})
        own = lambda id, host: paper.plugin(id, host, [('rss', '/feed.xml')]).replace('css:h1', 'css:h1.old')
        shared = lambda id, host: own(id, host).partition('[article]')[0] + '[article]\nextends = "press"\n'
        rules = daemon.plugins / '_cms' / 'press' / 'rules.toml'
        rules.parent.mkdir(parents=True)
        rules.write_text('[article]\nheadline = ["css:h1.old"]\nbody = ["css:div.story"]\n')
        for id, make in (('own', own), ('shared', shared)):
            host = f'www.{id}.example'
            entries = [paper.entry(host, number) for number in range(1, 11)]
            server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, entries)))
            for entry in entries:
                server.answer(host, entry['url'].partition(host)[2], Answer(body=paper.page(entry), kind='text/html'))
            daemon.add_plugin(make(id, host))
        daemon.settings['fetch']['connect_to'] = server.connect_to
        self.addCleanup(daemon.kill)
        daemon.start().wait_queued(20)

        def broken():
            publishers = json.loads(daemon.ctl('status', '--json').stdout)['publishers']
            return {p['id']: p['broken_rules'] for p in publishers if 'broken_rules' in p}

        self.assertEqual(broken(), {'own': ['headline'], 'shared': ['headline']})
        path = daemon.plugins / 'own' / 'plugin.toml'
        path.write_text(path.read_text().replace('headline = ["css:h1.old"]\n', ''))
        self.assertEqual(daemon.ctl('reload').stdout, b'own changed\n')
        self.assertEqual(broken(), {'shared': ['headline']})
        rules.write_text(rules.read_text().replace('headline = ["css:h1.old"]\n', ''))
        self.assertEqual(daemon.ctl('reload').stdout, b'shared changed\n')
        self.assertEqual(broken(), {})
        self.assertEqual(daemon.ctl('health').returncode, 0)

    def test_a_pause_is_as_old_as_it_is_and_a_level_has_a_publisher(self):
        daemon = self.daemon()
        daemon.start().wait_ready()
        time.sleep(3)
        daemon.ctl('pause')
        heading = daemon.ctl('status').stdout.decode().splitlines()[0]
        self.assertRegex(heading, r'paused for [12] s, up for \d+ s')
        daemon.ctl('resume')
        self.assertRegex(daemon.ctl('status').stdout.decode().splitlines()[0], r'running for ([3-9]|\d\d) s')
        done = daemon.ctl('log-level', 'debug', 'nope')
        self.assertEqual(done.returncode, 64)
        self.assertIn('no plugin “nope”', done.stderr.decode())
        self.assertEqual(daemon.ctl('log-level', 'debug', 'alfa').returncode, 0)

    def test_waiting_for_a_fetch_that_a_stop_cuts_off_fails(self):
        daemon = self.daemon()
        daemon.start().wait_queued(1)
        hanging = Scripted()
        hanging.__enter__()
        self.addCleanup(hanging.__exit__)
        hanging.answer(HOST, '/feed.xml?api_key=opensesame', lambda *_: (time.sleep(60), Answer())[1])
        daemon.settings['fetch']['connect_to'] = hanging.connect_to
        daemon.config.write_text(toml(daemon.settings))
        self.assertEqual(daemon.ctl('reload').returncode, 0)
        with subprocess.Popen(
                [programs.program('newswirectl'), 'fetch', 'alfa', '--wait', '--socket', str(daemon.socket)],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE) as waiting:
            time.sleep(1)
            daemon.process.terminate()
            waiting.communicate(timeout=60)
        self.assertNotEqual(waiting.returncode, 0)

    def test_a_failed_source_is_not_planned_before_its_group_may_be_asked(self):
        with Scripted() as server:
            server.answer(HOST, '/feed.xml', Answer(503, 'later', 'text/plain'))
            daemon = Daemon(self.folder / 'd', {
                'fetch': {'connect_to': server.connect_to, 'robots': False}, 'schedule': {'min_interval': '1s', 'source_retry': '5s'}})
            daemon.add_plugin(paper.plugin('alfa', HOST, [('rss', '/feed.xml')]))
            with daemon:
                failed, = daemon.wait('it fails', lambda: daemon.records(event='feed.failed'))
                held, = daemon.records(event='group.held')
        self.assertRegex(held['message'], 'rests for (60 s|1 min)')
        self.assertRegex(failed['next'], 'again in (60 s|1 min)')

    def test_the_log_is_in_order_on_a_terminal(self):
        path = self.folder / 'log.jsonl'
        with path.open('w') as file:
            for second in range(0, 180, 5):
                for event, message in (('feed.unchanged', 'not modified'), ('article.published', f'Story {second}')):
                    time_of_day = f'2026-11-29T10:{second // 60:02}:{second % 60:02}.000Z'
                    file.write(json.dumps({'time': time_of_day, 'level': 'info', 'event': event, 'message': message,
                                           'publisher': 'alfa'}) + '\n')
        master, slave = pty.openpty()
        show = subprocess.Popen([programs.program('newswirectl'), 'log', '--file', path, '-n', '1000'], stdout=slave,
                                env={**os.environ, 'NO_COLOR': '1', 'TERM': 'xterm'})
        os.close(slave)
        shown = b''
        try:
            while data := os.read(master, 65536):
                shown += data
        except OSError:  # the end, where the other side is closed
            pass
        os.close(master)
        self.assertEqual(show.wait(), 0)
        times = [line.split()[0] for line in shown.decode().splitlines() if line.strip()]
        self.assertIn(b'more unchanged', shown)
        self.assertEqual(times, sorted(times))

    @unittest.skipUnless(subprocess.run(['unshare', '-rm', 'true'], capture_output=True).returncode == 0,
                         'needs a mount namespace of its own')
    def test_how_journalctl_ended_is_told_though_the_parent_ignored_ends(self):
        journalctl = self.folder / 'journalctl'
        journalctl.write_text('#!/bin/sh\nexit 3\n')
        journalctl.chmod(0o755)
        # As on a machine whose newswired.service runs.
        booted = ('mount -t tmpfs none /run && mkdir -p /run/systemd/units && '
                  'ln -s 1 /run/systemd/units/invocation:newswired.service && exec "$@"')
        done = subprocess.run(
            ['unshare', '-rm', 'sh', '-c', booted, 'sh', 'env', '--ignore-signal=CHLD', programs.program('newswirectl'), 'log'],
            env={**os.environ, 'PATH': f'{self.folder}:{os.environ["PATH"]}'}, capture_output=True, timeout=20)
        self.assertEqual(done.returncode, 3, done.stderr)

    def test_the_log_of_a_daemon_that_is_gone_says_how_to_name_it(self):
        done = run('newswirectl', 'log', '--socket', self.folder / 'none')
        self.assertEqual(done.returncode, 69)
        self.assertIn('--file', done.stderr.decode())


if __name__ == '__main__':
    unittest.main()
