"""WebSub: a hub is asked to push, comes to verify, pushes, and is watched. The hub is ours; the callbacks go to the
daemon's loopback port, as a user's own web server would pass them on."""
import hashlib
import hmac
import http.client
import json
import pathlib
import socket
import tempfile
import threading
import unittest
import urllib.parse
from datetime import datetime, timedelta, timezone

from support import certificates, feeds, paper
from support.daemon import Daemon
from support.scripted import Answer, Scripted

SITE, HUB = 'www.pushing.example', 'hub.pushing.example'
TOPIC = f'https://{SITE}/feed.xml'


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as probe:
        return probe.getsockname()[1]


class Push(unittest.TestCase):
    def feed(self, entries):
        links = f'<atom:link rel="hub" href="https://{HUB}/"/><atom:link rel="self" href="{TOPIC}"/>'
        return feeds.rss(SITE, entries).replace(
            b'<rss version="2.0">', b'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">').replace(
            b'<description>', links.encode() + b'<description>', 1)

    def call(self, method, token, query='', body=None, headers=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=10)
        connection.request(method, f'/newswire/{token}{query}', body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def push(self, entries, secret=None, **headers):
        body = self.feed(entries)
        signature = hmac.new((secret or self.asked['hub.secret']).encode(), body, hashlib.sha256).hexdigest()
        return self.call('POST', self.token, body=body, headers={
            'X-Hub-Signature': f'sha256={signature}', 'Content-Type': 'application/rss+xml', **headers})

    def explain(self):
        return json.loads(self.daemon.ctl('explain', 'pushing', '--json').stdout)['sources'][0]

    def fact(self):
        return {fact['topic']: fact['text'] for fact in self.explain()['facts']}['push']

    def test_a_hub_pushes(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        folder = pathlib.Path(temporary.name)
        ca, certificate = certificates.make(folder, [SITE, HUB])
        self.port = free_port()
        requests = []
        with Scripted(certificate) as server:
            entries = [paper.entry(SITE, number, 'https') for number in range(1, 8)]
            for entry in entries:
                server.answer(SITE, urllib.parse.urlsplit(entry['url']).path,
                              Answer(body=paper.page(entry), kind='text/html; charset=utf-8'))
            server.answer(SITE, '/feed.xml', Answer(body=self.feed(entries[:1])))
            server.answer(HUB, '/', lambda path, headers, body: (
                requests.append(dict(urllib.parse.parse_qsl(body.decode()))), Answer(202, '', 'text/plain'))[1])
            self.daemon = Daemon(folder / 'd', {
                'fetch': {'connect_to': server.connect_to, 'ca_file': str(ca)},
                'push': {'url': 'https://push.reader.example/newswire/', 'listen': f'127.0.0.1:{self.port}'},
            })
            self.daemon.add_plugin(paper.plugin('pushing', SITE, [('rss', '/feed.xml')], scheme='https'))
            self.addCleanup(self.daemon.kill)
            with self.daemon:
                self.daemon.wait('the hub is asked', lambda: requests)
                self.asked = requests[0]
                self.token = self.asked['hub.callback'].rsplit('/', 1)[1]
                self.subscription(requests)
                self.verification()
                self.pushes(entries)
            # The subscription outlives a restart; the secret stays out of the log.
            with self.daemon:
                self.daemon.wait_ready()
                self.daemon.wait('it listens again', self.listens)
                self.assertEqual(self.push([entries[2]])[0], 202)
                self.daemon.wait_queued(3)
                self.missed(server, entries)
            self.assertEqual(len(requests), 1)
            self.assertNotIn(self.asked['hub.secret'], self.daemon.log_file.read_text())

    def listens(self):
        try:
            return self.call('GET', 'nobody')[0] == 404
        except OSError:
            return False

    def subscription(self, requests):
        self.assertEqual(self.asked['hub.mode'], 'subscribe')
        self.assertEqual(self.asked['hub.topic'], TOPIC)
        self.assertTrue(self.asked['hub.callback'].startswith('https://push.reader.example/newswire/'))
        self.assertGreaterEqual(len(self.asked['hub.secret']), 32)
        self.assertEqual(self.asked['hub.lease_seconds'], str(10 * 86400))
        self.daemon.wait('it says so', lambda: 'has not come to verify' in self.fact())

    def verification(self):
        def verify(token, **parameters):
            return self.call('GET', token, '?' + urllib.parse.urlencode(parameters))

        good = {'hub.mode': 'subscribe', 'hub.topic': TOPIC, 'hub.challenge': 'abc<script>', 'hub.lease_seconds': '86400'}
        self.assertEqual(verify('nobody', **good)[0], 404)
        self.assertEqual(verify(self.token, **{**good, 'hub.topic': 'https://evil.example/'})[0], 404)
        self.assertEqual(verify(self.token, **{**good, 'hub.mode': 'unsubscribe'})[0], 404)
        # Not verified yet, so nothing is accepted.
        self.assertEqual(self.push([])[0], 404)
        self.assertEqual(verify(self.token, **good), (200, 'abc<script>'))
        self.assertIn('pushes until', self.fact())
        # From the next visit on, polls are for safety only; the first one, which found the hub, may still be under way.
        self.daemon.wait_queued(1)
        self.daemon.ctl('fetch', 'pushing', '--wait')
        answer = self.explain()
        self.assertIn('poll for safety', answer['why'])
        due = datetime.fromisoformat(answer['next_fetch'].replace('Z', '+00:00'))
        self.assertGreater(due - datetime.now(timezone.utc), timedelta(minutes=115))

    def pushes(self, entries):
        self.daemon.wait_queued(1)
        self.assertEqual(self.push([entries[1]])[0], 202)
        self.daemon.wait_queued(2)
        # Forged, of another topic, unsigned, too large, not a feed: acknowledged or refused, never used.
        self.assertEqual(self.push([entries[5]], secret='guess')[0], 202)
        self.assertEqual(self.push([entries[5]], Link='<https://evil.example/>; rel="self"')[0], 202)
        self.assertEqual(self.call('POST', self.token, body=self.feed([entries[5]]))[0], 202)
        self.assertEqual(self.call('POST', self.token, body=b'x' * (4 << 20))[0], 413)
        self.daemon.wait('all refusals', lambda: len(self.daemon.records(event='push.refused')) >= 4)
        refusals = ' '.join(record['message'] for record in self.daemon.records(event='push.refused'))
        for word in ('wrong', 'missing', 'another topic', 'without a verified subscription'):
            self.assertIn(word, refusals)
        self.assertIn('the last push came', self.fact())
        # A push is not the whole list: what the poll listed stays known, and nothing is fetched twice.
        self.daemon.ctl('fetch', 'pushing', '--wait')
        self.assertEqual(len(self.daemon.queued()), 2)

    def missed(self, server, entries):
        """A poll that finds something old which the hub should have pushed."""
        late = {**entries[6], 'published': datetime.now(timezone.utc).replace(microsecond=0) + timedelta(minutes=11)}
        server.answer(SITE, '/feed.xml', Answer(body=self.feed([late])))
        self.daemon.ctl('fetch', 'pushing', '--wait')
        # Dated after the lease began, but not yet old enough to be missed.
        self.assertIn('pushes until', self.fact())


if __name__ == '__main__':
    unittest.main()
