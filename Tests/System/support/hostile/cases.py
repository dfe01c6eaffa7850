"""The misbehaviours by name. Each says what the daemon's log must hold of it; how it is played follows in `plays`.

`answers` is what the log must show first for the case's publisher: event and outcome, and for some a part of the message.
A case plays on an address of its own, so that it can misbehave before a byte was sent. `advisory` is the number in the
list of past holes that it stands for.
"""
import dataclasses
import struct
import time

from .. import feeds, paper
from . import wire
from .wire import answer, chunk, fields, frame, head

TLS, H2 = 'tls', 'h2'
LONG = 30  # seconds for which an endless play goes on unless the client ends it


@dataclasses.dataclass
class Case:
    name: str
    play: object
    event: str
    outcome: str
    message: str = ''
    # None for plain HTTP, TLS, or TLS with HTTP/2.
    layer: str = None
    # Plays from the accepted connection on, instead of from a request on.
    raw: bool = False
    certificate: str = 'good'
    # What the name server says instead of the case's own address.
    addresses: object = None
    advisory: int = 0
    # Answers for robots.txt and for pages are the play's own too.
    everything: bool = False
    # Nothing of the publisher may be in the log for this.
    never: str = ''

    @property
    def host(self):
        return f'{self.name}.example'

    @property
    def scheme(self):
        return 'https' if self.layer else 'http'

    def feed(self, count=1, more=()):
        return feeds.rss(self.host, [paper.entry(self.host, n, self.scheme) for n in range(1, count + 1)] + list(more))


CASES = []


def case(event, outcome, message='', **options):
    """Makes a case of a function, named after it."""
    def add(play):
        CASES.append(Case(play.__name__.replace('_', '-').strip('-'), play, event, outcome, message, **options))
        return play
    return add


def same(names, event, outcome, message='', **options):
    """Makes a case of each entry of a table: name → what the play gets as its second argument."""
    def add(play):
        for name, argument in names.items():
            CASES.append(
                Case(name, lambda c, argument=argument: play(c, argument), event, outcome, message, **options))
        return play
    return add


FAILED, REFUSED, FETCHED, EMPTY = 'feed.failed', 'feed.refused', 'feed.fetched', 'feed.empty'
PAGE = 'page.retry'

# Connections that end, or do not begin.


@case(FAILED, 'connection-lost', raw=True)
def closed_at_accept(c): pass


@case(FAILED, 'connection-lost|connect', raw=True)
def reset_at_accept(c): c.reset()


@case(FAILED, 'connection-lost')
def closed_after_request(c): pass


@case(FAILED, 'connection-lost')
def reset_after_request(c): c.reset()


@case(FAILED, 'connection-lost')
def closed_in_status_line(c): c.send(b'HTTP/1.1 20')


@case(FAILED, 'truncated')
def closed_in_body(c): c.send(head('200 OK', 'Content-Length: 5000') + b'<rss')


@case(FAILED, 'connection-lost')
def reset_in_body(c):
    c.send(head('200 OK', 'Content-Length: 5000') + b'<rss')
    time.sleep(0.2)
    c.reset()


@case(FAILED, 'truncated')
def closed_in_chunk(c): c.send(head('200 OK', 'Transfer-Encoding: chunked') + b'1000\r\n<rss')


@case(FAILED, 'truncated')
def closed_before_last_chunk(c): c.send(head('200 OK', 'Transfer-Encoding: chunked') + chunk(c.feed()))


@case(FAILED, 'timeout', raw=True)
def never_answers(c): c.hold()


# Slow ones.


@case(FAILED, 'timeout')
def slow_headers(c):
    c.drip(b'HTTP/1.1 200 OK\r\n' + b'X-Slow: 1\r\n' * 1000, 0.05)


@case(FAILED, 'timeout')
def slow_body(c):
    c.send(head('200 OK', 'Content-Length: 100000'))
    c.drip(b'x' * 100_000, 0.05)


@case(FAILED, 'timeout')
def slow_chunks(c):
    c.send(head('200 OK', 'Transfer-Encoding: chunked'))
    c.drip(b'1\r\nx\r\n' * 100_000, 0.05)


@case(FAILED, 'timeout', raw=True, layer='silent')
def slow_tls_handshake(c): c.hold()


@case(FAILED, 'timeout', raw=True, layer='silent')
def dripping_tls_handshake(c): c.drip(b'\x16\x03\x03\x40\x00\x02\x00\x3f\xfc' + b'x' * 16_000, 0.05)


@case(FAILED, 'tls', raw=True, layer='silent')
def no_tls_at_all(c): c.send(answer(b'plain'))


# Endless ones.


@case(FAILED, 'headers-too-large')
def endless_headers(c):
    c.send(b'HTTP/1.1 200 OK\r\n')
    c.pour(b'X-More: ' + b'a' * 200 + b'\r\n')


@case(FAILED, 'protocol-error|headers-too-large')
def endless_header_line(c):
    c.send(b'HTTP/1.1 200 OK\r\nX-Long: ')
    c.pour(b'a' * 4096)


@case(FAILED, 'protocol-error|headers-too-large')
def endless_status_line(c):
    c.send(b'HTTP/1.1 200 ')
    c.pour(b'O' * 4096)


@case(FAILED, 'body-too-large')
def endless_body(c):
    c.send(head())
    c.pour(b'<item/>' * 512)


@case(FAILED, 'body-too-large')
def endless_chunks(c):
    c.send(head('200 OK', 'Transfer-Encoding: chunked'))
    c.pour(chunk(b'<item/>' * 512))


# On a slow machine the play ends before the daemon's time limit does.
@case(FAILED, 'body-too-large|timeout|protocol-error|connection-lost|truncated')
def endless_chunk_extension(c):
    c.send(head('200 OK', 'Transfer-Encoding: chunked') + b'4;')
    c.pour(b'e=1;' * 1024)


@case(FAILED, 'headers-too-large|protocol-error')
def endless_trailers(c):
    c.send(head('200 OK', 'Transfer-Encoding: chunked') + chunk(b'<rss/>') + b'0\r\n')
    c.pour(b'X-Trailer: ' + b'a' * 200 + b'\r\n')


@case(FAILED, 'headers-too-large')
def endless_100_continue(c): c.pour(b'HTTP/1.1 100 Continue\r\n\r\n')


@case(FAILED, 'headers-too-large')
def endless_103_early_hints(c): c.pour(b'HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n')


@case(FAILED, 'headers-too-large')
def endless_cookies(c):
    c.send(b'HTTP/1.1 200 OK\r\n')
    c.pour(b'Set-Cookie: a=' + b'b' * 500 + b'; Path=/\r\n')


# Encodings. The wire's bytes are few, what they unpack to is not.


@same({
    'gzip-bomb': ('gzip', wire.gzip_bomb()), 'deflate-bomb': ('deflate', wire.deflate_bomb()),
    'br-bomb': ('br', wire.BROTLI_BOMB), 'zstd-bomb': ('zstd', wire.zstd_bomb()),
    'x-gzip-bomb': ('x-gzip', wire.gzip_bomb()),
}, FAILED, 'body-too-large|ratio-exceeded', advisory=18)
def bomb(c, what): c.send(answer(what[1], '200 OK', f'Content-Encoding: {what[0]}'))


@case(FAILED, 'body-too-large|ratio-exceeded', advisory=18)
def bomb_in_a_bomb(c):
    body = wire.gzip.compress(wire.gzip.compress(bytes(64 << 20), 9), 9)
    c.send(answer(body, '200 OK', 'Content-Encoding: gzip, gzip'))


@case(FAILED, 'encoding', advisory=18)
def chain_of_encodings(c): c.send(answer(c.feed(), '200 OK', 'Content-Encoding: ' + ', '.join(['gzip'] * 20)))


@case(FAILED, 'encoding')
def unknown_encoding(c): c.send(answer(c.feed(), '200 OK', 'Content-Encoding: rot13'))


@case(FAILED, 'encoding')
def encoding_that_is_none(c): c.send(answer(c.feed(), '200 OK', 'Content-Encoding: gzip'))


@same({
    'gzip-cut-off': ('gzip', wire.gzip.compress), 'deflate-cut-off': ('deflate', wire.zlib.compress),
    'br-cut-off': ('br', wire.brotli_stored), 'zstd-cut-off': ('zstd', wire.zstd_stored),
}, 'feed.repaired', 'cut-off')
def encoding_cut_off(c, what):
    # Enough of it that items are left; curl takes a body that ends inside its encoding for whole.
    body = what[1](c.feed(60))
    c.send(answer(body[:len(body) * 3 // 4], '200 OK', f'Content-Encoding: {what[0]}', 'ETag: "cut"'))


# Lengths.


@case(FAILED, 'truncated')
def length_too_long(c):
    body = c.feed()
    c.send(head('200 OK', f'Content-Length: {len(body) + 1000}') + body)


@case(REFUSED + '|' + FETCHED + '|' + EMPTY, '')
def length_too_short(c): c.send(head('200 OK', 'Content-Length: 60') + c.feed())


@case(f'{FAILED}|{REFUSED}|{FETCHED}', '')
def length_twice(c):
    body = c.feed()
    c.send(head('200 OK', f'Content-Length: {len(body)}', 'Content-Length: 7') + body)


@same({
    'length-negative': '-1', 'length-overflowing': '9' * 30, 'length-in-words': 'many', 'length-empty': '',
}, FAILED + '|' + FETCHED, '')
def length_absurd(c, text): c.send(head('200 OK', f'Content-Length: {text}') + c.feed())


@case(FAILED, 'body-too-large|truncated|timeout')
def length_of_a_terabyte(c): c.send(head('200 OK', 'Content-Length: 1099511627776') + c.feed())


@case(FETCHED, 'new')
def length_and_chunks(c):
    c.send(head('200 OK', 'Content-Length: 3', 'Transfer-Encoding: chunked') + chunk(c.feed()) + chunk(b''))


# Chunks.


@same({
    'chunk-size-negative': b'-5\r\nhello\r\n', 'chunk-size-overflowing': b'F' * 40 + b'\r\nhello\r\n',
    'chunk-size-in-words': b'five\r\nhello\r\n', 'chunk-size-missing': b'\r\nhello\r\n',
    'chunk-without-its-end': b'5\r\nhello5\r\nworld\r\n0\r\n\r\n', 'chunk-size-huge': b'7fffffffffffffff\r\nhello',
}, FAILED, 'protocol-error|truncated|connection-lost')
def chunking(c, body): c.send(head('200 OK', 'Transfer-Encoding: chunked') + body)


# Heads that are none.


@same({
    'http-0-9': b'<rss version="2.0"><channel/></rss>', 'http-9-9': b'HTTP/9.9 200 OK\r\n\r\n<rss/>',
    'binary-instead-of-http': bytes(range(256)) * 4, 'icy-status-line': b'ICY 200 OK\r\n\r\n<rss/>',
    'ssh-banner': b'SSH-2.0-OpenSSH_9.2\r\n', 'header-with-nul': b'HTTP/1.1 200 OK\r\nX-Nul: a\x00b\r\n\r\n',
}, FAILED, 'protocol-error|connection-lost|timeout')
def no_http(c, what): c.send(what)


@same({'status-999': '999 Denied', 'status-600': '600 What', 'status-199': '199 Odd'}, FAILED, 'http-.*|connection-lost|protocol-error')
def odd_status(c, status): c.send(answer(c.feed(), status))


@case(FAILED, 'protocol-error|http-0|connection-lost|http-000')
def status_000(c): c.send(answer(c.feed(), '000 Zero'))


@case(FAILED, 'connection-lost|truncated')
def only_interim_answers(c): c.send(b'HTTP/1.1 102 Processing\r\n\r\n' * 3)


@case(FAILED, 'http-101|protocol-error|connection-lost|timeout|http2')
def switching_protocols(c): c.send(head('101 Switching Protocols', 'Upgrade: smtp') + b'EHLO\r\n')


@case(FAILED, 'http-206|protocol-error')
def a_part_unasked(c): c.send(answer(c.feed()[:100], '206 Partial Content', 'Content-Range: bytes 0-99/9999'))


@case(REFUSED + '|' + FAILED, '')
def no_content(c): c.send(head('204 No Content'))


@case(FAILED, 'http-304')
def a_304_unasked(c): c.send(head('304 Not Modified', 'ETag: "x"'))


@case(FETCHED, 'new')
def always_304(c):
    if c.header('If-None-Match'):
        c.send(head('304 Not Modified', 'ETag: "for ever"'))
    else:
        c.send(answer(c.feed(), '200 OK', 'ETag: "for ever"'))


@case(FETCHED, 'new', advisory=23)
def header_injection(c):
    c.send(answer(c.feed(), '200 OK', 'ETag: "a\x0b\x1b[31mred\x7f"', 'X-Note: \r folded\n in\n odd: ways'))


@case(FAILED, 'http-503', advisory=23)
def log_injection(c): c.send(answer('x\n{"event":"daemon.failed"}', '503 \x1b[2J\x07Gone\rwild', kind='text/\x1b[31m'))


@case(FETCHED, 'new')
def cookies_for_others(c):
    c.send(answer(
        c.feed(), '200 OK', 'Set-Cookie: a=1; Domain=example', 'Set-Cookie: b=2; Domain=a-healthy-1.example',
        'Set-Cookie: c=3; Domain=.com', 'Set-Cookie: __Host-d=4; Path=/'))


# Redirects.


@case(FAILED, 'redirect-loop')
def redirect_to_itself(c): c.send(answer('', '302 Found', 'Location: /feed.xml'))


@case(FAILED, 'redirect-loop')
def redirect_in_a_pair(c):
    c.send(answer('', '302 Found', 'Location: ' + ('/b' if c.path == '/feed.xml' else '/feed.xml')))


@case(FAILED, 'timeout')
def redirects_that_take_their_time(c):
    # Each well within the time of one request; all of them together have no more.
    time.sleep(2.5)
    c.send(answer('', '302 Found', f'Location: {c.path}x'))


@case(FAILED, 'headers-too-large')
def redirects_with_many_fields(c):
    c.send(answer('', '302 Found', f'Location: {c.path}x', *[f'X-{n}: {"a" * 1000}' for n in range(30)]))


@case(FAILED, 'too-many-redirects')
def redirect_without_end(c): c.send(answer('', '302 Found', f'Location: {c.path}x'))


@case(FAILED, 'redirect-loop|too-many-redirects')
def login_loop(c):
    if c.path == '/feed.xml':
        c.send(answer('', '302 Found', 'Location: /login?next=/feed.xml'))
    else:
        c.send(answer('', '302 Found', 'Location: /feed.xml', 'Set-Cookie: session=1'))


@same({
    'redirect-to-file': 'file:///etc/passwd', 'redirect-to-ftp': 'ftp://a-healthy-1.example/x',
    'redirect-to-gopher': 'gopher://127.0.0.1:6379/_FLUSHALL', 'redirect-to-data': 'data:text/xml,<rss/>',
    'redirect-to-javascript': 'javascript:alert(1)', 'redirect-to-dict': 'dict://127.0.0.1:11211/stat',
    'redirect-to-smb': 'smb://127.0.0.1/share', 'redirect-to-ldap': 'ldap://127.0.0.1/',
}, FAILED, 'redirect-refused', advisory=4)
def redirect_scheme(c, where): c.send(answer('', '302 Found', f'Location: {where}'))


@same({'redirect-to-nowhere': '', 'redirect-to-a-bad-address': 'http://[::1:80/x', 'redirect-to-no-host': 'http:///'},
      FAILED, 'bad-redirect')
def redirect_bad(c, where): c.send(answer('', '302 Found', f'Location: {where}' if where else 'X-No: location'))


# Addresses that nobody outside may make us connect to, in every spelling.
INSIDE = {
    'loopback': '127.0.0.1', 'loopback-high': '127.200.3.4', 'localhost': 'localhost', 'metadata': '169.254.169.254',
    'decimal': '2130706433', 'octal': '0177.0.0.1', 'hex': '0x7f000001', 'hex-dotted': '0x7f.0x0.0x0.0x1',
    'short': '127.1', 'private-10': '10.0.0.1', 'private-172': '172.16.0.1', 'private-192': '192.168.0.1',
    'carrier': '100.64.0.1', 'this-network': '0.0.0.0', 'zero': '0', 'broadcast': '255.255.255.255',
    'multicast': '224.0.0.1', 'benchmark': '198.18.0.1', 'fullwidth': '127.0.0.１',
    'v6-loopback': '[::1]', 'v6-unspecified': '[::]', 'v6-mapped': '[::ffff:127.0.0.1]',
    'v6-mapped-hex': '[::ffff:7f00:1]', 'v6-compatible': '[::127.0.0.1]', 'v6-nat64': '[64:ff9b::7f00:1]',
    'v6-local-nat64': '[64:ff9b:1::7f00:1]', 'v6-6to4': '[2002:7f00:1::]', 'v6-teredo': '[2001::1]',
    'v6-unique-local': '[fd00::1]', 'v6-link-local': '[fe80::1]', 'v6-site-local': '[fec0::1]',
    'v6-multicast': '[ff02::1]', 'v6-documentation': '[2001:db8::1]', 'v6-isatap': '[fe80::5efe:7f00:1]',
    'v6-translated': '[::ffff:0:127.0.0.1]',
}


@same({f'redirect-{name}': host for name, host in INSIDE.items()},
      'address.refused|' + FAILED, 'address-refused|bad-redirect|name-resolution|invalid-request', advisory=6)
def redirect_inside(c, host): c.send(answer('', '302 Found', f'Location: http://{host}/secret'))


@same({'redirect-to-port-22': 22, 'redirect-to-port-6379': 6379, 'redirect-to-port-8080': 8080},
      'address.refused', 'address-refused', 'port')
def redirect_port(c, port): c.send(answer('', '302 Found', f'Location: http://a-healthy-1.example:{port}/'))


@case(FETCHED, 'new', never='pass%?word|hunter2')
def redirect_with_userinfo(c):
    if c.path == '/feed.xml':
        c.send(answer('', '302 Found', f'Location: http://admin:hunter2@{c.host}/other.xml'))
    else:
        assert not c.header('Authorization'), 'credentials of a redirect were used'
        c.send(answer(c.feed()))


@case(FAILED, 'redirect-refused', layer=TLS)
def redirect_to_plain_http(c): c.send(answer('', '302 Found', f'Location: http://{c.host}/feed.xml'))


# Names.
refused = {'event': 'address.refused', 'outcome': 'address-refused'}
CASES += [
    Case('name-of-loopback', None, addresses=['127.0.0.1'], advisory=4, **refused),
    Case('name-of-v6-loopback', None, addresses=['::1'], **refused),
    Case('name-of-metadata', None, addresses=['169.254.169.254'], advisory=4, **refused),
    Case('name-of-mapped-loopback', None, addresses=['::ffff:127.0.0.1'], advisory=3, **refused),
    Case('name-of-nat64-private', None, addresses=['64:ff9b::a00:1'], advisory=3, **refused),
    Case('name-of-unique-local', None, addresses=['fd12::1'], advisory=3, **refused),
    Case('name-of-carrier', None, addresses=['100.64.9.9'], advisory=3, **refused),
    Case('name-of-several-private', None, addresses=['10.0.0.1', '192.168.1.1', 'fc00::1'], **refused),
    Case('name-unknown', None, FAILED, 'name-resolution', addresses='nxdomain'),
    Case('name-without-answer', None, FAILED, 'timeout|name-resolution', addresses='silence'),
]


@case(FETCHED, 'new', addresses='dead-v6')
def name_with_a_dead_v6_address(c):
    # The other family is tried long before the time to connect is over (RFC 8305).
    c.send(answer(c.feed()))


@case('address.refused', 'address-refused', addresses='rebind', advisory=6)
def name_that_rebinds(c):
    # Public at the first look, private at the second, which another port makes necessary.
    c.send(answer('', '302 Found', f'Location: https://{c.host}/feed.xml'))


# Certificates.
CASES += [
    Case(f'certificate-{name}', lambda c: c.send(answer(c.feed())), FAILED, 'tls', layer=TLS, certificate=name)
    for name in ('expired', 'not-yet-valid', 'wrong-name', 'self-signed', 'unknown-authority', 'old-tls')
]


# HTTP/2.


def h2(event, outcome, message='', **options): return case(event, outcome, message, layer=H2, **options)


@h2(FETCHED, 'new')
def h2_that_behaves(c):
    body = c.feed()
    c.send(frame(wire.HEADERS, 4, 1, fields(('content-type', 'application/rss+xml'))))
    c.send(frame(wire.DATA, 1, 1, body))


@same({'h2-reset-no-error': 0, 'h2-reset-protocol-error': 1, 'h2-reset-refused': 7, 'h2-reset-calm': 11,
       'h2-reset-http-1-1-required': 13}, FAILED, 'protocol-error|connection-lost', layer=H2)
def h2_reset(c, code): c.send(frame(wire.RST_STREAM, 0, 1, struct.pack('>I', code)))


@h2(FAILED, 'protocol-error|truncated|connection-lost')
def h2_reset_in_body(c):
    c.send(frame(wire.HEADERS, 4, 1, fields(('content-length', '5000'))) + frame(wire.DATA, 0, 1, b'<rss'))
    c.send(frame(wire.RST_STREAM, 0, 1, struct.pack('>I', 2)))


@h2(FAILED, 'protocol-error|connection-lost|truncated')
def h2_goaway_at_once(c):
    c.send(frame(wire.GOAWAY, 0, 0, struct.pack('>II', 0, 1)))


@h2(FAILED, 'protocol-error|connection-lost|truncated')
def h2_goaway_in_body(c):
    c.send(frame(wire.HEADERS, 4, 1, fields(('content-length', '5000'))) + frame(wire.DATA, 0, 1, b'<rss'))
    c.send(frame(wire.GOAWAY, 0, 0, struct.pack('>II', 0, 2)))


@h2(FAILED, 'timeout')
def h2_window_stall(c):
    c.send(frame(wire.SETTINGS, 0, 0, struct.pack('>HI', 4, 0)))
    c.send(frame(wire.HEADERS, 4, 1, fields(('content-length', '5000'))) + frame(wire.DATA, 0, 1, b'<rss'))
    c.hold()


@h2(FAILED, 'protocol-error|headers-too-large|connection-lost|timeout')
def h2_continuation_flood(c):
    c.send(frame(wire.HEADERS, 0, 1, fields()))
    c.pour(frame(wire.CONTINUATION, 0, 1, wire.literal('x-more', 'a' * 1000)))


@h2(FAILED, 'protocol-error|headers-too-large|connection-lost')
def h2_header_bomb(c):
    # One field of 3,000 bytes put into the table (RFC 7541, section 6.2.1), then named 16,000 times by a byte each.
    stored = b'\x40' + wire.integer(1, 7) + b'x' + wire.integer(3000, 7) + b'a' * 3000
    c.send(frame(wire.HEADERS, 4, 1, wire.OK + stored + b'\xbe' * 12_000))
    c.hold(4)


@h2(FAILED, 'protocol-error|headers-too-large|connection-lost')
def h2_endless_fields(c):
    c.send(frame(wire.HEADERS, 4, 1, fields(*[(f'x-{n}', 'a' * 100) for n in range(120)])))
    c.send(frame(wire.DATA, 0, 1, b'<rss>'))
    c.pour(frame(wire.HEADERS, 4, 1, fields(*[(f'x-{n}', 'a' * 100) for n in range(120)], status=b'')))


@h2(FAILED, 'timeout|protocol-error|connection-lost')
def h2_ping_flood(c): c.pour(frame(wire.PING, 0, 0, b'12345678') * 100)


@h2(FAILED, 'timeout|protocol-error|connection-lost')
def h2_settings_flood(c): c.pour(frame(wire.SETTINGS, 0, 0, struct.pack('>HI', 4, 65_535)) * 100)


@h2(FAILED, 'protocol-error', 'flooded')
def h2_empty_data_flood(c):
    c.send(frame(wire.HEADERS, 4, 1, fields()))
    c.pour(frame(wire.DATA, 0, 1) * 200)


@h2(FAILED, 'protocol-error', 'flooded')
def h2_window_update_flood(c): c.pour(frame(wire.WINDOW_UPDATE, 0, 0, struct.pack('>I', 1)) * 100)


@h2(FAILED, 'protocol-error|connection-lost')
def h2_window_overflow(c): c.send(frame(wire.WINDOW_UPDATE, 0, 0, struct.pack('>I', 0x7FFFFFFF)) * 2)


@h2(f'{FAILED}|{REFUSED}', 'protocol-error|connection-lost|empty')
def h2_frame_too_large(c):
    c.send(frame(wire.HEADERS, 4, 1, fields()))
    c.pour(frame(wire.DATA, 0, 1, bytes(1 << 20)))


@h2(f'{FAILED}|feed.repaired', 'protocol-error|truncated|connection-lost|cut-off')
def h2_broken_off_in_body(c):
    # Half a feed, then what is no frame. libcurl 7.88 takes that for the end; the feed's own end is missing.
    c.send(frame(wire.HEADERS, 4, 1, fields(('content-type', 'text/xml'))) + frame(wire.DATA, 0, 1, c.feed(9)[:900]))
    c.send(frame(wire.DATA, 1, 1, bytes(1 << 20)))


@h2(FAILED, 'protocol-error|connection-lost')
def h2_bad_compression(c): c.send(frame(wire.HEADERS, 4, 1, b'\xff\xff\xff\xff\xff\xff\xff\xff'))


@h2(FAILED, 'protocol-error|connection-lost')
def h2_data_before_headers(c): c.send(frame(wire.DATA, 1, 1, b'<rss/>'))


@h2(FAILED, 'protocol-error|connection-lost|timeout')
def h2_push_unasked(c):
    c.send(frame(wire.PUSH_PROMISE, 4, 1, struct.pack('>I', 2) + fields((':path', '/x'), status=b'')))
    c.hold(4)


@h2(FAILED, 'protocol-error|connection-lost|timeout|http-.*')
def h2_upper_case_fields(c):
    c.send(frame(wire.HEADERS, 5, 1, fields(('Content-Type', 'application/rss+xml'), ('X-Nul', 'a\x00b'))))
    c.hold(4)


@h2(FAILED, 'headers-too-large|timeout|protocol-error')
def h2_endless_interim_answers(c):
    c.pour(frame(wire.HEADERS, 4, 1, wire.literal(':status', '103') + wire.literal('link', '</s.css>' * 20)))


@h2(FAILED, 'body-too-large|ratio-exceeded', advisory=18)
def h2_gzip_bomb(c):
    body = wire.gzip_bomb()
    c.send(frame(wire.HEADERS, 4, 1, fields(('content-encoding', 'gzip'))))
    for at in range(0, len(body), 16_000):
        c.send(frame(wire.DATA, at + 16_000 >= len(body), 1, body[at:at + 16_000]))


@h2(FAILED, 'protocol-error|connection-lost', raw=True)
def h2_garbage(c): c.send(bytes(range(256)) * 8)


# Bodies that are not what they seem.


@same({
    'consent-page': b'<!DOCTYPE html><html><head><title>Before you continue</title></head><body><form></form></body></html>',
    'empty-body': b'', 'binary-body': b'\x7fELF' + bytes(2000), 'zip-body': b'PK\x03\x04' + bytes(500),
    'nul-body': bytes(5000), 'json-that-is-no-feed': b'{"error": "try later"}', 'text-body': b'Service unavailable',
}, REFUSED, '', advisory=7)
def no_feed(c, body): c.send(answer(body))


@same({'wrong-type-image': 'image/png', 'wrong-type-html': 'text/html', 'wrong-type-none': None,
       'wrong-type-binary': 'application/octet-stream', 'type-with-bad-charset': 'text/xml; charset=klingon',
       'type-with-other-charset': 'application/xml; charset=utf-16', 'type-with-utf-7': 'text/xml; charset=utf-7'},
      FETCHED, 'new')
def wrong_type(c, kind): c.send(answer(c.feed(), kind=kind))


@case(FETCHED, 'new')
def mixed_charsets(c):
    body = c.feed().decode().replace('Story number 1', 'Caf\u00e9 no 1').encode('latin-1')
    c.send(answer(body, kind='text/xml; charset=utf-8'))


@case(FETCHED + '|' + REFUSED, '')
def byte_order_mark_lies(c): c.send(answer(b'\xff\xfe' + c.feed(), kind='text/xml; charset=utf-8'))


def doctype(inner): return f'<!DOCTYPE rss [{inner}]>'


@same({
    'billion-laughs': doctype('<!ENTITY a "ha">' + ''.join(
        f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))) +
    '<rss version="2.0"><channel><title>&j;</title></channel></rss>',
    'quadratic-entities': doctype(f'<!ENTITY a "{"x" * 60_000}">') +
    f'<rss version="2.0"><channel><title>{"&a;" * 3000}</title></channel></rss>',
    'external-entity': doctype('<!ENTITY a SYSTEM "file:///etc/passwd">') +
    '<rss version="2.0"><channel><title>&a;</title></channel></rss>',
    'external-doctype': '<!DOCTYPE rss SYSTEM "http://127.0.0.1/secret.dtd"><rss version="2.0"><channel/></rss>',
    'deep-nesting': '<rss version="2.0"><channel>' + '<a>' * 60_000,
    'huge-attribute': f'<rss version="2.0" x="{"a" * 200_000}"><channel/></rss>',
    'entity-beyond-unicode': '<rss version="2.0"><channel><title>&#99999999999999;&#x110000;</title></channel></rss>',
    'nested-cdata': '<rss version="2.0"><channel><title><![CDATA[<![CDATA[<script>]]>]]></title><!-- --!> --</channel></rss>',
}, f'{REFUSED}|{EMPTY}|{FETCHED}|{FAILED}', '', never='root:x:0', advisory=16)
def hostile_xml(c, text): c.send(answer(text))


@same({
    'item-at-javascript': 'javascript:alert(1)', 'item-at-file': 'file:///etc/passwd', 'item-at-data': 'data:text/html,x',
}, f'{EMPTY}|{FETCHED}', '', advisory=9)
def item_scheme(c, url):
    c.send(answer(feeds.rss(c.host, [{**paper.entry(c.host, 1), 'url': url}])))


@same({
    'item-at-loopback': 'http://127.0.0.1/story', 'item-at-metadata': 'http://169.254.169.254/latest/meta-data/',
    'item-at-mapped-loopback': 'http://[::ffff:127.0.0.1]/story', 'item-at-port-22': 'http://a-healthy-1.example:22/',
}, 'address.refused|page.retry|page.failed|robots.refused', 'address-refused|robots-unreachable', advisory=5)
def item_inside(c, url):
    c.send(answer(feeds.rss(c.host, [{**paper.entry(c.host, 1), 'url': url}])))


@case('article.published', 'full', advisory=11)
def item_with_shell_in_its_title(c):
    evil = {**paper.entry(c.host, 1), 'title': '$(touch /tmp/pwned); `id` | ../../../../etc/passwd'}
    c.send(answer(feeds.rss(c.host, [evil])))


# Times and waits.


@same({'retry-after-for-ages': '99999999999', 'retry-after-negative': '-5', 'retry-after-in-9999': 'Fri, 31 Dec 9999 23:59:59 GMT',
       'retry-after-garbage': 'soon \x1b[31m'}, FAILED, 'http-429')
def retry_after(c, text): c.send(answer('later', '429 Too Many Requests', f'Retry-After: {text}'))


@same({
    'fresh-for-ages': ['Cache-Control: max-age=99999999999999999999'], 'fresh-until-9999': ['Expires: Fri, 31 Dec 9999 23:59:59 GMT'],
    'date-of-1970': ['Date: Thu, 01 Jan 1970 00:00:00 GMT', 'Expires: Thu, 01 Jan 2060 00:00:00 GMT'],
    'fresh-negative': ['Cache-Control: max-age=-1, s-maxage=zzz', 'Age: -99999999999999999999'],
    'dates-of-garbage': ['Date: 32 Foo', 'Expires: -1', 'Last-Modified: yesterday', 'Age: old'],
}, FETCHED, 'new')
def freshness(c, lines): c.send(answer(c.feed(), '200 OK', *lines))


# robots.txt, asked for before a page.


def robots(event, outcome, **options): return case(event, outcome, everything=True, **options)


def robots_then(c, play):
    if c.path == '/robots.txt':
        play()
    elif c.path == '/feed.xml':
        c.send(answer(c.feed()))
    else:
        c.send(answer(paper.page(paper.entry(c.host, 1)), kind='text/html'))


@robots('article.published', 'full')
def robots_without_end(c):
    def play():
        c.send(head(kind='text/plain') + b'User-agent: *\nDisallow: /secret\n')
        c.pour(b'Disallow: /' + b'x' * 1000 + b'\n')
    robots_then(c, play)


@robots('page.retry', 'robots-unreachable')
def robots_slow(c): robots_then(c, lambda: c.drip(b'HTTP/1.1 200 OK\r\n' + b'X: 1\r\n' * 1000, 0.05))


@robots('article.published', 'full')
def robots_binary(c): robots_then(c, lambda: c.send(answer(bytes(range(256)) * 100, kind='image/png')))


@robots('article.published', 'full')
def robots_in_a_loop(c): robots_then(c, lambda: c.send(answer('', '302 Found', 'Location: /robots.txt')))


@robots('robots.refused|article.published', '')
def robots_at_loopback(c): robots_then(c, lambda: c.send(answer('', '302 Found', 'Location: http://127.0.0.1/robots.txt')))


@robots('page.retry', 'robots-unreachable')
def robots_that_fails(c): robots_then(c, lambda: c.send(answer('', '500 Oops')))


@robots('robots.refused', 'robots')
def robots_bomb(c):
    robots_then(c, lambda: c.send(answer(wire.gzip.compress(b'User-agent: *\nDisallow: /\n' + bytes(20 << 20)), '200 OK', 'Content-Encoding: gzip')))


# Pages.


def page(event, outcome, **options): return case(event, outcome, everything=True, **options)


def page_then(c, play):
    if c.path == '/robots.txt':
        c.send(answer('', '404 Not Found'))
    elif c.path == '/feed.xml':
        c.send(answer(c.feed()))
    else:
        play()


@page('page.retry|address.refused', 'address-refused', advisory=24)
def page_at_metadata(c): page_then(c, lambda: c.send(answer('', '302 Found', 'Location: http://169.254.169.254/latest/')))


@page(PAGE, 'body-too-large|ratio-exceeded')
def page_bomb(c): page_then(c, lambda: c.send(answer(wire.gzip_bomb(), '200 OK', 'Content-Encoding: gzip', kind='text/html')))


@page(PAGE, 'body-too-large')
def page_without_end(c):
    def play():
        c.send(head(kind='text/html'))
        c.pour(b'<p>more</p>' * 400)
    page_then(c, play)


@page(PAGE, 'timeout')
def page_slow(c): page_then(c, lambda: (c.send(head('200 OK', 'Content-Length: 9999')), c.drip(b'x' * 9999, 0.05)))


@page(PAGE, 'redirect-loop|too-many-redirects')
def page_in_a_login_loop(c):
    page_then(c, lambda: c.send(answer('', '302 Found', 'Location: ' + ('/login' if c.path != '/login' else '/story/1'), 'Set-Cookie: a=1')))


@page('article.published', '', advisory=8)
def page_with_scripts(c):
    more = '<script>alert(1)</script><svg onload="alert(1)"><script>x</script></svg><a href="javascript:x">y</a><img src=x onerror=alert(1)>'
    page_then(c, lambda: c.send(answer(paper.page(paper.entry(c.host, 1), more), kind='text/html')))


@page('article.published|article.partial|page.retry|page.failed', '')
def page_of_unclosed_tags(c): page_then(c, lambda: c.send(answer('<div>' * 50_000, kind='text/html')))
