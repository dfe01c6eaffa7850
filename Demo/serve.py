#!/usr/bin/env python3
"""Serve The Harbour Courier on loopback, the way a publisher's web server would: validators, 304, gzip.

The storm story changes once every feed and its page have been read: from the next fetch of a feed on, feeds and page carry
its second version.
Standard library only. Stops on SIGTERM or Ctrl-C.
"""
import argparse
import email.utils
import gzip
import hashlib
import http.server
import pathlib
import re
import signal
import sys
import threading
from datetime import datetime, timezone

import courier
import pictures

FOLDER = pathlib.Path(__file__).parent
FEEDS = {
    '/rss.xml': ('application/rss+xml; charset=utf-8', courier.rss),
    '/news-sitemap.xml': ('application/xml', courier.news_sitemap),
}
ROBOTS = f'User-agent: *\nDisallow: /drafts/\nSitemap: {courier.SITE}/news-sitemap.xml\n'


class Newsroom:
    """What is published right now. Its lock covers the two facts that decide which version a reader gets."""

    def __init__(self, now):
        self.articles, self.updates = courier.load(FOLDER / 'articles', now)
        self.lock = threading.Lock()
        self.feeds, self.pages = set(), set()
        self.out = set()

    def current(self):
        with self.lock:
            out = set(self.out)
        return [self.updates[a.path] if a.path in out else a for a in self.articles]

    def feed(self, path):
        with self.lock:
            if self.feeds == set(FEEDS):
                self.out |= self.pages & set(self.updates)
            self.feeds.add(path)
        return FEEDS[path][1](self.current())

    def page(self, path):
        """The article of that path and what else is in the paper, or None."""
        for article in self.current():
            if article.path == path:
                with self.lock:
                    self.pages.add(path)
                return article, [other for other in self.articles if other.path != path]
        return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server_version = 'Courier/1'
    sys_version = ''

    def do_GET(self):
        room, path = self.server.newsroom, self.path.partition('?')[0]
        if path in FEEDS:
            return self.answer(FEEDS[path][0], room.feed(path))
        if path == '/robots.txt':
            return self.answer('text/plain; charset=utf-8', ROBOTS.encode())
        if picture := re.fullmatch(r'/pictures/([a-z-]+)-(320|640|960)\.png', path):
            return self.answer('image/png', pictures.png(picture[1], int(picture[2])))
        found = room.page(path)
        if not found:
            return self.refuse(404)
        article, others = found
        if article['fails']:
            return self.refuse(500)
        # The page in another charset does not say so in its header: only its <meta> tells.
        kind = 'text/html' if article['charset'] else 'text/html; charset=utf-8'
        return self.answer(kind, article.page(others), article.modified)

    do_HEAD = do_GET

    def answer(self, kind, body, modified=None):
        tag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        unchanged = self.headers.get('If-None-Match') == tag
        self.send_response(304 if unchanged else 200)
        self.send_header('ETag', tag)
        self.send_header('Vary', 'Accept-Encoding')
        if modified:
            self.send_header('Last-Modified', email.utils.format_datetime(modified, usegmt=True))
        if unchanged:
            return self.end_headers()
        if not kind.startswith('image/') and 'gzip' in self.headers.get('Accept-Encoding', ''):
            body = gzip.compress(body, 6)
            self.send_header('Content-Encoding', 'gzip')
        self.send_header('Content-Type', kind)
        self.finish_with(body)

    def refuse(self, status):
        self.send_response(status)
        self.send_header('Content-Type', 'text/plain')
        self.finish_with(b'The Courier is sorry.\n')

    def finish_with(self, body):
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def log_message(self, form, *values):
        if self.server.verbose:
            print(form % values, file=sys.stderr, flush=True)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--port', type=int, default=0, help='loopback port; 0 (the default) takes a free one')
    parser.add_argument('--port-file', help='write the port here once the server answers')
    parser.add_argument('--verbose', action='store_true', help='print each request')
    options = parser.parse_args()

    server = Server(('127.0.0.1', options.port), Handler)
    server.newsroom = Newsroom(datetime.now(timezone.utc).replace(microsecond=0))
    server.verbose = options.verbose
    port = server.server_address[1]
    if options.port_file:
        pathlib.Path(options.port_file).write_text(f'{port}\n')
    else:
        print(f'{courier.NAME} is out: http://127.0.0.1:{port}/rss.xml', flush=True)

    def stop(*_):
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever(poll_interval=0.1)


if __name__ == '__main__':
    main()
