"""queue-drill: the publishing code in a process of its own, small and quick to start (Tests/Drill)."""
import os
import pathlib
import signal
import subprocess
import tempfile

from . import programs

# Long forms run everything, short ones a sample that takes seconds.
LONG = bool(os.environ.get('NEWSWIRE_LONG'))


def folder(prefix='nw-drill-'):
    """A temporary folder in memory where that is possible: a killed process loses nothing there either."""
    memory = pathlib.Path('/dev/shm')
    return tempfile.TemporaryDirectory(prefix=prefix, dir=memory if os.access(memory, os.W_OK) else None)


def expected():
    return sorted(call('expected').stdout.decode().split('\n')[:-1])


def call(*arguments, **options):
    return programs.run('queue-drill', *arguments, **options)


def run(directory, *options):
    """Runs to the end; the number of crash points passed."""
    done = call('run', directory, *options)
    if done.returncode != 0:
        raise AssertionError(f'queue-drill run ended with {done.returncode}: {done.stderr.decode()}')
    return int(done.stdout)


def killed(directory, point, *options):
    """Runs with SIGKILL at that crash point; False when the run has no such point and came to its end."""
    done = call('run', directory, '--kill', str(point), *options)
    if done.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f'queue-drill run ended with {done.returncode}: {done.stderr.decode()}')
    return done.returncode != 0


def consume(directory, *limit):
    done = call('consume', directory, *map(str, limit))
    if done.returncode != 0:
        raise AssertionError(f'queue-drill consume ended with {done.returncode}: {done.stderr.decode()}')
    return done.stdout.decode().split('\n')[:-1]


def verdict(taken, wanted):
    """What is wrong with what came out: a set of 'lost', 'twice', 'damaged', 'unknown'; empty when all is well."""
    found = set()
    if 'damaged' in taken:
        found.add('damaged')
    whole = [line for line in taken if line != 'damaged']
    if set(wanted) - set(whole):
        found.add('lost')
    if set(whole) - set(wanted):
        found.add('unknown')
    if len(whole) != len(set(whole)):
        found.add('twice')
    return found


def follow(directory, *options):
    """Runs with --stop and yields at every crash point, while the process stands still: (number, name of the point)."""
    process = subprocess.Popen(
        [programs.program('queue-drill'), 'run', str(directory), '--stop', *options], stdout=subprocess.PIPE, text=True)
    number = 0
    try:
        while True:
            _, status = os.waitpid(process.pid, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                process.returncode = os.waitstatus_to_exitcode(status)
                break
            number += 1
            yield number, process.stdout.readline().strip()
            os.kill(process.pid, signal.SIGCONT)
    finally:
        if process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)
            os.waitpid(process.pid, 0)
            process.returncode = -signal.SIGKILL
        process.stdout.close()
    if process.returncode != 0:
        raise AssertionError(f'queue-drill run --stop ended with {process.returncode}')
