"""nginx with TLS and HTTP/2 on a free loopback port, serving given bytes under given addresses, with its access log."""
import http.client
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import time
import urllib.parse

from . import certificates

CONFIGURATION = '''
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
  log_format records escape=json '{{"host":"$host","uri":"$request_uri","status":$status,"protocol":"$server_protocol",'
    '"connection":"$connection","encoding":"$http_accept_encoding","agent":"$http_user_agent",'
    '"if_none_match":"$http_if_none_match","if_modified_since":"$http_if_modified_since"}}';
  access_log {folder}/access.log records;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  types {{ text/html html; application/xml xml; application/rss+xml rss; application/json json; }}
  default_type application/octet-stream;
  gzip on; gzip_types application/xml application/rss+xml; gzip_min_length 256;
  map_hash_bucket_size 2048; map_hash_max_size 4096;
  map "$host$request_uri" $file {{
    default "";
{files}
  }}
  server {{
    listen 127.0.0.1:{port} ssl http2;
    server_name _;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    root {folder}/files;
    {limit}
    location / {{
      if ($file = "") {{ return 404; }}
      try_files /$file =404;
    }}
  }}
}}
'''


def needed():
    """None, or what is missing for nginx to run."""
    for name in ('nginx', 'openssl'):
        if not find(name):
            return f'{name} is not installed; scripts/install-deps.sh --test installs it'
    return None


def find(name):
    return shutil.which(name, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin')


class Nginx:
    """A web server for `with`. `pages` maps absolute https addresses to (file suffix, bytes, modified time or None)."""

    def __init__(self, folder, pages, limit_rate=None):
        self.folder = pathlib.Path(folder)
        self.pages = pages
        self.limit_rate = limit_rate
        self.hosts = sorted({urllib.parse.urlsplit(url).hostname for url in pages})
        self.port = free_port()
        self.process = None

    def __enter__(self):
        files = self.folder / 'files'
        files.mkdir(parents=True)
        self.authority = certificates.Authority(self.folder / 'tls', self.hosts)
        entries = []
        for number, (url, (suffix, body, modified)) in enumerate(self.pages.items()):
            name = f'{number:04}.{suffix}'
            (files / name).write_bytes(body)
            if modified:
                os.utime(files / name, (modified, modified))
            parts = urllib.parse.urlsplit(url)
            target = parts.path + (f'?{parts.query}' if parts.query else '')
            entries.append(f'    {json.dumps(parts.hostname + target)} {name};')
        configuration = self.folder / 'nginx.conf'
        configuration.write_text(CONFIGURATION.format(
            user='user root;' if os.geteuid() == 0 else '', folder=self.folder, port=self.port,
            files='\n'.join(entries), certificate=self.authority.certificate, key=self.authority.key,
            limit=f'limit_rate {self.limit_rate};' if self.limit_rate else '',
        ))
        self.process = subprocess.Popen(
            [find('nginx'), '-p', str(self.folder), '-e', str(self.folder / 'error.log'), '-c', str(configuration)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.wait()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def wait(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError('nginx did not start: ' + (self.folder / 'error.log').read_text()[-2000:])
            try:
                socket.create_connection(('127.0.0.1', self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError('nginx does not listen')

    @property
    def ca(self):
        return self.authority.ca

    @property
    def connect_to(self):
        """What the daemon's `[fetch] connect_to` must hold to find this server under its hosts' names."""
        return [f'{host}:443:127.0.0.1:{self.port}' for host in self.hosts]

    def requests(self):
        """What was asked so far: one dict a request, oldest first."""
        path = self.folder / 'access.log'
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def replace(self, url, body):
        """Serves other bytes from now on, with a new modification time."""
        number = list(self.pages).index(url)
        suffix = self.pages[url][0]
        path = self.folder / 'files' / f'{number:04}.{suffix}'
        fresh = path.with_suffix('.new')
        fresh.write_bytes(body)
        fresh.rename(path)

    def get(self, url, **headers):
        """One request of the test's own, to check the server itself."""
        parts = urllib.parse.urlsplit(url)
        context = ssl.create_default_context(cafile=str(self.ca))
        link = socket.create_connection(('127.0.0.1', self.port), 5)
        secure = context.wrap_socket(link, server_hostname=parts.hostname)
        connection = http.client.HTTPConnection(parts.hostname)
        connection.sock = secure
        connection.request('GET', parts.path + (f'?{parts.query}' if parts.query else ''), headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body


def free_port():
    with socket.socket() as link:
        link.bind(('127.0.0.1', 0))
        return link.getsockname()[1]
