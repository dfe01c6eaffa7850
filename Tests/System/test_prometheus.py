"""The figures as Prometheus sees them: the real daemon, scraped as OpenMetrics and through node_exporter's textfile
collector by Debian's Prometheus; the alert rules and the dashboard of docs/monitoring on what it has scraped."""
import http.server
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

from support import feeds, paper, programs
from support.daemon import Daemon
from support.scripted import Answer, Scripted

MONITORING = programs.PROJECT / 'docs' / 'monitoring'
GOOD, BAD = 'www.good.example', 'www.bad.example'
TOOLS = ('prometheus', 'promtool', 'prometheus-node-exporter')
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def expressions():
    """Every query of the dashboard, with its variables filled in."""
    board = json.loads((MONITORING / 'grafana-dashboard.json').read_text())
    found = [target['expr'] for panel in board['panels'] for target in panel['targets']]
    found += [a['expr'] for a in board['annotations']['list']]
    return [e.replace('$instance', '.*').replace('$__rate_interval', '1m') for e in found]


@unittest.skipIf(MISSING, f'not installed: {", ".join(MISSING)}')
class Prometheus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        server = Scripted()
        server.__enter__()
        cls.addClassCleanup(server.__exit__)
        entries = [paper.entry(GOOD, number) for number in range(4)]
        server.answer(GOOD, '/feed.xml', Answer(body=feeds.rss(GOOD, entries)))
        for entry in entries:
            server.answer(GOOD, entry['url'].partition(GOOD)[2], Answer(body=paper.page(entry), kind='text/html'))
        server.answer(BAD, '/feed.xml', Answer(500, 'no', 'text/plain'))
        cls.daemon = Daemon(cls.folder / 'd', {'fetch': {'connect_to': server.connect_to, 'robots': False}})
        cls.daemon.add_plugin(paper.plugin('good', GOOD, [('rss', '/feed.xml')]))
        cls.daemon.add_plugin(paper.plugin('bad', BAD, [('rss', '/feed.xml')]))
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.kill)
        cls.daemon.wait_queued(4)
        cls.daemon.wait('the bad one fails', lambda: cls.daemon.records(publisher='bad', event='feed.failed'))
        cls.serve()
        cls.start_prometheus()

    @classmethod
    def serve(cls):
        """`newswirectl metrics` over HTTP as OpenMetrics, and node_exporter on a textfile of it."""
        outer = cls

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = outer.daemon.ctl('metrics').stdout
                self.send_response(200)
                self.send_header('Content-Type', 'application/openmetrics-text; version=1.0.0; charset=utf-8')
                self.end_headers()
                try:
                    self.wfile.write(body)
                except ConnectionError:
                    pass  # Prometheus has been ended.

            def log_message(self, *_):
                pass

        web = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        cls.addClassCleanup(web.shutdown)
        cls.open_port, cls.node_port = web.server_address[1], free_port()
        cls.textfiles = cls.folder / 'textfiles'
        cls.textfiles.mkdir()
        done = cls.daemon.ctl('metrics', '--textfile', cls.textfiles / 'newswire.prom')
        assert done.returncode == 0, done.stderr
        cls.launch('prometheus-node-exporter', '--collector.disable-defaults', '--collector.textfile',
                   f'--collector.textfile.directory={cls.textfiles}', f'--web.listen-address=127.0.0.1:{cls.node_port}')

    @classmethod
    def start_prometheus(cls):
        cls.port = free_port()
        config = cls.folder / 'prometheus.yml'
        config.write_text(
            'global: {scrape_interval: 1s, evaluation_interval: 1s}\n'
            f'rule_files: ["{MONITORING}/newswire.rules.yml"]\n'
            'scrape_configs:\n'
            f'  - {{job_name: open, static_configs: [{{targets: ["127.0.0.1:{cls.open_port}"]}}]}}\n'
            f'  - {{job_name: node, static_configs: [{{targets: ["127.0.0.1:{cls.node_port}"]}}]}}\n')
        subprocess.run(['promtool', 'check', 'config', config], check=True, capture_output=True)
        cls.launch('prometheus', f'--config.file={config}', f'--storage.tsdb.path={cls.folder}/tsdb',
                   f'--web.listen-address=127.0.0.1:{cls.port}')
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if len(cls.query('newswire_up == 1')) == 2 and cls.query('rate(newswire_articles_total[30s])'):
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(f'Prometheus scraped nothing within 60 s: {cls.targets()}')

    @classmethod
    def launch(cls, *command):
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(cls.folder / f'{command[0]}.log').open('w'))

        def end():
            process.terminate()
            process.wait(20)
        cls.addClassCleanup(end)

    @classmethod
    def get(cls, path, **parameters):
        url = f'http://127.0.0.1:{cls.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}'
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)['data']

    @classmethod
    def query(cls, expression):
        return cls.get('query', query=expression)['result']

    @classmethod
    def targets(cls):
        try:
            return [(t['labels']['job'], t['health'], t['lastError']) for t in cls.get('targets')['activeTargets']]
        except OSError as error:
            return error

    def value(self, expression):
        result = self.query(expression)
        self.assertEqual(len(result), 1, f'{expression}: {result}')
        return float(result[0]['value'][1])

    def test_both_ways_give_the_same_figures(self):
        self.assertEqual([(health, error) for _, health, error in self.targets()], [('up', '')] * 2)
        for figure, wanted in (
                ('newswire_articles_total', 4), ('newswire_queue_articles', 4), ('newswire_paused', 0),
                ('newswire_publisher_articles_today{publisher="good"}', 4),
                ('newswire_publisher_failing_sources{publisher="bad"}', 1),
                ('newswire_publisher_ailing{publisher="bad",kind="failing"}', 1)):
            name, brace, rest = figure.partition('{')
            for job in ('open', 'node'):
                self.assertEqual(self.value(f'{name}{{job="{job}"{"," if rest else ""}{rest or "}"}'), wanted, figure)
        types = self.get('metadata', metric='newswire_articles_total', limit=1)
        self.assertEqual(types['newswire_articles_total'][0]['type'], 'counter')

    def test_the_textfile_is_good(self):
        text = (self.textfiles / 'newswire.prom').read_bytes()
        done = subprocess.run(['promtool', 'check', 'metrics'], input=text, capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b''), done.stdout)
        self.assertEqual([p.name for p in self.textfiles.iterdir()], ['newswire.prom'], 'nothing else is left')

    def test_a_textfile_that_cannot_be_written_is_an_error(self):
        done = self.daemon.ctl('metrics', '--textfile', '/nonexistent/newswire.prom')
        self.assertEqual(done.returncode, 73)
        self.assertIn('/nonexistent/newswire.prom cannot be written', done.stderr.decode())

    def test_the_alert_rules_pass_their_tests_and_load(self):
        for verb, file in (('check', 'newswire.rules.yml'), ('test', 'newswire.rules.test.yml')):
            done = subprocess.run(['promtool', verb, 'rules', MONITORING / file], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        rules = [rule for group in self.get('rules')['groups'] for rule in group['rules']]
        self.assertEqual([rule['lastError'] for rule in rules if rule.get('lastError')], [])
        pending = {(a['labels']['alertname'], a['labels'].get('publisher')) for a in self.get('alerts')['alerts']}
        self.assertIn(('NewswirePublisherAiling', 'bad'), pending)

    def test_every_query_of_dashboard_and_alerts_meets_figures_that_exist(self):
        known = {name for name in self.get('label/__name__/values') if name.startswith('newswire_')}
        # Not before a second day, and thirty articles.
        known |= {'newswire_publisher_articles_usual_by_now'}
        queries = expressions()
        self.assertGreater(len(queries), 20)
        for expression in queries:
            self.query(expression)
        asked = set(re.findall(r'\bnewswire_\w+', '\n'.join(queries) + (MONITORING / 'newswire.rules.yml').read_text()))
        asked -= {name for name in asked if name in ('newswire_metrics',)}
        self.assertEqual(asked - known, set())

    def test_the_dashboard_is_whole(self):
        board = json.loads((MONITORING / 'grafana-dashboard.json').read_text())
        ids = [panel['id'] for panel in board['panels']]
        self.assertEqual(len(ids), len(set(ids)))
        taken = set()
        for panel in board['panels']:
            place = panel['gridPos']
            self.assertLessEqual(place['x'] + place['w'], 24, panel['title'])
            cells = {(x, y) for x in range(place['x'], place['x'] + place['w']) for y in range(place['y'], place['y'] + place['h'])}
            self.assertFalse(taken & cells, panel['title'])
            taken |= cells
            self.assertTrue(panel['title'] and panel['targets'], panel)


if __name__ == '__main__':
    unittest.main()
