"""The queue's reference consumer: `newswirectl queue consume` and `queue watch`, alone and beside others."""
import hashlib
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from support import faults, programs, spool
from support.programs import run


class Consume(unittest.TestCase):
    def setUp(self):
        # Below the project: the queue refuses file systems that cannot keep its promises, as /tmp may be.
        parent = programs.PROJECT / 'var'
        parent.mkdir(exist_ok=True)
        temporary = tempfile.TemporaryDirectory(prefix='consume-', dir=parent)
        self.addCleanup(temporary.cleanup)
        self.spool = pathlib.Path(temporary.name) / 'spool'
        (self.spool / 'tmp').mkdir(parents=True)
        (self.spool / 'bad').mkdir()
        self.number = 0

    def put(self, title):
        """An element made by hand as docs/queue.md says."""
        self.number += 1
        seconds = int(time.time())
        bucket = self.spool / f'{seconds - seconds % 60:08x}'
        bucket.mkdir(exist_ok=True)
        article = json.dumps({'uri': f'urn:test:{self.number}', 'title': title}).encode()
        staged = self.spool / 'tmp' / str(self.number)
        staged.write_bytes(article + b'\n#sha256=' + hashlib.sha256(article).hexdigest().encode() + b'\n')
        name = f'{seconds:08x}{self.number:05x}0'
        os.rename(staged, bucket / name)
        return f'{bucket.name}/{name}'

    def consume(self, *arguments, **options):
        return run('newswirectl', 'queue', 'consume', '--spool', self.spool, *arguments, **options)

    def test_every_article_goes_to_the_command_and_out_of_the_queue(self):
        for number in range(5):
            self.put(f'Story {number}')
        done = self.consume('--drain', '--', 'sh', '-c', 'cat; echo "$NEWSWIRE_ELEMENT" >&2')
        self.assertEqual(done.returncode, 0, done.stderr)
        titles = [json.loads(line)['title'] for line in done.stdout.splitlines()]
        self.assertEqual(titles, [f'Story {number}' for number in range(5)])
        self.assertEqual(len(done.stderr.split()), 5)
        self.assertEqual(spool.names(self.spool), [])

    def test_the_command_may_open_its_standard_input_by_name(self):
        """Articles larger than a pipe holds, too."""
        for title in ('short', 'long' * 100_000):
            with self.subTest(len(title)):
                name, copy = self.put(title), self.spool.parent / 'copy'
                article = (self.spool / name).read_bytes().partition(b'\n')[0] + b'\n'
                done = self.consume('--drain', '--attempts', '1', '--', 'cp', '/dev/stdin', copy)
                self.assertEqual((done.returncode, done.stderr), (0, b''))
                self.assertEqual(copy.read_bytes(), article)
                self.assertEqual(spool.names(self.spool), [])

    def test_a_command_may_leave_its_input_unread(self):
        self.put('long' * 100_000)
        done = self.consume('--drain', '--attempts', '1', '--', 'sh', '-c', 'exec <&-; sleep 0.1')
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        self.assertEqual((spool.names(self.spool), list((self.spool / 'bad').iterdir())), ([], []))

    def test_a_command_fails_though_the_parent_ignored_ends(self):
        """Who ignores SIGCHLD leaves that to the programs it starts."""
        name = self.put('story')
        ignoring = {'preexec_fn': lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)}
        done = self.consume('--drain', '--attempts', '1', '--', 'false', **ignoring)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b'failed 1 times (1); moved to bad/', done.stderr)
        self.assertEqual([path.name for path in (self.spool / 'bad').iterdir()], [name.partition('/')[2]])

    def test_without_a_known_end_or_a_process_the_article_is_given_back(self):
        for fault, reason in (('wait4:error=ECHILD', b'cannot learn how true ended'),
                              ('clone,clone3,vfork:error=EAGAIN', b'cannot run true: Resource temporarily unavailable')):
            with self.subTest(fault):
                name = self.put('story')
                done = subprocess.run(
                    ['strace', '-qq', '-o', '/dev/null', '-e', f'trace={fault.partition(":")[0]}', '-e', f'inject={fault}',
                     programs.program('newswirectl'), 'queue', 'consume', '--spool', str(self.spool), '--', 'true'],
                    capture_output=True, timeout=20)
                self.assertEqual(done.returncode, 71, done.stderr)
                self.assertIn(reason, done.stderr)
                self.assertEqual(spool.names(self.spool), [name])
                self.assertEqual(run('newswirectl', 'queue', 'claim', '--spool', self.spool).stdout.split(), [name.encode()])
                run('newswirectl', 'queue', 'ack', name, '--spool', self.spool)

    def test_what_fails_is_tried_again_and_set_aside_at_last(self):
        self.put('good')
        bad = self.put('bad')
        began = time.monotonic()
        done = self.consume('--drain', '--attempts', '3', '--', 'sh', '-c', '! grep -q bad')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreaterEqual(time.monotonic() - began, 3, 'it waits 1 s and then 2 s')
        self.assertEqual([path.name for path in (self.spool / 'bad').iterdir()], [bad.partition('/')[2]])
        self.assertEqual(spool.names(self.spool), [])
        self.assertIn(b'moved to bad/', done.stderr)

    def test_what_failed_stays_claimed_and_is_given_back_at_the_end(self):
        """Nobody else gets it between two tries; SIGTERM ends the waiting at once and frees it."""
        name = self.put('stubborn')
        process = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'consume', '--spool', str(self.spool), '--', 'false'],
            stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        for _ in range(3):
            self.assertIn(b'again in', process.stderr.readline())
        self.assertTrue((self.spool / f'{name}.lck').exists(), 'held between two tries')
        process.terminate()
        self.assertEqual(process.wait(10), 0)
        self.assertEqual(spool.names(self.spool), [name])
        self.assertFalse(list(self.spool.rglob('*.lck')), 'given back')

    def test_the_present_article_is_finished_before_the_end(self):
        self.put('long')
        process = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'consume', '--spool', str(self.spool), '--', 'sh', '-c', 'sleep 1.5'])
        self.addCleanup(process.kill)
        time.sleep(0.7)
        process.terminate()
        self.assertEqual(process.wait(10), 0)
        self.assertEqual(spool.names(self.spool), [])

    def test_a_command_that_is_stopped_with_its_consumer_has_not_failed(self):
        """As Ctrl-C and systemd do it: everybody gets the signal."""
        name = self.put('long')
        process = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'consume', '--attempts', '1', '--spool', str(self.spool), '--',
             'sh', '-c', 'echo began; sleep 30'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self.assertEqual(process.stdout.readline(), b'began\n')
        os.killpg(process.pid, signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        self.assertEqual((process.returncode, errors), (0, b''))
        self.assertEqual(list((self.spool / 'bad').iterdir()), [])
        self.assertEqual(run('newswirectl', 'queue', 'claim', '--spool', self.spool).stdout.decode().strip(), name)

    def test_a_command_that_takes_too_long_has_failed(self):
        """With SIGTERM, and where it does not heed that with SIGKILL."""
        for command, seconds in (('exec sleep 60', 1), ('trap "" TERM; exec sleep 60', 6), ('trap "exit 0" TERM; sleep 60 & wait', 1)):
            with self.subTest(command):
                name = self.put('slow')
                began = time.monotonic()
                done = self.consume('--drain', '--attempts', '1', '--timeout', '1s', '--', 'sh', '-c', f'exec >&- 2>&-; {command}')
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(b'failed 1 times (took longer than 1 s and was ended); moved to bad/', done.stderr)
                self.assertTrue((self.spool / 'bad' / name.partition('/')[2]).exists())
                self.assertTrue(seconds <= time.monotonic() - began < seconds + 5)
        for wrong in ('0s', '5', 'soon'):
            self.assertEqual(self.consume('--timeout', wrong, '--', 'true').returncode, 64)

    def test_what_it_leaves_its_input_to_does_not_keep_it(self):
        """The command has ended; a process of its own holds the pipe, and will not read what is too much for it."""
        self.put('long' * 500_000)
        done = self.consume('--drain', '--attempts', '1', '--', 'sh', '-c', 'sleep 20 <&0 >&- 2>&- & exit 0', timeout=15)
        self.assertEqual((done.returncode, done.stderr), (0, b''))

    def test_a_second_signal_ends_a_command_that_goes_on(self):
        """Whatever it heeds; the article is given back and has not failed."""
        name = self.put('stubborn')
        process = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'consume', '--attempts', '1', '--spool', str(self.spool), '--',
             'sh', '-c', 'trap "" TERM INT; echo began; exec sleep 60 >&-'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), b'began\n')
        process.terminate()
        time.sleep(1.5)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=15)
        self.assertEqual((process.returncode, errors), (0, b''))
        self.assertEqual(spool.names(self.spool), [name])
        self.assertEqual((list(self.spool.rglob('*.lck')), list((self.spool / 'bad').iterdir())), ([], []))

    def test_any_number_of_attempts_will_do(self):
        self.put('bad')
        process = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'consume', '--attempts', str(2 ** 64 - 1), '--spool',
             str(self.spool), '--', 'false'], stderr=subprocess.PIPE)
        self.assertIn(b'exited with 1; again in 1 s', process.stderr.readline())
        process.terminate()
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0)

    def test_claims_of_the_dead_are_freed(self):
        name = self.put('orphan')
        os.link(self.spool / name, self.spool / f'{name}.lck')
        os.utime(self.spool / name, (time.time() - 700,) * 2)
        done = self.consume('--drain', '--', 'cat')
        self.assertEqual([json.loads(line)['title'] for line in done.stdout.splitlines()], ['orphan'])

    def test_a_damaged_element_never_reaches_the_command(self):
        name = self.put('whole')
        path = self.spool / name
        path.write_bytes(path.read_bytes().replace(b'whole', b'wrong'))
        self.put('sound')
        done = self.consume('--drain', '--', 'cat')
        self.assertEqual([json.loads(line)['title'] for line in done.stdout.splitlines()], ['sound'])
        self.assertEqual(len(list((self.spool / 'bad').iterdir())), 1)

    @unittest.skipUnless(os.geteuid() == 0, 'becoming another user needs root')
    @unittest.skipIf(faults.needed(), faults.needed())
    def test_an_element_that_the_device_cannot_read_keeps_nobody_from_the_rest(self):
        for check in (False, True):
            with self.subTest(check=check):
                broken = self.put('broken')
                self.put('good')
                environment = {**os.environ, **faults.environment([self.spool / broken], 'read:1-*:EIO')}
                if check:
                    done = run('newswirectl', 'queue', 'check', '--quarantine', '--spool', self.spool, env=environment)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertIn(b'Input/output error; moved to bad/', done.stdout)
                done = self.consume('--drain', '--', 'jq', '-r', '.title', env=environment)
                self.assertEqual((done.returncode, done.stdout), (0, b'good\n'), done.stderr)
                if not check:
                    self.assertIn(b'moved to bad/: Input/output error', done.stderr)
                self.assertTrue((self.spool / 'bad' / broken.partition('/')[2]).exists())
                self.assertEqual(spool.names(self.spool), [])

    def test_what_may_not_be_claimed_keeps_nobody_from_the_rest(self):
        shut, damaged = self.put('shut'), self.put('damaged')
        for number in range(3):
            self.put(f'Story {number}')
        path = self.spool / damaged
        path.write_bytes(path.read_bytes().replace(b'damaged', b'garbled'))
        self.spool.parent.chmod(0o755)
        for path in (self.spool, *self.spool.rglob('*')):
            os.chown(path, 65534, 65534)
        os.chown(self.spool / shut, 0, 0)
        (self.spool / shut).chmod(0o600)
        other = {'user': 65534, 'group': 65534, 'extra_groups': []}
        done = run('newswirectl', 'queue', 'check', '--quarantine', '--json', '--spool', self.spool, **other)
        self.assertEqual(done.returncode, 77, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual([(entry['name'], entry['quarantined']) for entry in told['damaged']], [(damaged, True)])
        self.assertEqual(told['passed_over'], [str(self.spool / shut)])
        done = self.consume('--drain', '--', 'cat', **other)
        self.assertEqual(done.returncode, 77, done.stderr)
        self.assertEqual([json.loads(line)['title'] for line in done.stdout.splitlines()], [f'Story {n}' for n in range(3)])
        self.assertEqual(done.stderr.count(b'passed over'), 1, done.stderr)
        self.assertIn(shut.encode(), done.stderr)
        done = run('newswirectl', 'queue', 'claim', '--spool', self.spool, **other)
        self.assertEqual(done.returncode, 77, done.stderr)
        # A user who may claim nothing is told so, and waits for nothing.
        self.spool.chmod(0o700)
        os.chown(self.spool, 0, 0)
        done = self.consume('--', 'cat', timeout=10, **other)
        self.assertEqual(done.returncode, 77, done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, 'becoming another user needs root')
    def test_what_may_be_claimed_but_not_read_keeps_nobody_from_the_rest(self):
        shut = self.put('shut')
        self.put('open')
        (self.spool / shut).chmod(0o200)
        self.spool.parent.chmod(0o755)
        for path in (self.spool, *self.spool.rglob('*')):
            os.chown(path, 65534, 65534)
        other = {'user': 65534, 'group': 65534, 'extra_groups': []}
        done = self.consume('--drain', '--', 'jq', '-r', '.title', **other)
        self.assertEqual((done.returncode, done.stdout), (77, b'open\n'), done.stderr)
        self.assertEqual(done.stderr.count(b'passed over'), 1, done.stderr)
        self.assertEqual(list(self.spool.rglob('*.lck')), [])

    def test_a_directory_called_like_a_claim_keeps_nobody_from_the_rest(self):
        name = self.put('open')
        for stray in ('note.tmp', 'note.lck'):
            path = (self.spool / name).parent / stray
            path.mkdir()
            os.utime(path, (time.time() - 7000,) * 2)
        done = self.consume('--drain', '--', 'jq', '-r', '.title')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b'open\n', b''))
        done = run('newswirectl', 'queue', 'purge', '--spool', self.spool)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b'', b''))

    @unittest.skipUnless(os.geteuid() == 0, 'becoming another user needs root')
    def test_a_claim_that_may_not_be_freed_keeps_nobody_from_the_rest(self):
        stuck, _ = self.put('stuck'), self.put('open')
        other = {'user': 65534, 'group': 65534, 'extra_groups': []}
        self.spool.parent.chmod(0o755)
        for path in (self.spool, *self.spool.rglob('*')):
            os.chown(path, 65534, 65534)
        os.chown(self.spool / stuck, 0, 0)
        os.link(self.spool / stuck, self.spool / f'{stuck}.lck')
        os.utime(self.spool / stuck, (time.time() - 7000,) * 2)
        # In a directory with this bit only its owner and that of a file may remove it.
        bucket = (self.spool / stuck).parent
        os.chown(bucket, 0, 0)
        bucket.chmod(0o1777)
        done = self.consume('--drain', '--', 'jq', '-r', '.title', **other)
        self.assertEqual((done.returncode, done.stdout), (77, b'open\n'), done.stderr)
        self.assertEqual(done.stderr.count(b'passed over'), 1, done.stderr)
        self.assertIn(f'{stuck}.lck'.encode(), done.stderr)
        done = run('newswirectl', 'queue', 'purge', '--spool', self.spool, **other)
        self.assertEqual(done.returncode, 77, done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, 'becoming another user needs root')
    def test_a_directory_that_may_not_be_used_keeps_nobody_from_the_rest(self):
        """As one that root made, to put an element back from bad/."""
        other = {'user': 65534, 'group': 65534, 'extra_groups': []}
        self.spool.parent.chmod(0o755)
        for mode in (0o755, 0o744, 0o700):
            with self.subTest(mode=oct(mode)):
                back, name = self.spool / '5f000000', self.put('open')
                for path in (self.spool, *self.spool.rglob('*')):
                    os.chown(path, 65534, 65534)
                back.mkdir()
                shutil.copy(self.spool / name, back / '5f000000000010')
                back.chmod(mode)
                done = self.consume('--drain', '--', 'jq', '-r', '.title', **other)
                self.assertEqual((done.returncode, done.stdout), (77, b'open\n'), done.stderr)
                self.assertEqual(done.stderr.count(b'passed over'), 1, done.stderr)
                self.assertIn(b'5f000000', done.stderr)
                for verb in ('list', 'stats', 'check', 'purge'):
                    done = run('newswirectl', 'queue', verb, '--spool', self.spool, **other)
                    mayLook = mode == 0o755 and verb != 'purge'
                    self.assertEqual(done.returncode, 0 if mayLook else 77, (verb, done.stderr))
                shutil.rmtree(back)

    def test_what_failed_is_given_back_when_the_disk_ends_the_work(self):
        failed, done = self.put('failed'), self.put('done')
        # What cannot be removed has been worked on, and is held until its claim is old.
        script = f'grep -q failed && exit 1; mv {self.spool / done} {self.spool}/aside; mkdir {self.spool / done}'
        ended = self.consume('--', 'sh', '-c', script, timeout=20)
        self.assertEqual(ended.returncode, 74, ended.stderr)
        self.assertEqual([path.name for path in self.spool.rglob('*.lck')], [f'{done[9:]}.lck'])
        self.assertEqual(run('newswirectl', 'queue', 'claim', failed, '--spool', self.spool).returncode, 0)

    def test_a_claim_that_another_took_since_is_not_given_back(self):
        """The release of what can be run no more takes long enough for another consumer to claim it."""
        name, script = self.put('failed'), self.spool.parent / 'work.sh'
        script.write_text('#!/bin/sh\nrm "$0"\nexit 1\n')
        script.chmod(0o755)
        slow = subprocess.Popen(
            ['strace', '-qq', '-o', '/dev/null', '-e', 'trace=unlinkat', '-e', 'inject=unlinkat:delay_exit=2000000:when=1',
             programs.program('newswirectl'), 'queue', 'consume', '--spool', str(self.spool), '--', str(script)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (slow.kill(), slow.wait(10)))
        # Held by it first, and free when its second attempt has found nothing to run.
        end = time.monotonic() + 20
        while script.exists() and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual(run('newswirectl', 'queue', 'claim', '--wait', '10', '--spool', self.spool).stdout.strip(),
                         name.encode())
        self.assertIsNone(slow.poll(), 'it had ended before')
        self.assertEqual(slow.wait(20), 64)
        self.assertTrue((self.spool / f'{name}.lck').exists(), 'the other claim is gone')

    @unittest.skipUnless(os.geteuid() == 0, 'becoming another user needs root')
    def test_a_right_that_comes_of_setgid_counts(self):
        self.put('open')
        self.spool.parent.chmod(0o755)
        for path in (self.spool, *self.spool.rglob('*')):
            os.chown(path, 0, 4321)
            path.chmod(0o770 if path.is_dir() else 0o660)

        def become():
            os.setgroups([])
            os.setresgid(65534, 4321, 4321)
            os.setresuid(65534, 65534, 65534)
        done = self.consume('--drain', '--', 'jq', '-r', '.title', preexec_fn=become)
        self.assertEqual((done.returncode, done.stdout), (0, b'open\n'), done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, 'becoming another user needs root')
    def test_who_may_look_into_nothing_is_told(self):
        self.put('shut')
        self.spool.parent.chmod(0o755)
        self.spool.chmod(0o755)
        for path in self.spool.iterdir():
            path.chmod(0o770)
        other = {'user': 65534, 'group': 65534, 'extra_groups': []}
        for verb in ('watch', 'list', 'stats', 'check'):
            done = run('newswirectl', 'queue', verb, '--spool', self.spool, timeout=10, **other)
            self.assertEqual((done.returncode, done.stdout), (77, b''), (verb, done.stderr))
            self.assertIn(b'Permission denied', done.stderr)

    def test_watch_tells_of_a_name_that_comes_after_a_greater_one(self):
        first, second = self.put('first'), self.put('second')
        os.rename(self.spool / first, self.spool / 'tmp/first')
        watch = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'watch', '--all', '--spool', self.spool],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.addCleanup(lambda: (watch.kill(), watch.wait(10), watch.stdout.close()))
        self.assertEqual(watch.stdout.readline().strip(), second.encode())
        os.rename(self.spool / 'tmp/first', self.spool / first)
        self.assertTrue(select.select([watch.stdout], [], [], 10)[0], 'nothing was told')
        self.assertEqual(watch.stdout.readline().strip(), first.encode())

    def test_a_damaged_element_that_is_held_stays_and_the_reason_is_told(self):
        name = self.put('held')
        path = self.spool / name
        path.write_bytes(path.read_bytes().replace(b'held', b'hold'))
        os.link(path, f'{path}.lck')
        done = run('newswirectl', 'queue', 'check', '--quarantine', '--spool', self.spool)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b'not moved: a consumer holds it', done.stdout)
        done = run('newswirectl', 'queue', 'check', '--quarantine', '--json', '--spool', self.spool)
        entry = json.loads(done.stdout)['damaged'][0]
        self.assertFalse(entry['quarantined'])
        self.assertIn('holds it', entry['obstacle'])

    def test_a_directory_that_is_no_queue(self):
        other = self.spool.parent / 'other'
        (other / 'tmp').mkdir(parents=True)
        (other / 'letters').mkdir()
        for verb in (['list'], ['stats'], ['check'], ['purge'], ['watch'], ['claim'], ['consume', '--', 'cat']):
            for place in (other, other / 'letters', other / 'absent'):
                done = run('newswirectl', 'queue', verb[0], '--spool', place, *verb[1:], timeout=10)
                self.assertEqual(done.returncode, 78, (verb, place, done.stderr))

    def test_a_command_that_does_not_exist_claims_nothing(self):
        name = self.put('story')
        done = self.consume('--drain', '--', '/nonexistent/command')
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn(b'/nonexistent/command', done.stderr)
        self.assertEqual(spool.names(self.spool), [name])
        self.assertFalse(list(self.spool.rglob('*.lck')))

    @unittest.skipIf(faults.needed(), faults.needed())
    def test_waits_do_not_end_with_the_clock(self):
        """The clock of the program alone is set back by a day while it waits."""
        library, step = self.spool.parent / 'clockstep.so', self.spool.parent / 'step'
        subprocess.run([faults.compiler(), '-shared', '-fPIC', '-O1', '-o', library,
                        programs.PROJECT / 'Tests/System/booted/clockstep.c'], check=True)
        step.write_text('0')
        environment = {**os.environ, 'LD_PRELOAD': str(library), 'CLOCKSTEP_FILE': str(step)}
        flag = self.spool.parent / 'flag'
        waiting = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'claim', '--wait', '3', '--spool', self.spool], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(waiting.kill)
        time.sleep(0.5)
        step.write_text('-86400')
        self.assertEqual(waiting.wait(20), 1)
        step.write_text('0')
        self.put('Story')
        consumer = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'consume', '--drain', '--spool', self.spool, '--', 'sh', '-c',
             f'test -e {flag}'], env=environment, stderr=subprocess.PIPE)
        self.addCleanup(consumer.stderr.close)
        self.addCleanup(consumer.kill)
        self.assertIn(b'again in 1 s', consumer.stderr.readline())
        step.write_text('-86400')
        flag.touch()
        self.assertEqual(consumer.wait(20), 0)
        self.assertEqual(spool.names(self.spool), [])

    def test_a_queue_that_is_made_anew_is_followed(self):
        """The operator moves the queue away, and newswired makes it anew."""
        consumer = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'consume', '--spool', self.spool, '--', 'cat'], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        watch = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'watch', '--spool', self.spool], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        for process in (consumer, watch):
            self.addCleanup(process.stdout.close)
            self.addCleanup(process.stderr.close)
            self.addCleanup(process.kill)
        time.sleep(1)
        self.put('before')
        self.assertIn(b'before', consumer.stdout.readline())
        time.sleep(1.1)
        new = self.spool.parent / 'new'
        for name in ('tmp', 'bad'):
            (new / name).mkdir(parents=True)
        self.spool.rename(self.spool.parent / 'old')
        new.rename(self.spool)
        self.put('after')
        self.assertIn(b'after', consumer.stdout.readline())
        consumer.terminate()
        self.assertEqual(consumer.wait(10), 0)
        name = self.put('to be seen')
        # Those before may have been taken before they were seen.
        self.assertIn(name.encode(), (line.strip() for line in watch.stdout))

    def test_a_damaged_element_goes_to_bad_though_that_was_removed(self):
        name = self.put('damaged')
        path = self.spool / name
        path.write_bytes(path.read_bytes().replace(b'damaged', b'changed'))
        (self.spool / 'bad').rmdir()
        done = self.consume('--drain', '--', 'cat')
        self.assertEqual((done.returncode, done.stdout), (0, b''), done.stderr)
        self.assertEqual([path.name for path in (self.spool / 'bad').iterdir()], [name.partition('/')[2]])

    def test_a_damaged_element_that_cannot_be_moved_is_given_back(self):
        name = self.put('damaged')
        path = self.spool / name
        path.write_bytes(path.read_bytes().replace(b'damaged', b'changed'))
        (self.spool / 'bad').rmdir()
        (self.spool / 'bad').touch()
        for number in range(2):
            self.put(f'good {number}')
        for status, verb in (0, ['claim', '--json']), (77, ['consume', '--drain', '--', 'cat']):
            with self.subTest(verb[0]):
                done = run('newswirectl', 'queue', verb[0], '--spool', self.spool, *verb[1:], timeout=10)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertEqual((done.stdout.count(b'good'), done.stderr.count(name.encode())), (1, 1), done.stderr)
        check = run('newswirectl', 'queue', 'check', '--quarantine', '--spool', self.spool)
        self.assertIn(b'it cannot be moved', check.stdout + check.stderr)
        self.assertFalse((self.spool / (name + '.lck')).exists())

    def test_what_is_gone_keeps_no_other_from_ack_and_release(self):
        for verb in ('ack', 'release'):
            with self.subTest(verb):
                names = [self.put(f'{verb} {number}') for number in range(3)]
                for name in names[::2]:
                    run('newswirectl', 'queue', 'claim', name, '--spool', self.spool)
                absent = '6ac1f0c0/6ac1f0d8a3b2c7'
                done = run('newswirectl', 'queue', verb, names[0], absent, names[1], names[2], '--spool', self.spool)
                self.assertEqual(done.returncode, 1, done.stderr)
                told = done.stderr.decode().splitlines()
                self.assertEqual(len(told), 2, told)
                self.assertIn(absent, told[0])
                self.assertIn(names[1], told[1])
                self.assertEqual(spool.names(self.spool), [names[1]] if verb == 'ack' else names)
                self.assertEqual(list(self.spool.rglob('*.lck')), [])
                for path in self.spool.glob('*/*'):
                    path.unlink()

    def test_two_consumers_share_the_work_and_double_none(self):
        for number in range(60):
            self.put(f'Story {number}')
        command = [programs.program('newswirectl'), 'queue', 'consume', '--spool', str(self.spool), '--drain', '--', 'cat']
        running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
        lines = [line for process in running for line in process.communicate(timeout=60)[0].splitlines()]
        titles = sorted(json.loads(line)['title'] for line in lines)
        self.assertEqual(titles, sorted(f'Story {number}' for number in range(60)))

    @unittest.skipUnless(shutil.which('unshare') and subprocess.run(['unshare', '-r', 'true']).returncode == 0,
                         'needs a user namespace of its own')
    def test_a_consumer_that_gets_no_inotify_looks_every_second(self):
        """The kernel gives a user so many instances and watches, and others may have them all."""
        for kind in ('instances', 'watches'):
            with self.subTest(kind):
                limited = f'echo 0 >/proc/sys/user/max_inotify_{kind} && exec "$@"'
                watch = subprocess.Popen(
                    ['unshare', '-r', 'sh', '-c', limited, 'sh', programs.program('newswirectl'), 'queue', 'watch',
                     '--spool', str(self.spool)], stdout=subprocess.PIPE)
                self.addCleanup(watch.stdout.close)
                self.addCleanup(watch.wait)
                self.addCleanup(watch.kill)
                time.sleep(0.5)
                name = self.put(kind)
                began = time.monotonic()
                self.assertEqual(watch.stdout.readline().decode().strip(), name)
                self.assertLess(time.monotonic() - began, 5)

    def test_a_waiting_consumer_hears_of_an_article_at_once(self):
        watch = subprocess.Popen(
            [programs.program('newswirectl'), 'queue', 'watch', '--spool', str(self.spool), '--json'], stdout=subprocess.PIPE)
        self.addCleanup(watch.stdout.close)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        time.sleep(0.5)
        for title in ('first', 'second'):
            name = self.put(title)
            began = time.monotonic()
            record = json.loads(watch.stdout.readline())
            self.assertLess(time.monotonic() - began, 5, 'long before the rescan')
            self.assertEqual((record['name'], record['item']['title']), (name, title))
            time.sleep(0.2)
