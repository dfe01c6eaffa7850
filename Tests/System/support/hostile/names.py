"""A name server for a test: answers A and AAAA from a table, and counts who asked."""
import ipaddress
import socket
import struct
import threading

NXDOMAIN, SILENCE = 'nxdomain', 'silence'


class Names:
    """`table` maps a name to a list of addresses, to NXDOMAIN or SILENCE, or to a function of how often it was asked."""

    def __init__(self, table, address='127.0.0.1', port=53):
        self.table, self.asked, self.lock = table, {}, threading.Lock()
        self.link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.link.bind((address, port))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                query, client = self.link.recvfrom(4096)
                answer = self.answer(query)
            except (OSError, struct.error, IndexError, UnicodeDecodeError):
                continue
            if answer:
                self.link.sendto(answer, client)

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode('ascii').lower())
            at += 1 + query[at]
        end = at + 5
        kind = struct.unpack('>H', query[at + 1:at + 3])[0]
        name = '.'.join(labels)
        found = self.table.get(name, NXDOMAIN)
        if callable(found):
            with self.lock:
                key = name, kind
                self.asked[key] = self.asked.get(key, 0) + 1
                found = found(self.asked[key])
        if found == SILENCE:
            return None
        records = b''
        count = 0
        for text in [] if found == NXDOMAIN else found:
            address = ipaddress.ip_address(text)
            if kind == (1 if address.version == 4 else 28):
                records += b'\xc0\x0c' + struct.pack('>HHIH', kind, 1, 0, len(address.packed)) + address.packed
                count += 1
        flags = 0x8183 if found == NXDOMAIN else 0x8180
        return query[:2] + struct.pack('>HHHHH', flags, 1, count, 0, 0) + query[12:end] + records
