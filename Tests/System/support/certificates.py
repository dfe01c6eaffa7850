"""An authority of a test's own and a certificate for some hosts."""
import subprocess


def make(folder, hosts):
    """(authority file, (certificate file, key file))"""
    def openssl(*arguments):
        subprocess.run(['openssl', *arguments], cwd=folder, check=True, capture_output=True)

    key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    openssl('req', '-x509', *key, '-days', '2', '-subj', '/CN=Test authority', '-keyout', 'ca.key', '-out', 'ca.pem')
    openssl('req', *key, '-subj', f'/CN={hosts[0]}', '-keyout', 'server.key', '-out', 'server.csr')
    (folder / 'names').write_text('subjectAltName=' + ','.join(f'DNS:{host}' for host in hosts) + '\n')
    openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2',
            '-extfile', 'names', '-out', 'server.pem')
    return folder / 'ca.pem', (folder / 'server.pem', folder / 'server.key')
