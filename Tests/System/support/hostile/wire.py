"""Bytes on the wire: answers of HTTP/1, frames of HTTP/2, bodies that grow when they are unpacked."""
import gzip
import struct
import zlib


def head(status='200 OK', *lines, kind='application/rss+xml', close=True):
    fields = [f'HTTP/1.1 {status}'] + ([f'Content-Type: {kind}'] if kind else []) + list(lines)
    if close:
        fields.append('Connection: close')
    return ('\r\n'.join(fields) + '\r\n\r\n').encode()


def answer(body, status='200 OK', *lines, kind='application/rss+xml'):
    body = body.encode() if isinstance(body, str) else body
    return head(status, *lines, f'Content-Length: {len(body)}', kind=kind) + body


def chunk(data, extension=b''):
    return b'%x%s\r\n%s\r\n' % (len(data), extension, data)


# Bodies that unpack to far more than they are.

BOMB = 24 << 20


def gzip_bomb(size=BOMB):
    return gzip.compress(bytes(size), 9)


def deflate_bomb(size=BOMB):
    return zlib.compress(bytes(size), 9)


def zstd_bomb(blocks=200):
    """A Zstandard frame (RFC 8878) of blocks that repeat one byte 128 KiB times, four bytes each."""
    frame = b'\x28\xb5\x2f\xfd' + b'\x00' + b'\x50'  # magic, no content size, a window of 1 MiB
    for number in range(blocks):
        last = number == blocks - 1
        frame += struct.pack('<I', (1 << 17) << 3 | 1 << 1 | last)[:3] + b'A'
    return frame


# 24 MiB of zeros as `brotli -q 11 -w 24` writes them.
BROTLI_BOMB = bytes.fromhex('cfffff7ff82700e2b14020f7fe3ffffffff04f00c4610180eefd1f')


# Bodies encoded without compression, by hand: neither encoder is in Python's library.


def zstd_stored(data):
    """A Zstandard frame of raw blocks."""
    frame = b'\x28\xb5\x2f\xfd\x00\x50'
    parts = [data[at:at + 100_000] for at in range(0, len(data), 100_000)]
    for number, part in enumerate(parts):
        frame += struct.pack('<I', len(part) << 3 | (number == len(parts) - 1))[:3] + part
    return frame


def brotli_stored(data):
    """A Brotli stream (RFC 7932) of one uncompressed meta-block and an empty last one."""
    assert 0 < len(data) <= 65_536
    return struct.pack('<I', (len(data) - 1) << 4 | 1 << 20)[:3] + data + b'\x03'


# HTTP/2 (RFC 9113).

PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def frame(kind, flags=0, stream=0, payload=b''):
    return struct.pack('>I', len(payload))[1:] + bytes((kind, flags)) + struct.pack('>I', stream) + payload


def literal(name, value):
    """A header field without indexing, neither part Huffman coded (RFC 7541, section 6.2.2)."""
    def text(value):
        value = value.encode() if isinstance(value, str) else value
        return integer(len(value), 7) + value
    return b'\x00' + text(name) + text(value)


def integer(value, bits, first=0):
    limit = (1 << bits) - 1
    if value < limit:
        return bytes((first | value,))
    out = [first | limit]
    value -= limit
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes(out + [value])


OK = b'\x88'  # :status 200 of the static table


def fields(*pairs, status=OK):
    return status + b''.join(literal(name, value) for name, value in pairs)
