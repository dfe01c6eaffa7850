#!/usr/bin/env python3
"""How long newswired takes to be READY and to stop, with a million articles in its memory.

    Tests/System/start_stop.py                   make start-stop

READY is taken from the notification socket, as systemd would. Status 1 when a bound is passed: READY within 2 s, an idle
stop within 2 s.
"""
import argparse
import os
import pathlib
import socket
import sqlite3
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))
READY_BOUND, STOP_BOUND = 2.0, 2.0


def fill(database, publishers, count):
    """Rows as the daemon writes them: articles and the items they came from, over the last sixty days."""
    now, day = int(time.time() * 1e6), 86_400_000_000
    connection = sqlite3.connect(database)
    for first in range(0, count, 50_000):
        articles, items = [], []
        for number in range(first, min(first + 50_000, count)):
            publisher = publishers[number % len(publishers)]
            url = f'http://www.{publisher}.example/news/2026/{number:07}/a-headline-of-the-usual-length-in-the-address'
            at = now - int(60 * day * (1 - number / count))
            articles.append((publisher, url, f'urn:newswire:{publisher}:{number:024x}', 1, f'{number:064x}', f'{number:040x}',
                             f'{number:014x}', at, at, url, f'Story number {number} with a headline of the usual length'))
            items.append((publisher, f'{publisher}/rss', url, url, '{"id":"%s","title":"Story number %d"}' % (url, number), at, now, at, url))
        connection.executemany(
            'INSERT INTO articles (publisher, key, uri, version, content_hash, staged_id, queue_name, first_seen, updated_at, url, '
            'headline) VALUES (?,?,?,?,?,?,?,?,?,?,?)', articles)
        connection.executemany(
            'INSERT INTO items (publisher, source, key, url, record, discovered_at, last_listed, next_try, state, article_key) '
            'VALUES (?,?,?,?,?,?,?,?,1,?)', items)
        connection.commit()
    connection.close()


def ready(daemon, listener):
    """Starts it; seconds until READY=1."""
    began = time.monotonic()
    daemon.start(NOTIFY_SOCKET=listener.getsockname())
    while True:
        if b'READY=1' in listener.recv(65536).split(b'\n'):
            return time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--programs', default=str(FOLDER.parents[1] / '.build' / 'release'))
    parser.add_argument('--articles', type=int, default=1_000_000)
    parser.add_argument('--publishers', type=int, default=150)
    parser.add_argument('--runs', type=int, default=5)
    options = parser.parse_args()
    os.environ['NEWSWIRE_PROGRAMS'] = str(pathlib.Path(options.programs).resolve())
    from support import paper
    from support.daemon import Daemon
    with tempfile.TemporaryDirectory(prefix='nw-start-') as folder:
        publishers = [f'paper{number}' for number in range(options.publishers)]
        # Nobody listens there: every feed is refused at once, so that nothing is under way when the daemon stops.
        nowhere = [f'www.{publisher}.example:80:127.0.0.1:9' for publisher in publishers]
        daemon = Daemon(
            pathlib.Path(folder) / 'd', {'log': {'level': 'info', 'target': 'none'}, 'fetch': {'connect_to': nowhere}})
        for publisher in publishers:
            daemon.add_plugin(paper.plugin(publisher, f'www.{publisher}.example', [('rss', '/feed.xml')]))
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind(str(pathlib.Path(folder) / 'notify'))
        listener.settimeout(120)
        ready(daemon, listener)
        daemon.ctl('pause')
        daemon.stop()
        fill(daemon.state / 'newswire.db', publishers, options.articles)
        size = (daemon.state / 'newswire.db').stat().st_size / 1e6
        print(f'{options.articles} articles of {options.publishers} publishers, database {size:.0f} MB')
        starts, stops, answers = [], [], []
        for cold in (True, *[False] * (options.runs - 1)):
            if cold and os.geteuid() == 0:
                os.sync()
                pathlib.Path('/proc/sys/vm/drop_caches').write_text('1')
            starts.append(ready(daemon, listener))
            daemon.ctl('pause')
            time.sleep(2)
            began = time.monotonic()
            assert daemon.ctl('status', '--json').returncode == 0
            answers.append(time.monotonic() - began)
            began = time.monotonic()
            daemon.stop()
            stops.append(time.monotonic() - began)
    print(f'READY: {starts[0]:.2f} s with a cold cache, then at most {max(starts[1:], default=0):.2f} s; bound {READY_BOUND:.0f} s')
    print(f'stop when idle: at most {max(stops):.2f} s; bound {STOP_BOUND:.0f} s')
    print(f'newswirectl status: at most {max(answers):.2f} s')
    sys.exit(1 if max(starts) > READY_BOUND or max(stops) > STOP_BOUND else 0)


if __name__ == '__main__':
    main()
