"""Processes below a process."""
import os
import pathlib
import signal


def descendants(pid):
    """All processes below, parents first; those that end meanwhile may be missing."""
    found, open_ends = [], [pid]
    while open_ends:
        parent = open_ends.pop()
        for task in tasks(parent):
            try:
                children = [int(child) for child in (task / 'children').read_text().split()]
            except OSError:
                continue
            found += children
            open_ends += children
    return found


def tasks(pid):
    try:
        return list(pathlib.Path(f'/proc/{pid}/task').iterdir())
    except OSError:
        return []


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def kill(pid):
    """The process and all below it, at once."""
    pids = [pid, *descendants(pid)]
    # Nothing may be born while they are being counted.
    send(pids, signal.SIGSTOP)
    send([pid, *descendants(pid)], signal.SIGKILL)


def processor(pid):
    """Seconds that a process and all below it have computed."""
    total = 0
    for each in [pid, *descendants(pid)]:
        for task in tasks(each):
            try:
                total += int((task / 'schedstat').read_text().split()[0])
            except (OSError, IndexError):
                pass
    return total / 1e9
