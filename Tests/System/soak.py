#!/usr/bin/env python3
"""A long run of the real daemon on many publishers from loopback: memory and processor time, minute by minute.

    Tests/System/soak.py --minutes 60            150 publishers that bring an article each every few minutes
    make service-soak                            the same, on the release build

The daemon begins with a history (`--seen`), larger than what SQLite may keep of it in memory: with an empty database the
first hours would show how that fills.

Prints a line a minute and a verdict at the end; status 1 when a bound was passed:
resident memory of the daemon and of each worker, its growth over the last half of the run, and the daemon's processor
time over five minutes in which nothing is new (`--idle`).
"""
import argparse
import http.server
import os
import pathlib
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))
from start_stop import fill  # noqa: beside this file

MEGABYTE = 1_000_000
DAEMON_BOUND, WORKER_BOUND, GROWTH_BOUND, IDLE_BOUND = 60, 64, 2, 0.5  # MB, MB, MB, percent of one processor
# Navigation, scripts and footers: what a real page is mostly made of.
BALLAST = ''.join(
    f'<ul class="nav n{n}">' + ''.join(f'<li><a href="/section/{n}/{m}">Section {n} {m}</a></li>' for m in range(20))
    + '</ul>' for n in range(60))


class Press:
    """Newspapers that go on writing: publisher n has its newest story at any time. Serves feeds with validators."""

    def __init__(self, count, period):
        from support import feeds, paper
        self.hosts = [f'www.paper{n}.example' for n in range(count)]
        self.period, self.began, self.stopped, self.requests = period, time.time(), None, 0
        self.lock = threading.Lock()
        press = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_GET(self):
                with press.lock:
                    press.requests += 1
                host = self.headers.get('Host', '').partition(':')[0]
                if self.path == '/feed.xml':
                    last = press.stories(host)
                    tag = f'"{last}"'
                    if self.headers.get('If-None-Match') == tag:
                        return self.answer(304, b'', '', tag)
                    listed = [press.entry(host, n) for n in range(max(0, last - 30), last)]
                    return self.answer(200, feeds.rss(host, listed), 'application/rss+xml', tag)
                if self.path.startswith('/story/'):
                    entry = press.entry(host, int(self.path.rpartition('/')[2]))
                    return self.answer(200, paper.page(entry).replace(b'<article>', BALLAST.encode() + b'<article>'), 'text/html')
                return self.answer(404, b'', 'text/plain')

            def answer(self, status, body, kind, tag=None):
                self.send_response(status)
                if tag:
                    self.send_header('ETag', tag)
                if status != 304:
                    self.send_header('Content-Type', kind)
                    self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads, request_queue_size = True, 256

            def handle_error(self, *_):
                pass

        self.server = Server(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stories(self, host):
        """How many stories it has written; each publisher at its own minute."""
        now = self.stopped or time.time()
        phase = self.hosts.index(host) / len(self.hosts) * self.period
        return 10 + int((now - self.began + phase) / self.period)

    def entry(self, host, number):
        return {'url': f'http://{host}/story/{number}', 'title': f'Story number {number} of {host}',
                'summary': f'What story {number} is about.',
                'published': datetime.fromtimestamp(self.began, timezone.utc) + timedelta(seconds=number * self.period)}

    def plugins(self):
        from support import paper
        # Asked often enough to bring what is written, whatever rhythm is learned.
        return [paper.plugin(host.split('.')[1], host, [('rss', '/feed.xml')], fetch='max_interval = "2m"') for host in self.hosts]

    @property
    def connect_to(self):
        return [f'{host}:80:127.0.0.1:{self.server.server_address[1]}' for host in self.hosts]


def resident(pid):
    try:
        for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
            if line.startswith('VmRSS:'):
                return int(line.split()[1]) * 1024 / MEGABYTE
    except OSError:
        pass
    return 0.0


def processor_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def run(options, folder):
    from support import spool
    from support.daemon import Daemon
    press = Press(options.publishers, options.period)
    daemon = Daemon(folder, {'fetch': {'connect_to': press.connect_to},
                             'schedule': {'min_interval': '60s'}, 'log': {'level': 'info', 'target': 'none'}})
    for plugin in press.plugins():
        daemon.add_plugin(plugin)
    if options.seen:
        with daemon:
            daemon.wait_ready()
            daemon.ctl('pause')
        fill(daemon.state / 'newswire.db', [host.split('.')[1] for host in press.hosts], options.seen)
    failures, samples = [], []
    with daemon:
        daemon.wait_ready()
        began, before = time.monotonic(), processor_seconds(daemon.process.pid)
        print('minute  daemon MB  workers MB  processor %  articles', flush=True)
        for minute in range(1, options.minutes + 1):
            time.sleep(max(0, began + minute * 60 - time.monotonic()))
            pid = daemon.process.pid
            spent = processor_seconds(pid)
            workers = [resident(child) for child in daemon.children()]
            samples.append((resident(pid), workers))
            shown = ' '.join(f'{worker:.1f}' for worker in workers)
            print(f'{minute:6}  {samples[-1][0]:9.1f}  {shown:>10}  {(spent - before) / 0.6:11.2f}  '
                  f'{len(spool.names(daemon.spool))}', flush=True)
            before = spent
        largest = max(daemon_mb for daemon_mb, _ in samples)
        worker = max((mb for _, workers in samples for mb in workers), default=0)
        half = [mb for mb, _ in samples[len(samples) // 2:]]
        fifth = max(1, len(half) // 5)
        growth = sum(half[-fifth:]) / fifth - sum(half[:fifth]) / fifth
        # Idle: the papers have stopped, their feeds are asked all the same and answer 304.
        press.stopped = time.time()
        time.sleep(90)
        before = processor_seconds(daemon.process.pid)
        time.sleep(options.idle)
        idle = (processor_seconds(daemon.process.pid) - before) / options.idle * 100
        articles = len(spool.names(daemon.spool))
        problems = len(daemon.records(level='error')) + len(daemon.records(level='warning'))
    written = sum(press.stories(host) for host in press.hosts)
    for what, value, bound, unit in (
            ('daemon, largest', largest, DAEMON_BOUND, 'MB'), ('a worker, largest', worker, WORKER_BOUND, 'MB'),
            ('growth over the last half', growth, GROWTH_BOUND, 'MB'), ('processor, idle', idle, IDLE_BOUND, '%')):
        good = value <= bound
        print(f'{what}: {value:.2f} {unit}, bound {bound} {unit}{"" if good else "  PASSED THE BOUND"}')
        if not good:
            failures.append(what)
    print(f'{articles} articles of {written} written, {press.requests} requests, {problems} warnings and errors')
    if articles != written:
        failures.append('articles are missing')
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--programs', default=str(FOLDER.parents[1] / '.build' / 'release'))
    parser.add_argument('--minutes', type=int, default=60)
    parser.add_argument('--publishers', type=int, default=150)
    parser.add_argument('--period', type=float, default=300, help='seconds between two stories of a publisher')
    parser.add_argument('--seen', type=int, default=100_000, help='articles published before the run')
    parser.add_argument('--idle', type=int, default=300, help='seconds over which idle is measured')
    options = parser.parse_args()
    os.environ['NEWSWIRE_PROGRAMS'] = str(pathlib.Path(options.programs).resolve())
    with tempfile.TemporaryDirectory(prefix='nw-soak-') as folder:
        failures = run(options, pathlib.Path(folder) / 'd')
    sys.exit(f'FAILED: {", ".join(failures)}' if failures else 0)


if __name__ == '__main__':
    main()
