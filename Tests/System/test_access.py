"""What newswired shows to publishers of its reader, and through what: logins, proxies, rest that a server asks for. And
that none of it leaks."""
import base64
import json
import pathlib
import socket
import tempfile
import threading
import unittest
import urllib.parse

from support import certificates, feeds, nginx, paper, spool
from support.daemon import Daemon
from support.scripted import Answer, Scripted

FORM, BASIC, KEY, SHUT = 'www.form.example', 'www.basic.example', 'www.key.example', 'www.shut.example'
TOKEN, BEARER, COOKIE = 'www.token.example', 'www.bearer.example', 'www.cookie.example'
STRANGER, BUSY, SIDE = 'www.stranger.example', 'www.busy.example', 'feeds.busy.example'
SECRETS = ('hunter2', 'opensesame', 'k3y-k3y', 'wrong-pass', 'session-one', 'session-two',
           'open-road', 'b34rer-t0ken', 'biscuit', 'session-three', 'csrf-1')


class Proxy:
    """An HTTP proxy that remembers what it was asked for; everything leads to one port."""

    def __init__(self, port):
        self.target, self.asked = port, []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        head = b''
        while b'\r\n\r\n' not in head:
            more = connection.recv(4096)
            if not more:
                return connection.close()
            head += more
        self.asked.append(head.decode('latin-1'))
        upstream = socket.create_connection(('127.0.0.1', self.target))
        connection.sendall(b'HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n')
        self.join(connection, upstream)

    @staticmethod
    def join(connection, upstream):
        def pump(a, b):
            try:
                while data := a.recv(65536):
                    b.sendall(data)
            except OSError:
                pass
            for end in (a, b):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

        threading.Thread(target=pump, args=(upstream, connection), daemon=True).start()
        pump(connection, upstream)


class Socks(Proxy):
    """A SOCKS 5 proxy that resolves names (RFC 1928), with user and password (RFC 1929)."""

    def serve(self, connection):
        def take(count):
            data = b''
            while len(data) < count:
                more = connection.recv(count - len(data))
                if not more:
                    raise OSError('gone')
                data += more
            return data

        take(take(2)[1])
        connection.sendall(b'\x05\x02')
        user = take(take(2)[1])
        password = take(take(1)[0])
        connection.sendall(b'\x01\x00')
        take(4)
        host = take(take(1)[0])
        port = int.from_bytes(take(2), 'big')
        self.asked.append(f'{user.decode()}:{password.decode()} {host.decode()}:{port}')
        upstream = socket.create_connection(('127.0.0.1', self.target))
        connection.sendall(b'\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00')
        self.join(connection, upstream)


class Access(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        cls.addClassCleanup(temporary.cleanup)
        folder = pathlib.Path(temporary.name)
        hosts = [FORM, TOKEN, BASIC, KEY, BEARER, COOKIE, SHUT, STRANGER, BUSY, SIDE]
        ca, certificate = certificates.make(folder, hosts)
        cls.server = Scripted(certificate)
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.proxy, cls.socks = Proxy(cls.server.port), Socks(cls.server.port)
        cls.session = 'session-one'
        cls.logins = 0
        cls.tokens = []

        def login(path, headers, body):
            form = dict(urllib.parse.parse_qsl(body.decode()))
            if form != {'email': 'reader@form.example', 'pass': 'hunter2', 'remember': '1'}:
                return Answer(403, 'no', 'text/plain')
            cls.logins += 1
            return Answer(302, headers={'Location': '/', 'Set-Cookie': f'sid={cls.session}; Secure; HttpOnly; Path=/'})

        def login_page(path, headers, body):
            # A token that is good once, for whoever has the cookie that came with it.
            cls.tokens.append(f'csrf-{len(cls.tokens) + 1}')
            return Answer(
                body='<html><form action="/search"><input type="hidden" name="trap" value="x"></form>'
                '<form action="https://evil.example/" method="post"><input name="username"><input type="password" name="password">'
                f'<input type="hidden" name="_csrf" value="{cls.tokens[-1]}"><input type="hidden" name="from" value="/a?b&amp;c">'
                '</form></html>', kind='text/html', headers={'Set-Cookie': f'pre={cls.tokens[-1]}; Secure; Path=/'})

        def login_with_token(path, headers, body):
            form = dict(urllib.parse.parse_qsl(body.decode()))
            wanted = {'username': 'reader', 'password': 'hunter2', '_csrf': cls.tokens[-1] if cls.tokens else '?', 'from': '/a?b&c'}
            if form != wanted or f'pre={wanted["_csrf"]}' not in headers.get('Cookie', ''):
                return Answer(403, 'no', 'text/plain')
            return Answer(302, headers={'Location': '/', 'Set-Cookie': 'sid=session-three; Secure; HttpOnly; Path=/'})

        def with_cookie(cookie):
            return lambda answer: lambda path, headers, body: (
                answer if cookie in headers.get('Cookie', '').split('; ') else Answer(401, 'members only', 'text/plain'))

        def members(answer):
            def check(path, headers, body):
                cookies = dict(pair.split('=', 1) for pair in headers.get('Cookie', '').split('; ') if '=' in pair)
                return answer if cookies.get('sid') == cls.session else Answer(401, 'members only', 'text/plain')
            return check

        def authorised(name, value, answer):
            return lambda path, headers, body: answer if headers.get(name) == value else Answer(401, 'no', 'text/plain')

        def paper_at(host, guard):
            entry = paper.entry(host, 1, 'https')
            cls.server.answer(host, '/feed.xml', guard(Answer(body=feeds.rss(host, [entry]))))
            cls.server.answer(host, '/story/1', guard(Answer(body=paper.page(entry), kind='text/html; charset=utf-8')))

        cls.server.answer(FORM, '/login', login)
        cls.server.answer(FORM, '/', Answer(body='welcome', kind='text/html'))
        paper_at(FORM, members)
        token = 'Basic ' + base64.b64encode(b'reader:opensesame').decode()
        paper_at(BASIC, lambda answer: authorised('Authorization', token, answer))
        cls.server.answer(BASIC, '/away.xml', Answer(302, headers={'Location': f'https://{STRANGER}/feed.xml'}))
        cls.server.answer(TOKEN, '/signin', login_page)
        cls.server.answer(TOKEN, '/session', login_with_token)
        cls.server.answer(TOKEN, '/', Answer(body='welcome', kind='text/html'))
        paper_at(TOKEN, with_cookie('sid=session-three'))
        paper_at(BEARER, lambda answer: authorised('Authorization', 'Bearer b34rer-t0ken', answer))
        paper_at(COOKIE, with_cookie('member=biscuit'))
        cls.server.answer(COOKIE, '/away.xml', Answer(302, headers={'Location': f'https://{STRANGER}/feed.xml'}))
        paper_at(KEY, lambda answer: authorised('X-Key', 'k3y-k3y', answer))
        cls.server.answer(SHUT, '/login', Answer(403, 'no', 'text/plain'))
        paper_at(SHUT, members)
        paper_at(STRANGER, lambda answer: answer)
        cls.server.answer(BUSY, '/feed.xml', Answer(429, 'later', 'text/plain', {'Retry-After': '7200'}))
        cls.server.answer(SIDE, '/feed.xml', Answer(body=feeds.rss(SIDE, [])))
        secrets = folder / 'credentials'
        secrets.mkdir()
        for name, text in (('form', 'reader@form.example\nhunter2\n'), ('basic', 'reader:opensesame'),
                           ('token', 'reader:hunter2'), ('bearer', 'b34rer-t0ken\n'), ('cookie', (
                               '# Netscape HTTP Cookie File\n'
                               f'#HttpOnly_{COOKIE}\tFALSE\t/\tTRUE\t0\tmember\tbiscuit\n'
                               '.evil.example\tTRUE\t/\tTRUE\t0\tmember\tbiscuit\n')),
                           ('key', 'k3y-k3y\n'), ('shut', 'reader:wrong-pass'), ('way', 'walker:open-road')):
            (secrets / name).write_text(text)
            (secrets / name).chmod(0o600)
        cls.daemon = Daemon(folder / 'd', {
            'paths': {'credentials': str(secrets)},
            'fetch': {
                # The others are reached through proxies alone.
                'connect_to': [entry for entry in cls.server.connect_to if not entry.startswith((KEY, BASIC, STRANGER))],
                'ca_file': str(ca), 'proxy_credential': 'way'},
        })
        cls.daemon.settings['fetch.proxies'] = {
            'key': f'http://127.0.0.1:{cls.proxy.port}', 'basic': f'socks5h://127.0.0.1:{cls.socks.port}'}
        cls.add('form', FORM, 'kind = "form"\ncredential = "form"\n'
                f'url = "https://{FORM}/login"\nuser_field = "email"\npassword_field = "pass"\n'
                'fields = { remember = "1" }\ncookie = "sid"\n')
        cls.add('token', TOKEN, 'kind = "form"\ncredential = "token"\n'
                f'url = "https://{TOKEN}/session"\npage = "https://{TOKEN}/signin"\ncookie = "sid"\n')
        cls.add('bearer', BEARER, 'kind = "bearer"\ncredential = "bearer"\n')
        cls.add('cookie', COOKIE, 'kind = "cookies"\ncredential = "cookie"\n', ['/feed.xml', '/away.xml'])
        cls.add('basic', BASIC, 'kind = "basic"\ncredential = "basic"\n', ['/feed.xml', '/away.xml'])
        cls.add('key', KEY, 'kind = "header"\ncredential = "key"\nheader = "X-Key"\n')
        cls.add('shut', SHUT, f'kind = "form"\ncredential = "shut"\nurl = "https://{SHUT}/login"\n')
        cls.add('missing', STRANGER, 'kind = "bearer"\ncredential = "nowhere"\n')
        cls.addClassCleanup(cls.daemon.kill)
        with cls.daemon:
            cls.daemon.wait('six papers and their failures', lambda: (
                len(spool.names(cls.daemon.spool)) >= 6
                and {r['publisher'] for r in cls.daemon.records(event='login.failed')} >= {'shut', 'missing'}))
            # The session ends; the next visit logs in again, but not within ten minutes of the last time.
            cls.session = 'session-two'
            cls.expired = cls.daemon.ctl('fetch', 'form', '--wait').stdout.decode()
            cls.explained = {id: cls.daemon.ctl('explain', id).stdout.decode()
                             for id in ('form', 'basic', 'key', 'shut', 'missing')}
            cls.again = cls.daemon.ctl('fetch', 'shut', '--wait')

    @classmethod
    def add(cls, id, host, login, paths=('/feed.xml',)):
        text = paper.plugin(id, host, [('rss', path) for path in paths], scheme='https')
        cls.daemon.add_plugin(text.replace('\n[article]', f'\n[login]\n{login}\n[article]'))

    def requests(self, host):
        return [(path, headers) for path, headers, _ in self.server.requests(host)]

    def test_a_form_is_sent_once_and_its_cookie_opens_feed_and_pages(self):
        self.assertEqual(self.logins, 1)
        self.assertEqual(len([body for host, path, body in self.server.bodies if host == FORM]), 1)
        self.assertIn('logged in since', self.explained['form'])
        self.assertTrue(self.daemon.records(event='login.worked', publisher='form'))

    def test_a_session_that_ends_soon_after_a_login_is_no_reason_to_log_in_for_ever(self):
        self.assertIn('401', self.expired)
        self.assertEqual(self.logins, 1)

    def test_what_a_login_page_hides_goes_back_with_the_form_and_only_where_the_plugin_says(self):
        self.assertEqual(self.tokens, ['csrf-1'])
        form, = [body for host, path, body in self.server.bodies if host == TOKEN]
        self.assertNotIn(b'trap', form)
        self.assertEqual([path for path, _ in self.requests(TOKEN)][:2], ['/signin', '/session'])
        self.assertTrue(self.daemon.records(event='login.worked', publisher='token'))

    def test_every_kind_of_credential_opens_what_it_should(self):
        titles = {article['headlines'][0]['value'] for article in self.daemon.queued()}
        for host in (FORM, TOKEN, BASIC, KEY, BEARER, COOKIE):
            self.assertIn(f'Story number 1 of {host}', titles)

    def test_a_redirect_to_a_stranger_goes_without_the_credential(self):
        asked = self.requests(STRANGER)
        self.assertTrue(asked)
        for _, headers in asked:
            self.assertNotIn('Authorization', headers)
            self.assertNotIn('Cookie', headers)

    def test_robots_txt_is_asked_without_credentials(self):
        for host in (BASIC, KEY, BEARER, COOKIE):
            robots = [headers for path, headers in self.requests(host) if path == '/robots.txt']
            self.assertTrue(robots)
            self.assertNotIn('Authorization', robots[0])
            self.assertNotIn('X-Key', robots[0])
            self.assertNotIn('Cookie', robots[0])

    def test_a_login_that_fails_is_a_clear_record_and_is_not_repeated_at_once(self):
        record = self.daemon.records(event='login.failed', publisher='shut')[0]
        self.assertIn('answered with 403', record['message'])
        self.assertIn('credential "shut"', record['next'])
        self.assertIn('answered with 403', self.explained['shut'])
        # Once by the schedule, once because a person asked.
        self.assertEqual(len([path for path, _ in self.requests(SHUT) if path == '/login']), 2)
        self.assertNotIn('/feed.xml', [path for path, _ in self.requests(SHUT)])

    def test_a_credential_that_is_missing_says_where_it_was_looked_for(self):
        record, = self.daemon.records(event='login.failed', publisher='missing')
        self.assertIn('"nowhere" is not in', record['message'])
        self.assertIn('LoadCredential=nowhere', record['next'])
        self.assertIn('not in', self.explained['missing'])
        self.assertIn('its login failed and rests', self.explained['missing'])
        self.assertNotIn('the server asked for it', self.explained['missing'])

    def test_one_publisher_goes_through_its_proxy_and_the_others_do_not(self):
        self.assertTrue(self.proxy.asked)
        for head in self.proxy.asked:
            self.assertTrue(head.startswith(f'CONNECT {KEY}:443 HTTP/1.1\r\n'), head)
            self.assertNotIn('k3y', head)
        self.assertIn(f'through http://127.0.0.1:{self.proxy.port}', self.explained['key'])
        self.assertNotIn('proxy ', self.explained['form'])

    def test_a_socks_proxy_gets_the_name_and_its_own_credential(self):
        self.assertEqual(set(self.socks.asked), {f'walker:open-road {BASIC}:443', f'walker:open-road {STRANGER}:443'})

    def test_no_secret_reaches_the_log_or_the_database(self):
        texts = [self.daemon.log_file.read_text(), self.daemon.errors.read_text(), *self.explained.values()]
        texts.append((self.daemon.state / 'newswire.db').read_bytes().decode('latin-1'))
        for secret in (*SECRETS, base64.b64encode(b'reader:opensesame').decode()):
            for text in texts:
                self.assertNotIn(secret, text)


@unittest.skipIf(nginx.needed(), nginx.needed())
class Versions(unittest.TestCase):
    def test_http_2_is_used_unless_a_plugin_or_one_of_its_sources_says_no(self):
        hosts = {'two': 'www.two.example', 'one': 'www.one.example', 'mixed': 'www.mixed.example'}
        pages = {f'https://{host}/{name}.rss': ('rss', feeds.rss(host, []), None)
                 for host in hosts.values() for name in ('feed', 'other')}
        with tempfile.TemporaryDirectory(prefix='nw-') as folder, nginx.Nginx(pathlib.Path(folder) / 'nginx', pages) as server:
            daemon = Daemon(pathlib.Path(folder) / 'd', {
                'fetch': {'connect_to': server.connect_to, 'ca_file': str(server.ca)}})
            for id, host in hosts.items():
                text = paper.plugin(
                    id, host, [('rss', '/feed.rss'), ('rss', '/other.rss')], scheme='https',
                    fetch='http2 = false' if id == 'one' else '')
                if id == 'mixed':
                    text = text.replace('other.rss"\n', 'other.rss"\nhttp2 = false\n')
                daemon.add_plugin(text)
            with daemon:
                daemon.wait('all feeds are read', lambda: len(server.requests()) >= 6)
            asked = {(r['host'], r['uri']): r['protocol'] for r in server.requests()}
        one, two = 'HTTP/1.1', 'HTTP/2.0'
        if list(asked).index((hosts['mixed'], '/other.rss')) < list(asked).index((hosts['mixed'], '/feed.rss')):
            # What may use HTTP/2 goes over a connection of HTTP/1.1 when one is open already.
            self.assertIn(asked.pop((hosts['mixed'], '/feed.rss')), (one, two))
            asked[hosts['mixed'], '/feed.rss'] = two
        self.assertEqual(asked, {
            (hosts['two'], '/feed.rss'): two, (hosts['two'], '/other.rss'): two, (hosts['one'], '/feed.rss'): one,
            (hosts['one'], '/other.rss'): one, (hosts['mixed'], '/feed.rss'): two, (hosts['mixed'], '/other.rss'): one})


class Rest(unittest.TestCase):
    def test_a_server_that_asks_for_rest_gets_it_for_its_whole_domain_and_through_a_restart(self):
        with tempfile.TemporaryDirectory(prefix='nw-') as folder, Scripted() as server:
            server.answer(BUSY, '/feed.xml', Answer(429, 'later', 'text/plain', {'Retry-After': '7200'}))
            server.answer(SIDE, '/feed.xml', Answer(body=feeds.rss(SIDE, [])))
            server.answer(STRANGER, '/feed.xml', Answer(body=feeds.rss(STRANGER, [paper.entry(STRANGER, 1)])))
            daemon = Daemon(pathlib.Path(folder) / 'd', {'fetch': {'connect_to': server.connect_to}})
            daemon.add_plugin(paper.plugin('busy', BUSY, [('rss', '/feed.xml')]))
            with daemon:
                daemon.wait('the group rests', lambda: daemon.records(event='group.held'))
                held, = daemon.records(event='group.held')
                self.assertIn('busy.example rests for 2 h', held['message'])
                refused = daemon.ctl('fetch', 'busy', '--wait')
                self.assertEqual(refused.returncode, 75)
                self.assertIn('asked for rest until', refused.stderr.decode())
            # Another host of the same domain, met for the first time after a restart; and one of another.
            daemon.add_plugin(paper.plugin('side', SIDE, [('rss', '/feed.xml')]))
            daemon.add_plugin(paper.plugin('stranger', STRANGER, [('rss', '/feed.xml')]))
            with daemon:
                daemon.wait('another domain is read', lambda: daemon.records(
                    event='feed.fetched', publisher='stranger'))
                daemon.wait('the other host is held too', lambda: daemon.records(outcome='held', publisher='side'))
                why = json.loads(daemon.ctl('explain', 'side', '--json').stdout)['sources'][0]
                self.assertIn('asked the whole rate group to rest', why['why'])
                self.assertIn('busy.example asked for rest until', str(why['facts']))
                self.assertEqual(why['failures'], 0)
            self.assertEqual(server.count(SIDE, '/feed.xml'), 0)
            self.assertEqual(server.count(BUSY, '/feed.xml'), 1)

    def test_an_outage_here_counts_against_nobody(self):
        hosts = [f'www.far{number}.example' for number in range(5)]
        # A full backlog: connections to it neither succeed nor fail.
        hole = socket.create_server(('127.0.0.1', 0), backlog=0)
        port = hole.getsockname()[1]
        stuffing = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(('127.0.0.1', port))
            stuffing.append(one)
        with tempfile.TemporaryDirectory(prefix='nw-') as folder:
            daemon = Daemon(pathlib.Path(folder) / 'd', {'fetch': {
                'connect_to': [f'{host}:80:127.0.0.1:{port}' for host in hosts], 'connect_timeout': '1s'}})
            for number, host in enumerate(hosts):
                daemon.add_plugin(paper.plugin(f'far{number}', host, [('rss', '/feed.xml')]))
            with daemon:
                daemon.wait('the network counts as down', lambda: daemon.records(event='network.down'))
                daemon.wait('all have failed', lambda: len({
                    r['publisher'] for r in daemon.records(outcome='timeout')}) == len(hosts))
                for number in range(len(hosts)):
                    answer = json.loads(daemon.ctl('explain', f'far{number}', '--json').stdout)['sources'][0]
                    self.assertEqual(answer['failures'], 0)
                    self.assertIn('the network here is down', answer['why'])
            for record in daemon.records(outcome='timeout'):
                self.assertEqual(record['fields']['failures'], '0')
                self.assertIn('counts against nobody', record['next'])
        for one in stuffing:
            one.close()
        hole.close()


if __name__ == '__main__':
    unittest.main()
