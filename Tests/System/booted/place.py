"""What the checks inside the booted Debian share: commands, waiting, a newspaper on loopback, the queue."""
import http.server
import json
import pathlib
import re
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone

HOST, SLOW, LIVE = 'www.loopback.example', 'www.slow.example', 'www.gazette.example'
SPOOL = pathlib.Path('/var/spool/newswire')
CONTROL = '/run/newswire/control.sock'

MORNING = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(hours=6)


class Failed(Exception):
    pass


def run(*command, check=True, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=120, **options)
    if check and done.returncode:
        said = f'{" ".join(map(str, command))}: status {done.returncode}\n{done.stdout[-800:]}{done.stderr[-1500:]}'
        if command[0] == 'systemctl':
            said += '\n' + subprocess.run(['journalctl', '-n', '12', '--no-pager', '-o', 'cat'], capture_output=True, text=True).stdout
        raise Failed(said)
    return done


def ctl(*arguments, user=None, check=True):
    return run(*(['runuser', '-u', user, '--'] if user else []), 'newswirectl', *arguments, check=check)


def show(name, unit='newswired.service'):
    return run('systemctl', 'show', '-P', name, unit).stdout.strip()


def status():
    return json.loads(ctl('status', '--json').stdout)


def wait(what, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            tail = run('journalctl', '-u', 'newswired', '-n', '12', '-r', '--no-pager', '-o', 'short-monotonic', check=False).stdout
            state = ' '.join(show(name) for name in ('ActiveState', 'SubState', 'MainPID', 'NRestarts', 'Result'))
            raise Failed(f'not within {seconds} s: {what}\n{state}: {show("StatusText")}\nthe journal, newest first:\n{tail}')
        time.sleep(0.1)


def active():
    return show('ActiveState') == 'active'


def equal(found, wanted, what=''):
    if found != wanted:
        raise Failed(f'{what}: {found!r} instead of {wanted!r}')


def matches(text, pattern, what=''):
    if not re.search(pattern, text):
        raise Failed(f'{what}: {pattern!r} is not in {text!r}')


# The newspaper

class Paper:
    """Serves a feed of `count` stories on port 80 of loopback, to be looked up in /etc/hosts as any other."""

    def __init__(self):
        self.count, self.slow, self.asked, self.lock = 3, threading.Event(), [], threading.Lock()
        self.slow.set()
        paper = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_GET(self):
                host = self.headers.get('Host', '').partition(':')[0]
                with paper.lock:
                    paper.asked.append((host, self.path))
                    count = paper.count
                if self.path == '/robots.txt':
                    return self.answer(404, b'', 'text/plain')
                if self.path == '/feed.xml':
                    paper.slow.wait(40) if host == SLOW else None
                    return self.answer(200, feed(host, count), 'application/rss+xml')
                if self.path.startswith('/story/'):
                    return self.answer(200, page(host, int(self.path.rpartition('/')[2])), 'text/html')
                if host == LIVE and self.path in live():
                    return self.answer(200, live()[self.path], 'application/json')
                return self.answer(404, b'', 'text/plain')

            def answer(self, code, body, kind):
                self.send_response(code)
                self.send_header('Content-Type', kind)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads, allow_reuse_address = True, True

            def handle_error(self, *_):
                pass

        threading.Thread(target=Server(('127.0.0.1', 80), Handler).serve_forever, daemon=True).start()

    def publish(self, more):
        with self.lock:
            self.count += more
            return self.count


def feed(host, count):
    items = ''.join(
        f'<item><title>Story {n} of {host}</title><link>http://{host}/story/{n}</link>'
        f'<pubDate>{(MORNING + timedelta(minutes=n)).strftime("%a, %d %b %Y %H:%M:%S +0000")}</pubDate>'
        '</item>' for n in range(max(0, count - 60), count))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title><link>http://{host}/</link>{items}</channel></rss>'.encode()


def page(host, n):
    text = ''.join(
        f'<p>Story {n} of {host}, paragraph {p}: the council met in the {p}th hour and agreed on point {p * 7 + n}, which it '
        'had not agreed on before; the public gallery took note and went home.</p>' for p in range(6))
    return (f'<!DOCTYPE html><html lang="en"><head><title>Story {n}</title></head><body><article><h1>Story {n} of {host}</h1>'
            f'<div class="story">{text}</div></article></body></html>').encode()


def live():
    """What the Gazette's program (docs/examples/gazette) asks for, by path."""
    story = {'id': 1, 'url': f'http://{LIVE}/live/1', 'title': 'Storm'}
    entry = {'time': '10:05', 'title': 'Ferry turns back', 'text': ['The sea is rough.', 'Nobody is hurt.']}
    blog = {'title': 'Storm at sea', 'published': '2026-03-01T09:00:00Z', 'entries': [entry]}
    return {'/api/stories.json': json.dumps({'stories': [story]}).encode(), '/api/live/1.json': json.dumps(blog).encode(),
            '/live/1': b'<html><h1>Loading</h1></html>'}


def plugin(id, host, more=''):
    return f'''[publisher]
id = "{id}"
name = "The {id.title()}"
url = "http://{host}/"
country = "gb"
language = "en"
zone = "Europe/London"

[fetch]
min_interval = "1m"
gap = "0s"

[[sources]]
kind = "rss"
url = "http://{host}/feed.xml"

[article]
headline = ["css:h1"]
body = ["css:div.story"]
{more}'''


def add_plugin(id, host, more=''):
    folder = pathlib.Path('/etc/newswire/plugins') / id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'plugin.toml').write_text(plugin(id, host, more))
    return folder / 'plugin.toml'


def allow(*plugins):
    """Lets these plugins run, and none of the many that the package brings."""
    names = ', '.join(f'"{plugin}"' for plugin in plugins)
    pathlib.Path('/etc/newswire/newswire.toml.d/only.toml').write_text(f'[publishers]\nonly = [{names}]\n')


# The queue

def elements():
    return sorted(p for p in SPOOL.glob('*/*') if re.fullmatch(r'[0-9a-f]{8}/[0-9a-f]{14}', f'{p.parent.name}/{p.name}'))


def read(path):
    return json.loads(path.read_text().partition('\n')[0])


def identities():
    """(uri, version) of every article that waits."""
    found = []
    for path in elements():
        article = read(path)
        found.append((article['uri'], article['version']))
    return found


def journal(*matches):
    run('journalctl', '--sync')
    done = run('journalctl', '-o', 'json', '--all', '--no-pager', '-q', '-u', 'newswired', *matches)
    return [json.loads(line) for line in done.stdout.splitlines()]


def drop_in(name, text):
    folder = pathlib.Path('/etc/systemd/system/newswired.service.d')
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f'{name}.conf').write_text(text)
    run('systemctl', 'daemon-reload')
