"""A certificate authority for one test run, and one server certificate for all host names of the test."""
import pathlib
import subprocess


class Authority:
    """`ca` is what a client must trust; `certificate` and `key` are the server's."""

    def __init__(self, folder, hosts):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ca, ca_key = self.folder / 'ca.pem', self.folder / 'ca.key'
        self.certificate, self.key = self.folder / 'server.pem', self.folder / 'server.key'
        request, extensions = self.folder / 'server.csr', self.folder / 'server.ext'
        curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

        self.openssl(
            'req', '-x509', *curve, '-keyout', ca_key, '-out', self.ca, '-days', '2',
            '-subj', '/CN=Newswire test authority', '-addext', 'basicConstraints=critical,CA:TRUE',
            '-addext', 'keyUsage=critical,keyCertSign',
        )
        self.openssl('req', *curve, '-keyout', self.key, '-out', request, '-subj', '/CN=newswire test server')
        names = ','.join(f'DNS:{host}' for host in sorted(hosts))
        extensions.write_text(f'subjectAltName={names}\nextendedKeyUsage=serverAuth\n')
        self.openssl(
            'x509', '-req', '-in', request, '-CA', self.ca, '-CAkey', ca_key, '-CAcreateserial',
            '-days', '2', '-extfile', extensions, '-out', self.certificate,
        )

    def openssl(self, *arguments):
        done = subprocess.run(['openssl', *map(str, arguments)], capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f'openssl {arguments[0]}: {done.stderr.strip()}')


def make(folder, hosts):
    """(authority file, (certificate file, key file))"""
    authority = Authority(folder, hosts)
    return authority.ca, (authority.certificate, authority.key)
