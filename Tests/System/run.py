#!/usr/bin/env python3
"""Runs the system tests: the real programs against local servers. `run.py -k WORD` runs the tests whose name holds it."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent
# Modules that mostly wait: for seconds to pass, or for a machine of their own to boot. They run beside the others.
BESIDE = {'test_fleet', 'test_programs', 'test_service', 'test_share', 'test_updates'}


class Result(unittest.TestResult):
    """One line a test, the reason below it when it did not pass."""

    def __init__(self, out):
        super().__init__()
        self.out, self.passed, self.colour = out, 0, out.isatty() and not os.environ.get('NO_COLOR')
        self.began, self.finished_by_subtest = 0, False

    def styled(self, code, text):
        return f'\x1b[{code}m{text}\x1b[0m' if self.colour else text

    def startTest(self, test):
        super().startTest(test)
        self.began, self.finished_by_subtest = time.monotonic(), False
        module, _, name = test.id().partition('.')
        self.out.write(f'{module.removeprefix("test_")}: {name.rpartition("test_")[2].replace("_", " ")} … ')
        self.out.flush()

    def end(self, code, word, reason=''):
        took = time.monotonic() - self.began
        self.out.write(self.styled(code, word) + (f' ({took:.1f} s)' if took >= 0.1 else '') + '\n')
        self.explain(reason)

    def explain(self, reason):
        self.out.write(''.join(f'    {line}\n' for line in reason.rstrip().splitlines()))
        self.out.flush()

    def addSuccess(self, test):
        if not self.finished_by_subtest:
            self.passed += 1
            self.end('32', 'passed')

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error:
            if not self.finished_by_subtest:
                self.end('31', 'FAILED')
            self.finished_by_subtest = True
            self.explain(f'{subtest._subDescription()}\n{self._exc_info_to_string(error, test)}')

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.end('31', 'FAILED', self._exc_info_to_string(error, test))

    def addError(self, test, error):
        super().addError(test, error)
        if not isinstance(test, unittest.TestCase):
            self.out.write(f'{test} ')
        self.end('31', 'FAILED', self._exc_info_to_string(error, test))

    def summary(self):
        """What failed once more, in a few lines each: the last that is read in a long log."""
        lines = []
        for test, reason in self.failures + self.errors:
            lines.append(f'failed: {test.id() if isinstance(test, unittest.TestCase) else test}')
            told = reason.rstrip().splitlines()
            # The error itself: the first line that is not indented below the last "Traceback".
            calls = max((at for at, line in enumerate(told) if line.startswith('Traceback')), default=-1)
            error = next((at for at in range(calls + 1, len(told)) if not told[at].startswith(' ')), 0)
            lines += [f'    {line[:300]}' for line in told[error:error + 8]]
        return ''.join(f'{line}\n' for line in lines)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.end('33', 'skipped', reason)


def part(module):
    """Which part the tests of a module belong to; those of one that could not be loaded to the working one."""
    first = next(iter(names(module)), '')
    return 'waiting' if first.partition('.')[0] in BESIDE else 'working'


def names(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from names(test)
        else:
            yield test.id()


class Beside:
    """The modules that mostly wait, in a process of their own."""

    def __init__(self, programs):
        self.out = tempfile.TemporaryFile('w+')
        self.process = subprocess.Popen(
            [sys.executable, __file__, '--part', 'waiting', '--programs', str(programs)], stdout=self.out, stderr=subprocess.STDOUT)

    def end(self):
        """Prints what it printed; whether it failed."""
        failed = self.process.wait() != 0
        self.out.seek(0)
        print('beside them:', self.out.read(), sep='\n', end='', flush=True)
        return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--programs', default=str(FOLDER.parents[1] / '.build' / 'release'),
                        help='folder of the programs (default: the release build)')
    parser.add_argument('-k', metavar='WORD', action='append', help='only tests whose name holds WORD')
    parser.add_argument('--part', choices=('waiting', 'working'), help='only the modules that mostly wait, or only the others')
    parser.add_argument('--failfast', action='store_true', help='stop at the first failure')
    options = parser.parse_args()

    programs = pathlib.Path(options.programs).resolve()
    missing = [name for name in ('newswired', 'newswire-worker', 'newswirectl', 'newswire-forward') if not (programs / name).exists()]
    if missing:
        sys.exit(f"error: {', '.join(missing)} not found in {programs}; run 'make build' first")
    os.environ['NEWSWIRE_PROGRAMS'] = str(programs)
    sys.path.insert(0, str(FOLDER))

    loader = unittest.TestLoader()
    beside = None
    if options.k:
        loader.testNamePatterns = [f'*{word}*' for word in options.k]
    elif not options.part and (os.cpu_count() or 1) > 1:
        options.part, beside = 'working', Beside(programs)
    suite = unittest.TestSuite(
        module for module in loader.discover(str(FOLDER)) if options.part in (None, part(module)))
    result = Result(sys.stdout)
    result.failfast = options.failfast
    start = time.monotonic()
    suite.run(result)
    failed = len({str(test) for test, _ in result.failures + result.errors})
    if result.testsRun == 0:
        sys.exit('error: no test has such a name')
    print(f'{result.passed} passed, {failed} failed, {len(result.skipped)} skipped in {time.monotonic() - start:.0f} s')
    if beside and beside.end():
        failed += 1
    print(result.summary(), end='')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
