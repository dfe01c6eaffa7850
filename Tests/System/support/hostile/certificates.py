"""An authority, and certificates that are good, expired, not yet valid, for another name, self-signed or a stranger's."""
import pathlib
import ssl
import subprocess

CONFIGURATION = '''
[ca]
default_ca = own
[own]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
'''


class Certificates:
    def __init__(self, folder, hosts):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        (self.folder / 'ca.cnf').write_text(CONFIGURATION.format(folder=self.folder))
        (self.folder / 'index.txt').write_text('')
        (self.folder / 'serial').write_text('1000\n')
        names = ','.join(f'DNS:{host}' for host in hosts)
        self.ca = self.authority('ca')
        self.authority('stranger')
        self.contexts = {}
        self.issue('good', names)
        self.issue('expired', names, '20200101000000Z', '20200201000000Z')
        self.issue('not-yet-valid', names, '20990101000000Z', '20990201000000Z')
        self.issue('wrong-name', 'DNS:elsewhere.example')
        self.issue('unknown-authority', names, authority='stranger')
        self.self_signed(names)

    def openssl(self, *arguments):
        done = subprocess.run(['openssl', *map(str, arguments)], capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f'openssl {arguments[0]}: {done.stderr.strip()}')

    CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

    def authority(self, name):
        self.openssl(
            'req', '-x509', *self.CURVE, '-keyout', f'{name}.key', '-out', f'{name}.pem', '-days', '2',
            '-subj', f'/CN={name}', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign',
        )
        return self.folder / f'{name}.pem'

    def issue(self, name, hosts, begin=None, end=None, authority='ca'):
        self.openssl(
            'req', *self.CURVE, '-keyout', f'{name}.key', '-out', f'{name}.csr', '-subj', f'/CN={name}',
            '-addext', f'subjectAltName={hosts}',
        )
        dates = ['-startdate', begin, '-enddate', end] if begin else ['-days', '2']
        self.openssl(
            'ca', '-config', 'ca.cnf', '-batch', '-notext', '-in', f'{name}.csr', '-out', f'{name}.pem',
            '-cert', f'{authority}.pem', '-keyfile', f'{authority}.key', *dates,
        )

    def self_signed(self, hosts):
        self.openssl(
            'req', '-x509', *self.CURVE, '-keyout', 'self-signed.key', '-out', 'self-signed.pem', '-days', '2',
            '-subj', '/CN=self', '-addext', f'subjectAltName={hosts}',
        )

    def context(self, name, http2=False):
        key = name, http2
        if key not in self.contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate = 'good' if name == 'old-tls' else name
            context.load_cert_chain(self.folder / f'{certificate}.pem', self.folder / f'{certificate}.key')
            if name == 'old-tls':
                context.set_ciphers('ALL:@SECLEVEL=0')
                context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_alpn_protocols(['h2'] if http2 else ['http/1.1'])
            self.contexts[key] = context
        return self.contexts[key]
