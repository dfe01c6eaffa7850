"""A web server that misbehaves on purpose: each address has a script of answers, the last of which repeats."""
import http.server
import ssl
import threading
import time


class Answer:
    def __init__(self, status=200, body=b'', kind='application/rss+xml', headers=None, cut=None):
        self.status, self.kind, self.headers = status, kind, dict(headers or {})
        self.body = body.encode() if isinstance(body, str) else body
        # Bytes after which the connection is dropped though more were announced.
        self.cut = cut


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, request, address):
        """A client that has seen enough closes the connection: nothing to tell."""


class Scripted:
    """For `with`. `answer(host, path, *answers)` may be called before and during the run.

    An answer may be a function of (path, headers, body) that makes one. `certificate` is (file, key file) for TLS.
    """

    def __init__(self, certificate=None):
        self.scripts, self.log, self.bodies, self.lock = {}, [], [], threading.Lock()
        self.scheme = 'https' if certificate else 'http'
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('Content-Length', '0')))
                with outer.lock:
                    outer.bodies.append((self.headers.get('Host', '').partition(':')[0], self.path, body))
                self.do_GET(body)

            def do_GET(self, body=b''):
                answer = outer.next(self.headers.get('Host', '').partition(':')[0], self.path, dict(self.headers))
                if callable(answer):
                    answer = answer(self.path, self.headers, body)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status != 304:
                    if answer.kind:
                        self.send_header('Content-Type', answer.kind)
                    self.send_header('Content-Length', str(len(answer.body)))
                self.end_headers()
                if answer.status != 304:
                    self.wfile.write(answer.body if answer.cut is None else answer.body[:answer.cut])
                if answer.cut is not None:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = QuietServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, host, path, *answers):
        with self.lock:
            self.scripts[host, path] = list(answers)

    def next(self, host, path, headers):
        with self.lock:
            self.log.append((host, path, headers, time.monotonic()))
            script = self.scripts.get((host, path))
            if not script:
                return Answer(404, 'nothing here', 'text/plain')
            return script.pop(0) if len(script) > 1 else script[0]

    def requests(self, host):
        """(path, headers, monotonic seconds) of every request to that host, oldest first."""
        with self.lock:
            return [(path, headers, at) for name, path, headers, at in self.log if name == host]

    def count(self, host, path):
        return sum(1 for asked, _, _ in self.requests(host) if asked == path)

    @property
    def connect_to(self):
        with self.lock:
            hosts = sorted({host for host, _ in self.scripts})
        port = 443 if self.scheme == 'https' else 80
        return [f'{host}:{port}:127.0.0.1:{self.port}' for host in hosts]
