"""The benchmark itself; run.sh starts it in a network of its own."""
import datetime
import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

from support.daemon import Daemon
from support.hostile.names import Names

SCRATCH = pathlib.Path(sys.argv[1])
PARTS = sys.argv[2:] or ['unchanged', 'new', 'idle', 'flat', 'newsboat']
HOSTS, CONCURRENCY, ROUNDS = 2000, 64, int(os.environ.get('ROUNDS', '3'))

NGINX = '''
daemon off; worker_processes 1; user root; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000; default_type application/rss+xml; open_file_cache max=20000;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 80 backlog=4096; root {folder}/files;
    location /same/ {{ try_files /same.xml =404; }}
    location = /robots.txt {{ return 200 "User-agent: *\\nCrawl-delay: 30\\n"; }}
    location /new/ {{ }}
  }}
}}
'''


def host(number): return f'h{number}.bench{number}.example'


class Table(dict):
    """Every name leads here."""
    def get(self, name, default=None): return ['127.0.0.1'] if name.endswith('.example') else default


def network():
    subprocess.run('ip link set lo up'.split(), check=True)
    resolver = SCRATCH / 'resolv.conf'
    resolver.write_text('nameserver 127.0.0.1\n')
    subprocess.run(['mount', '--bind', str(resolver), '/etc/resolv.conf'], check=True)
    Names(Table())


def feed(number, count):
    items = ''.join(
        f'<item><title>Story {n} of feed {number}, with a headline of ordinary length</title>'
        f'<link>http://pages.example/{number}/{n}</link><guid>http://pages.example/{number}/{n}</guid>'
        f'<pubDate>Mon, 02 Mar 2026 {n % 24:02}:00:00 GMT</pubDate>'
        f'<description>{"What happened, and why it matters to those who were there. " * 4}</description></item>\n'
        for n in range(count))
    return f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Feed {number}</title><link>http://x.example/</link>{items}</channel></rss>\n'


def start_nginx():
    files = SCRATCH / 'files'
    files.mkdir()
    (files / 'same.xml').write_text(feed(0, 20))
    (SCRATCH / 'nginx.conf').write_text(NGINX.format(folder=SCRATCH))
    program = shutil.which('nginx') or '/usr/sbin/nginx'
    process = subprocess.Popen([program, '-p', str(SCRATCH), '-e', str(SCRATCH / 'error.log'), '-c', str(SCRATCH / 'nginx.conf')])
    for _ in range(100):
        done = subprocess.run(['curl', '-sI', 'http://h0.example/same/0'], capture_output=True, text=True)
        if 'ETag' in done.stdout:
            return process, done.stdout.split('ETag: ')[1].splitlines()[0]
        time.sleep(0.05)
    raise SystemExit('nginx does not answer: ' + (SCRATCH / 'error.log').read_text())


def paths(sources, kind):
    """(host number, url) of every source, host by host."""
    each = max(1, sources // HOSTS)
    hosts = min(HOSTS, sources)
    return [(h, f'http://{host(h)}/{kind}/{h * each + n}.xml') for h in range(hosts) for n in range(each)]


def daemon(name, sources, kind, etag=None, lead=None, interval='1h', **fetch):
    """A daemon with that many sources in plugins of one host each, and when they fall due. With a lead they are known to
    it since an earlier run and fall due together so many seconds from now."""
    folder = SCRATCH / name
    shutil.rmtree(folder, ignore_errors=True)
    made = Daemon(folder, {
        'fetch': {'allow_addresses': ['127.0.0.0/8'], 'concurrency': CONCURRENCY, 'group_concurrency': int(os.environ.get('GROUP', '2')), **fetch},
        'schedule': {'min_interval': interval, 'max_interval': '1d'},
        'log': {'level': 'info', 'target': 'none', 'file_size': '1G'}, 'workers': {'count': 2},
    })
    by_host = {}
    for h, url in paths(sources, kind):
        by_host.setdefault(h, []).append(url)
    for h, urls in by_host.items():
        plugin = made.plugins / f'bench-{h}'
        plugin.mkdir()
        (plugin / 'plugin.toml').write_text(
            f'[publisher]\nid = "bench-{h}"\nname = "Bench {h}"\nurl = "http://{host(h)}/"\ncountry = "gb"\n'
            'language = "en"\nzone = "Europe/London"\n'
            + ''.join(f'\n[[sources]]\nkind = "rss"\nurl = "{url}"\n' for url in urls))
    due = None
    if lead is not None:
        # The schema from a start with nothing to do, the rows by hand: an earlier run in an instant.
        first = next(iter(by_host))
        only = Daemon(folder / 'first', {'paths': {'state': str(made.state), 'plugins': [str(made.plugins)]},
                                         'publishers': {'only': [f'bench-{first}']}, 'fetch': {'connect_timeout': '1s'}})
        with only:
            only.wait_ready()
        with sqlite3.connect(made.state / 'newswire.db') as database:
            database.execute('DELETE FROM sources')
            # Only now: what is overdue when the daemon starts is spread over minutes.
            due = time.time() + lead
            at = int(due * 1e6)
            database.executemany(
                'INSERT INTO sources (id, publisher, url, etag, last_attempt, last_success, next_due) VALUES (?,?,?,?,?,?,?)',
                [(f'bench-{h}/rss' + (f'-{n + 1}' if n else ''), f'bench-{h}', url, etag, at - 3_600_000_000, at - 3_600_000_000, at)
                 for h, urls in by_host.items() for n, url in enumerate(urls)])
    return made, due


def processor(pid):
    """Seconds that all threads have computed, to the nanosecond."""
    total = 0
    for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
        try:
            total += int((task / 'schedstat').read_text().split()[0])
        except OSError:
            pass
    return total / 1e9


class Counter:
    """Counts the records of an event while the log grows; reads each byte once, so that looking costs next to nothing."""

    def __init__(self, made, event):
        self.mark, self.count, self.last, self.rest = f'"event":"{event}"'.encode(), 0, b'', b''
        self.file = made.log_file.open('rb')

    def look(self):
        lines = (self.rest + self.file.read()).split(b'\n')
        self.rest = lines.pop()
        found = [line for line in lines if self.mark in line]
        self.count += len(found)
        self.last = found[-1] if found else self.last
        return self.count

    @property
    def end(self):
        """When the last of them was recorded."""
        return datetime.datetime.fromisoformat(json.loads(self.last)['time'].replace('Z', '+00:00')).timestamp()


def rounds(name, sources, kind, event, etag, wanted=None, **fetch):
    """Lets all sources fall due in one instant and waits until the last has been logged."""
    made, due = daemon(name, sources, kind, etag, 5 + sources / 8000, **fetch)
    wanted = wanted or sources
    with made:
        made.wait_ready()
        if time.time() > due:
            raise SystemExit('the daemon was ready only after its sources fell due: this machine is too busy to measure')
        time.sleep(max(0, due - time.time() - 0.2))
        idle = made.resident()
        before = processor(made.process.pid)
        counter = Counter(made, event)
        while counter.look() < wanted and made.alive and time.time() < due + 600:
            time.sleep(0.1)
        used = processor(made.process.pid) - before
        resident = made.resident()
    if counter.count < wanted:
        raise SystemExit(f'only {counter.count} of {wanted} came')
    return {'seconds': counter.end - due, 'count': counter.count, 'processor': used, 'idle': idle, 'resident': resident}


def bare(kind, sources, etag):
    urls = SCRATCH / 'urls.txt'
    urls.write_text(''.join(url + '\n' for _, url in paths(sources, kind)))
    done = subprocess.run([SCRATCH / 'fetch', urls, str(CONCURRENCY)] + ([etag] if etag else []), capture_output=True, text=True)
    seconds, answers, unchanged, errors, size, used = done.stdout.split()
    return {'seconds': float(seconds), 'count': int(answers), 'unchanged': int(unchanged), 'errors': int(errors), 'processor': float(used)}


def row(name, results):
    seconds = statistics.median(r['seconds'] for r in results)
    count = results[0]['count']
    used = statistics.median(r['processor'] for r in results)
    print(f'| {name} | {count} | {seconds:.2f} | {count / seconds:.0f} | {used / count * 1e6:.0f} |', flush=True)
    return count / seconds


def part_unchanged(etag):
    print(f'\n## 10,000 sources on {HOSTS} hosts, all answering 304 (median of {ROUNDS}, taken in turn)\n')
    print('| | answers | seconds | a second | processor µs each |\n|---|---|---|---|---|')
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(bare('same', 10_000, etag))
        ours.append(rounds('unchanged', 10_000, 'same', 'feed.unchanged', etag))
    ratio = row('newswired', ours) / row('bare C fetcher', theirs)
    print(f'\nnewswired : bare = {ratio:.2f}; errors of the bare one: {sum(t["errors"] for t in theirs)}')


def part_new(etag):
    print('\n## 10,000 sources, 20 new items each\n')
    print('| | answers | seconds | a second | processor µs each |\n|---|---|---|---|---|')
    target = SCRATCH / 'files' / 'new'
    target.mkdir(exist_ok=True)
    for number in range(10_000):
        (target / f'{number}.xml').write_text(feed(number, 20))
    theirs = [bare('new', 10_000, None)]
    ours = [rounds('new', 10_000, 'new', 'feed.fetched', None)]
    row('newswired, parsed and recorded', ours)
    row('bare C fetcher', theirs)
    database = sqlite3.connect(SCRATCH / 'new' / 'state' / 'newswire.db')
    print('\nitems recorded:', database.execute('SELECT count(*) FROM items').fetchone()[0])


def part_idle(etag):
    print('\n## Loaded, idle\n')
    print('| sources | plugins | seconds to ready | resident MB | bytes a source beyond one |\n|---|---|---|---|---|')
    base = None
    for sources in (1, 10_000, 100_000):
        made, _ = daemon('idle', sources, 'same', etag, 7200)
        with made:
            begin = time.monotonic()
            made.wait_ready()
            ready = time.monotonic() - begin
            time.sleep(8)
            resident = made.resident()
        base = base or resident
        extra = f'{(resident - base) / sources:.0f}' if sources > 1 else ''
        print(f'| {sources} | {min(sources, HOSTS)} | {ready:.2f} | {resident / 1e6:.1f} | {extra} |', flush=True)


def part_flat(etag):
    print('\n## Cost of a fetch that brings 304, by how many sources there are\n')
    print('| sources, all due | seconds | a second | processor µs each | resident MB after |\n|---|---|---|---|---|')
    for sources in (100, 1000, 10_000, 100_000):
        r = rounds('flat', sources, 'same', 'feed.unchanged', etag)
        print(f'| {sources} | {r["seconds"]:.2f} | {r["count"] / r["seconds"]:.0f} | {r["processor"] / r["count"] * 1e6:.0f} | {r["resident"] / 1e6:.1f} |', flush=True)


def part_newsboat(etag):
    program = shutil.which('newsboat')
    if not program:
        print('\nnewsboat is not installed: apt-get install newsboat')
        return
    count = 1000
    print(f'\n## newsboat, {count} sources, all answering 304\n')
    folder = SCRATCH / 'newsboat'
    folder.mkdir(exist_ok=True)
    (folder / 'urls').write_text(''.join(url + '\n' for _, url in paths(10_000, 'same')[:count]))
    (folder / 'config').write_text('reload-threads 64\n')
    command = [program, '-u', folder / 'urls', '-C', folder / 'config', '-c', folder / 'cache.db', '-x', 'reload']
    environment = {**os.environ, 'HOME': str(folder), 'TERM': 'dumb'}
    for name in ('first reload (200)', 'second reload (304)'):
        begin = time.monotonic()
        done = subprocess.run(command, capture_output=True, env=environment, timeout=900)
        seconds = time.monotonic() - begin
        print(f'- {name}: {seconds:.1f} s, {count / seconds:.0f} a second (status {done.returncode})', flush=True)


network()
nginx, tag = start_nginx()
try:
    for part in PARTS:
        {'unchanged': part_unchanged, 'new': part_new, 'idle': part_idle, 'flat': part_flat, 'newsboat': part_newsboat}[part](tag)
finally:
    nginx.terminate()
