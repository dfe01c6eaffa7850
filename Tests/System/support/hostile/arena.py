"""Plays every case against one newswired and prints what the log says of it, as JSON.

Runs in a network of its own, where every address there is leads here: a connection to one that the daemon must not
connect to is seen, and counted as a breach. `python3 -m support.hostile.arena --help` tells how to play a single case.
"""
import argparse
import ipaddress
import json
import os
import pathlib
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

from .. import feeds, paper, spool
from ..daemon import Daemon
from . import certificates, names, wire
from .cases import CASES, H2, LONG, TLS

HEALTHY = ['a-healthy-1', 'a-healthy-2', 'z-healthy-3']
# A public address where nothing answers and nothing refuses.
DEAD = '2a00:dead::1'
# Public addresses, one a case: nothing is exempt from the address guard here.
BASE = int(ipaddress.ip_address('93.184.0.0'))


class Connection:
    """One accepted connection of a case, with the small verbs that plays are written in."""

    def __init__(self, link, case):
        self.link, self.case, self.host = link, case, case.host
        self.path, self.head = '', b''

    def feed(self, *arguments): return self.case.feed(*arguments)

    def send(self, data): self.link.sendall(data)

    def drip(self, data, pause):
        """A byte at a time."""
        end = time.monotonic() + LONG
        for byte in data:
            if time.monotonic() > end:
                return
            self.link.sendall(bytes((byte,)))
            time.sleep(pause)

    def pour(self, data, most=4 << 30):
        """Again and again, until the other side has had enough: a fast machine takes a quarter of a gigabyte before it notices."""
        data *= max(1, 16_384 // len(data))
        sent, end = 0, time.monotonic() + LONG
        while sent < most and time.monotonic() < end:
            self.link.sendall(data)
            sent += len(data)

    def hold(self, seconds=LONG):
        """Says nothing until the other side goes."""
        self.link.settimeout(seconds)
        try:
            while self.link.recv(4096):
                pass
        except (OSError, ssl.SSLError):
            pass

    def reset(self):
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))

    def read_head(self):
        self.link.settimeout(10)
        while b'\r\n\r\n' not in self.head:
            more = self.link.recv(4096)
            if not more:
                return False
            self.head += more
        self.path = self.head.split(b' ')[1].decode('latin-1')
        return True

    def read_h2(self):
        """The client's preface and frames up to its request."""
        self.link.settimeout(10)
        data = b''
        while len(data) < 24:
            more = self.link.recv(4096)
            if not more:
                return False
            data += more
        data = data[24:]
        self.link.sendall(wire.frame(wire.SETTINGS) + wire.frame(wire.SETTINGS, wire.ACK))
        while True:
            while len(data) >= 9:
                size = int.from_bytes(data[:3], 'big')
                if len(data) < 9 + size:
                    break
                kind = data[3]
                data = data[9 + size:]
                if kind == wire.HEADERS:
                    # Which path, would need a decoder of compressed fields: plays over HTTP/2 answer them all alike.
                    self.path = '/feed.xml'
                    return True
            more = self.link.recv(4096)
            if not more:
                return False
            data += more

    def header(self, name):
        found = re.search(rb'(?im)^' + re.escape(name.encode()) + rb': *(.*?)\r$', self.head)
        return found.group(1).decode('latin-1') if found else ''


class Arena:
    def __init__(self, folder, cases):
        self.folder, self.cases = pathlib.Path(folder), cases
        self.breaches, self.faults, self.served, self.lock = [], [], {}, threading.Lock()
        self.addresses = {}
        table = {}
        for number, case in enumerate(cases):
            address = str(ipaddress.ip_address(BASE + 256 + number))
            self.addresses[address] = case
            table[case.host] = self.name(case, address)
        for number, name in enumerate(HEALTHY):
            address = str(ipaddress.ip_address(BASE + 1 + number))
            self.addresses[address] = name
            table[f'{name}.example'] = [address]
        self.names = names.Names(table)
        self.certificates = certificates.Certificates(self.folder / 'tls', [case.host for case in cases])
        for port in (80, 443, 22, 6379, 8080, 11211):
            for family, address in ((socket.AF_INET, '0.0.0.0'), (socket.AF_INET6, '::')):
                link = socket.socket(family, socket.SOCK_STREAM)
                link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                link.bind((address, port))
                link.listen(256)
                threading.Thread(target=self.accept, args=(link, port), daemon=True).start()

    @staticmethod
    def name(case, address):
        if case.addresses == 'rebind':
            return lambda asked: [address] if asked == 1 else ['10.9.9.9']
        if case.addresses == 'dead-v6':
            return [DEAD, address]
        return case.addresses if case.addresses is not None else [address]

    def accept(self, listener, port):
        while True:
            link, client = listener.accept()
            threading.Thread(target=self.serve, args=(link, port), daemon=True).start()

    def serve(self, link, port):
        address = link.getsockname()[0]
        case = self.addresses.get(address)
        try:
            if case is None or port not in (80, 443):
                with self.lock:
                    self.breaches.append(f'{address} port {port}')
            elif isinstance(case, str):
                self.serve_healthy(link, case)
            else:
                self.serve_case(link, case)
        except (OSError, ssl.SSLError):
            pass  # the client had enough
        except Exception as error:
            with self.lock:
                self.faults.append(f'{getattr(case, "name", case)}: {error!r}')
        finally:
            try:
                # Unread bytes would turn the close into a reset, which some cases mean and others do not.
                link.settimeout(0.2)
                if not link.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8).startswith(b'\x01'):
                    link.shutdown(socket.SHUT_WR)
                    while link.recv(65_536):
                        pass
            except OSError:
                pass
            link.close()

    def serve_case(self, link, case):
        if case.layer in (TLS, H2):
            link.settimeout(10)
            link = self.certificates.context(case.certificate, case.layer == H2).wrap_socket(link, server_side=True)
        connection = Connection(link, case)
        try:
            if not case.raw:
                if case.layer == H2:
                    if not connection.read_h2():
                        return
                elif not connection.read_head():
                    return
                if not case.everything and connection.path == '/robots.txt':
                    return connection.send(wire.answer('', '404 Not Found'))
                if not case.everything and connection.path.startswith('/story'):
                    entry = paper.entry(case.host, int(connection.path.rpartition('/')[2] or 1), case.scheme)
                    return connection.send(wire.answer(paper.page(entry), kind='text/html'))
            link.settimeout(LONG)
            case.play(connection)
        finally:
            if case.layer in (TLS, H2):
                try:
                    link.settimeout(0.3)
                    link.unwrap()
                except (OSError, ValueError):
                    pass
                link.close()

    def serve_healthy(self, link, name):
        """Keeps the connection, counts when it is asked, answers 304."""
        link.settimeout(60)
        data = b''
        while True:
            while b'\r\n\r\n' not in data:
                more = link.recv(4096)
                if not more:
                    return
                data += more
            head, _, data = data.partition(b'\r\n\r\n')
            with self.lock:
                self.served.setdefault(name, []).append(time.monotonic())
            assert b'cookie:' not in head.lower(), f'a cookie of others came: {head!r}'
            if b'If-None-Match: "1"' in head:
                link.sendall(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
            else:
                body = feeds.rss(name, [])
                link.sendall(
                    b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Type: application/rss+xml\r\n'
                    b'Content-Length: %d\r\n\r\n' % len(body) + body)

    # The daemon

    def run(self):
        daemon = Daemon(self.folder / 'd', {
            'fetch': {
                'allow_addresses': [], 'timeout': '6s', 'connect_timeout': '5s', 'feed_limit': '256K',
                'page_limit': '256K', 'ca_file': str(self.certificates.ca), 'group_gap': '0s', 'concurrency': 64,
            },
            'schedule': {'min_interval': '1s', 'max_interval': '1h', 'source_retry': '10m', 'page_attempts': 2, 'page_retry': '1s'},
            'workers': {'count': 2, 'job_limit': '5s'},
        })
        for name in HEALTHY:
            daemon.add_plugin(paper.plugin(name, f'{name}.example', [('rss', '/feed.xml')]).replace(
                'min_interval = "1m"', 'min_interval = "1s"\nmax_interval = "1s"'))
        for case in self.cases:
            daemon.add_plugin(paper.plugin(case.name, case.host, [('rss', '/feed.xml')], scheme=case.scheme))
        worst, began = 0, time.monotonic()
        with daemon:
            daemon.wait_ready()
            waiting = list(self.cases)
            while waiting and time.monotonic() - began < 75 and daemon.alive:
                time.sleep(0.2)
                worst = max(worst, daemon.resident())
                records = daemon.records()
                waiting = [case for case in waiting if not any(wanted(case, r) for r in records)]
            ended = time.monotonic()
            # A moment more: what comes late may still be wrong.
            time.sleep(1)
            alive = daemon.alive
            status = json.loads(daemon.ctl('status', '--json').stdout or 'null') if alive else None
        records = daemon.records()
        return {
            'alive': alive, 'seconds': ended - began, 'resident': worst, 'breaches': self.breaches, 'faults': self.faults,
            'served': {name: [at - began for at in times] for name, times in self.served.items()}, 'ended': ended - began,
            'cases': [self.verdict(case, records) for case in self.cases], 'queued': len(spool.names(daemon.spool)),
            'status': bool(status), 'tail': daemon.tail() if not alive else '',
        }

    def verdict(self, case, records):
        own = [r for r in records if r.get('publisher') == case.name]
        text = json.dumps(own)
        return {
            'name': case.name, 'found': any(wanted(case, r) for r in own), 'wanted': f'{case.event} {case.outcome}',
            'never': bool(case.never and re.search(case.never, text)), 'controls': bool(re.search(r'[\x00-\x1f\x7f]', ''.join(
                value for r in own for value in r.values() if isinstance(value, str)))),
            'got': [[r.get(key, '') for key in ('event', 'outcome', 'message', 'next')] for r in own][:8],
        }


def wanted(case, record):
    return (
        record.get('publisher') == case.name and re.fullmatch(case.event, record.get('event', ''))
        and re.fullmatch(case.outcome or '.*', record.get('outcome', '')) and re.search(case.message, record.get('message', ''))
    )


def own_network(folder):
    """Every address of the world leads here. Only inside `unshare --net --mount`."""
    for command in ('ip link set lo up', 'ip route add local 0.0.0.0/0 dev lo', 'ip -6 route add local ::/0 dev lo',
                    # Not local although it leads back here: what goes there is dropped in silence.
                    f'ip -6 route add {DEAD}/128 dev lo table local'):
        subprocess.run(command.split(), check=True)
    resolver = pathlib.Path(folder) / 'resolv.conf'
    resolver.write_text('nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
    subprocess.run(['mount', '--bind', str(resolver), '/etc/resolv.conf'], check=True)


def main():
    parser = argparse.ArgumentParser(
        prog='arena', description=__doc__, epilog='example: unshare --net --mount python3 -m support.hostile.arena gzip-bomb')
    parser.add_argument('case', nargs='*', help='names of cases to play; all by default')
    options = parser.parse_args()
    unknown = set(options.case) - {case.name for case in CASES}
    if unknown:
        parser.error(f'no such case: {", ".join(sorted(unknown))}')
    cases = [case for case in CASES if not options.case or case.name in options.case]
    with tempfile.TemporaryDirectory(prefix='nw-') as folder:
        own_network(folder)
        findings = Arena(folder, cases).run()
    json.dump(findings, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # plays may still hold their connections


if __name__ == '__main__':
    main()
