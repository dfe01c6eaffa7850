"""The n-th call to the file system fails, for every n, every call of the queue and of SQLite, and every error: the program
goes on or ends with the right status, and after an undisturbed run every article has come out once."""
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import unittest

from support import drill, faults

ERRORS = ('EIO', 'ENOSPC', 'EDQUOT', 'EINTR', 'short')
# Which of sysexits.h are right for an error, should the program end (docs/service.md): 73 cannot create the state, 74 the
# device fails, 75 no room.
RIGHT = {
    'EIO': {73, 74}, 'ENOSPC': {73, 75}, 'EDQUOT': {73, 75}, 'EINTR': {73, 74}, 'short': set(),
}


def right(call, error):
    # When a sync fails for want of space it is unknown what has reached the device: as with a broken one.
    return RIGHT[error] | ({74} if call in ('fsync', 'fdatasync') else set())
CALLS = ('open', 'write', 'pwrite', 'fsync', 'fdatasync', 'ftruncate', 'fallocate', 'rename', 'mkdir', 'unlink')


@unittest.skipIf(faults.needed(), faults.needed())
class Injection(unittest.TestCase):
    def setUp(self):
        temporary = drill.folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.wanted = drill.expected()
        self.runs = 0

    def run_with(self, directory, fault=None, count=None):
        return drill.call('run', directory, env={**os.environ, **faults.environment([directory], fault, count)})

    def fresh(self):
        self.runs += 1
        directory = self.folder / str(self.runs)
        directory.mkdir()
        return directory

    def totals(self):
        count = self.folder / 'count'
        done = self.run_with(self.fresh(), count=count)
        self.assertEqual(done.returncode, 0, done.stderr)
        return faults.counts(count)

    def trial(self, fault, error, consuming):
        """What is wrong after a run with the fault and a run without; None when all is well."""
        directory = self.fresh()
        done = self.run_with(directory, fault)
        if done.returncode != 0 and done.returncode not in right(fault.partition(':')[0], error):
            return f'{fault}: ended with {done.returncode}: {done.stderr.decode().strip()[-300:]}'
        if done.returncode != 0 and not done.stderr.strip():
            return f'{fault}: ended with {done.returncode} and said nothing'
        taken = drill.consume(directory) if consuming else []
        drill.run(directory)
        wrong = drill.verdict(taken + drill.consume(directory), self.wanted)
        return f'{fault}: {wrong}' if wrong else None

    def test_every_call_may_fail(self):
        totals, dice = self.totals(), random.Random(3)
        self.assertGreater(totals['fsync'] + totals['fdatasync'], 20)
        plan = []
        for call in CALLS:
            self.assertIn(call, totals)
            for error in ERRORS:
                if error == 'short' and call not in ('write', 'pwrite'):
                    continue
                for number in range(1, totals[call] + 1):
                    # Once, and from there on: a device that is broken stays broken.
                    plan += [(f'{call}:{number}:{error}', error)]
                    if error not in ('EINTR', 'short'):
                        plan += [(f'{call}:{number}-*:{error}', error)]
        whole = len(plan)
        if not drill.LONG:
            plan = dice.sample(plan, 120)
        wrong = [text for text in (self.trial(fault, error, dice.random() < 0.5) for fault, error in plan) if text]
        self.assertEqual(wrong, [], '\n'.join(wrong[:20]))
        print(f'{len(plan)} of {whole} faults', end=' ', flush=True)

    def test_recovery_may_fail_as_well(self):
        """A kill leaves work for recovery; then recovery's own calls fail."""
        dice = random.Random(4)
        kills = range(5, 60, 3 if drill.LONG else 17)
        wrong, count = [], 0
        for point in kills:
            for call in ('fsync', 'rename', 'unlink', 'pwrite', 'mkdir', 'fdatasync'):
                for number in range(1, 8 if drill.LONG else 3):
                    error = dice.choice(ERRORS[:3])
                    directory = self.fresh()
                    drill.killed(directory, point)
                    done = self.run_with(directory, f'{call}:{number}:{error}')
                    count += 1
                    if done.returncode not in {0} | right(call, error):
                        wrong.append(f'{point}, {call}:{number}:{error}: ended with {done.returncode}: {done.stderr[-200:]}')
                    drill.run(directory)
                    found = drill.verdict(drill.consume(directory), self.wanted)
                    if found:
                        wrong.append(f'{point}, {call}:{number}:{error}: {found}')
        self.assertEqual(wrong, [])
        print(f'{count} faults', end=' ', flush=True)

    def test_one_staged_file_may_be_unreadable(self):
        """It is set aside and its article fetched again; the others are published."""
        wrong, unreadable = [], 0
        for point in range(20, 60, 3):
            directory = self.fresh()
            drill.killed(directory, point)
            staged = sorted((directory / 'spool' / 'tmp').iterdir())
            if not staged:
                continue
            environment = {**os.environ, **faults.environment(staged[:1], 'read:1-*:EIO')}
            done = drill.call('run', directory, env=environment)
            unreadable += any((directory / 'spool' / 'bad').iterdir())
            # A version that is fetched again may have the next number.
            plain = lambda lines: [re.sub(r'/\d+ ', ' ', line) for line in lines]
            found = drill.verdict(plain(drill.consume(directory)), plain(self.wanted))
            if done.returncode or found:
                wrong.append(f'{point}: ended with {done.returncode}, {found}: {done.stderr.decode()[-200:]}')
        self.assertEqual(wrong, [])
        self.assertGreater(unreadable, 0)

    def test_the_log_may_outgrow_its_index(self):
        """The index of the log (-shm) grows when a commit is in the log already: without room for it COMMIT fails, and is
        committed all the same when the log is read anew after a kill."""
        wrong, statuses = [], set()
        # The first index holds 4062 pages; somewhere in these runs each commit of a run is the one that needs the second.
        for pages in range(4026, 4062, 1 if drill.LONG else 4):
            directory = self.fresh()
            database = directory / 'state.db'
            drill.killed(directory, 1)
            # Somebody reads for a while, so that the log cannot begin anew.
            reader, writer = (sqlite3.connect(database, isolation_level=None) for _ in range(2))
            self.addCleanup(reader.close)
            reader.execute('BEGIN')
            reader.execute('SELECT count(*) FROM items').fetchall()
            writer.execute('PRAGMA wal_autocheckpoint = 0')
            writer.execute('PRAGMA synchronous = OFF')
            while (os.stat(f'{database}-wal').st_size - 32) // 4120 < pages:
                writer.execute("INSERT OR REPLACE INTO facts VALUES ('filler', 1)")
            writer.close()
            environment = {**os.environ, **faults.environment([f'{database}-shm'], 'pwrite:1-*:ENOSPC')}
            done = drill.call('run', directory, env=environment)
            statuses.add(done.returncode)
            if done.returncode not in {0, 73, 74, 75}:
                wrong.append(f'{pages}: ended with {done.returncode}: {done.stderr.decode()[-200:]}')
            # As a kill of everybody leaves it: the index is made anew, from the log.
            after = self.fresh()
            shutil.copytree(directory, after, dirs_exist_ok=True, ignore=shutil.ignore_patterns('*-shm'))
            drill.run(after)
            found = drill.verdict(drill.consume(after), self.wanted)
            if found:
                wrong.append(f'{pages}: {found}; {done.stderr.decode()[-200:]}')
        self.assertEqual(wrong, [])
        self.assertIn(74, statuses)

    def test_the_injection_works(self):
        """The test can fail: a fault that is asked for happens, and ends the program as it should."""
        done = self.run_with(self.fresh(), 'fsync:1-*:EIO')
        self.assertEqual(done.returncode, 74, done.stderr)
        done = self.run_with(self.fresh(), 'write:1-*:ENOSPC')
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertNotEqual(done.returncode, -signal.SIGSEGV)


if __name__ == '__main__':
    unittest.main()
