#!/usr/bin/env python3
"""Goes the guide's way with a stopwatch: from `plugin new` to the first article in the queue, on a publisher that is served on
loopback, and writes what was typed and what was seen as docs/plugin-transcript.md has it.

usage: stopwatch.py > docs/plugin-transcript.md        (after make build)

Exit status 1 when the first article is not in the queue within two minutes."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / 'Tests' / 'System'))
from support import examiner, programs  # noqa: E402
from support.daemon import Daemon  # noqa: E402


class Case:
    """What the paper needs of a test."""

    def __init__(self):
        self.cleanups = []

    def addCleanup(self, call):
        self.cleanups.append(call)


def main():
    case = Case()
    server = examiner.served(case)
    with tempfile.TemporaryDirectory(prefix='nw-') as temporary:
        folder = pathlib.Path(temporary)
        config = examiner.config(folder, server)
        os.environ['NO_COLOR'] = '1'
        began = time.monotonic()
        lines = []

        def typed(command, *more):
            words = command.split()[1:]
            done = subprocess.run(
                [programs.program('newswirectl'), *words, *map(str, more)], cwd=folder, capture_output=True, text=True)
            stamp = time.monotonic() - began
            out = (done.stdout + done.stderr).replace(str(folder), '…').rstrip()
            out = re.sub(r'[0-9a-f]{8}/[0-9a-f]{14}', '<element>', out)
            lines.append(f'[{stamp:5.1f} s] $ {command}\n{out}\n')
            if done.returncode:
                sys.exit(f'{command}: status {done.returncode}\n{out}')
            return out

        typed(f'newswirectl plugin new --yes --into plugins http://{examiner.HOST}/', '--config', config)
        lines.append(f'[{time.monotonic() - began:5.1f} s] $ cat plugins/the-examiner/plugin.toml\n'
                     + (folder / 'plugins/the-examiner/plugin.toml').read_text())
        typed(f'newswirectl plugin preview plugins/the-examiner/samples/1.html --url http://{examiner.HOST}/news/1 '
              '--plugin plugins/the-examiner --output preview.html')
        typed('newswirectl plugin test plugins/the-examiner')
        typed('newswirectl plugin check --strict plugins/the-examiner')
        daemon = Daemon(folder, {'fetch': {'connect_to': server.connect_to}, 'log': {'level': 'info'}})
        lines.append(f'[{time.monotonic() - began:5.1f} s] $ newswired --config newswire.toml &\n')
        with daemon:
            daemon.wait_ready()
            daemon.wait_queued(1, 120)
            first = time.monotonic() - began
            typed('newswirectl queue list', '--spool', daemon.spool)
        for cleanup in case.cleanups:
            cleanup()
    print('# From `plugin new` to the first article, with a stopwatch\n')
    print('Made by `Benchmarks/authoring/stopwatch.py` on a publisher served on loopback: the steps of [the guide](plugins.md'
          '#from-zero-to-a-merged-plugin), what was typed, and what was seen. The settings file that lets loopback through '
          f'(`--config`, `--spool`) is left out. The first article was in the queue after **{first:.1f} seconds**; nothing was '
          'written by hand.\n')
    print('```text\n' + '\n'.join(lines).rstrip() + '\n```')
    sys.exit(first > 120)


if __name__ == '__main__':
    main()
