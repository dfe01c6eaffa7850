"""One nginx as the whole internet, and its log as the witness of who asked what and when."""
import pathlib
import shutil
import subprocess
import time
from typing import NamedTuple

from .. import nginx

ECHO = '/usr/lib/nginx/modules/ngx_http_echo_module.so'
# $msec and $request_time come from one clock, to the millisecond, which nginx reads once a turn of its loop: a start is their
# difference, without rounding of its own. $connection_time comes from another clock, read at the same time: a millisecond more or less.
CONFIGURATION = '''
daemon off; worker_processes 1; user root; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
load_module {echo};
events {{ worker_connections 4096; }}
http {{
  log_format moments '$msec $request_time $connection_requests $connection_time $status $remote_addr $host $request_uri';
  access_log {folder}/access.log moments;
  keepalive_requests 100000; keepalive_timeout 60s; default_type text/html; server_names_hash_bucket_size 128;
  types {{ application/rss+xml rss; application/atom+xml atom; text/plain txt; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
{pauses}  server {{
    listen {address}:80 backlog=4096; server_name _;
    location /robots.txt {{ return 200 "User-agent: *\\nDisallow: /private/\\n"; }}
    {answer}
  }}
}}
'''


# Most answers come soon, some late: half of them after 20 ms, one in sixteen after half a second.
PAUSES = '  map $request_id $pause { ~^[0-7] 0.02; ~^[89ab] 0.1; ~^[cde] 0.2; default 0.5; }\n'
PATIENT = 'location / {{ echo_sleep $pause; echo_exec @file; }} location @file {{ root {folder}/files/$host; }}'
AT_ONCE = 'location / {{ root {folder}/files/$host; }}'


def needed():
    """None, or what is missing."""
    if not nginx.find('nginx') or not pathlib.Path(ECHO).exists():
        return 'nginx with its echo module is not installed; scripts/install-deps.sh --test installs nginx-light'
    return None


class Request(NamedTuple):
    """One request as nginx saw it. Seconds since 1970; `limit` at once, `gap` between starts: what its paper asks for."""
    start: float
    end: float
    node: str
    group: str
    host: str
    path: str
    status: int
    limit: int
    gap: float


class Internet:
    def __init__(self, folder, place, address, press, nodes, is_slow=True):
        """`nodes` maps an address to a node's name. A slow one takes its time with each answer."""
        self.folder, self.place, self.press, self.nodes = pathlib.Path(folder), place, press, nodes
        self.log = self.folder / 'access.log'
        self.papers = {paper.id: paper for paper in press.papers}
        self.by_host = {
            host: paper for paper in press.papers for host in paper.hosts if press.group(host).startswith(('paper', 'pages'))}
        configuration = self.folder / 'nginx.conf'
        configuration.write_text(CONFIGURATION.format(
            folder=self.folder, address=address, echo=ECHO, pauses=PAUSES if is_slow else '',
            answer=(PATIENT if is_slow else AT_ONCE).format(folder=self.folder)))
        # What it notes is the measure of all: it must not wait for its turn while others compute.
        first = ['chrt', '--fifo', '10'] if can_hurry() else ['nice', '-n', '-20']
        self.process = place.start(
            *first, nginx.find('nginx'), '-p', folder, '-e', self.folder / 'error.log', '-c', configuration)
        end = time.monotonic() + 10
        while True:
            try:
                place.connect(address, 80).close()
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise AssertionError('nginx: ' + (self.folder / 'error.log').read_text()[-2000:]) from None
                time.sleep(0.02)
        self.file, self.rest, self.requests = self.log.open('rb'), b'', []
        self.last = {}

    def paper(self, host, path):
        """Whose request it is: by the path, or for robots.txt by the host."""
        return self.papers.get(path.split('/', 2)[1]) or self.by_host.get(host)

    def look(self):
        """Reads on in the log; the new requests."""
        lines = (self.rest + self.file.read()).split(b'\n')
        self.rest = lines.pop()
        fresh = []
        for line in lines:
            moment, took, number, lasts, status, address, host, path = line.decode().split(' ', 7)
            paper = self.paper(host, path)
            end = round(float(moment) * 1000)
            # The first request of a connection began when that did, at the latest.
            start = end - round(float(took) * 1000)
            if number == '1':
                start = min(start, end - round(float(lasts) * 1000) + 1)
            request = Request(
                start / 1000, end / 1000, self.nodes.get(address, address), self.press.group(host), host, path, int(status),
                paper.concurrency if paper else 3, paper.gap if paper else 0)
            fresh.append(request)
            self.last[host, path] = request
        self.requests += fresh
        return fresh

    def close(self):
        self.file.close()
        self.process.terminate()
        self.process.wait(10)


def can_hurry():
    return shutil.which('chrt') and subprocess.run(['chrt', '--fifo', '10', 'true'], capture_output=True).returncode == 0
