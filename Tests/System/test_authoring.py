"""The tools of plugin authors, as an author uses them: new, test, preview, watch, check, enable, disable, list, show, diff, and
the importers. No network but loopback."""
import http.server
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import socketserver
import subprocess
import tempfile
import threading
import time
import unittest

from support import feeds, paper, programs
from support.daemon import Daemon
from support.examiner import HOST, article, config, served
from support.scripted import Answer
from support.tmux import Terminal

CHROMIUM = shutil.which('chromium') or shutil.which('chromium-browser')


class Authors(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.plugins = self.folder / 'plugins'
        self.page = self.folder / 'page.html'
        self.page.write_text(article())

    def ctl(self, *arguments, status=0, **options):
        done = programs.run('newswirectl', *arguments, cwd=self.folder, **options)
        out, err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, status, f'{arguments}\n{out}\n{err}')
        return out + err if status else out

    def new(self, *more):
        return self.ctl(
            'plugin', 'new', '--yes', '--into', self.plugins, '--from-page', self.page, '--url', f'http://{HOST}/news/ferries',
            *more)

    @property
    def plugin(self):
        return self.plugins / 'the-examiner'

    # new

    def test_new_from_a_saved_page(self):
        out = self.new()
        text = (self.plugin / 'plugin.toml').read_text()
        for line in ('id = "the-examiner"', 'name = "The Examiner"', 'language = "en-GB"', 'country = "gb"',
                     'zone = "Europe/London"', f'url = "http://{HOST}/rss.xml"', '# Logo: http://www.examiner.example/logo.png'):
            self.assertIn(line, text)
        self.assertIn('body = ["css:div.story-body"]', text, 'the body is pinned down')
        self.assertIn('div.story-club', text, 'what is no copy is taken out')
        self.assertIn('kicker = ["css:p.story-kicker"]', text, 'a field that is not found without a rule')
        self.assertIn('the-examiner/plugin.toml', out)
        sample = json.loads((self.plugin / 'samples' / '1.json').read_text())
        self.assertEqual(sample['article']['headline'], 'Ferries return after 6 weeks')
        self.assertEqual(len([b for b in sample['article']['body'] if b['type'] == 'p']), 7)
        self.assertIn('0 different', self.ctl('plugin', 'test', self.plugin))
        self.assertEqual(self.ctl('plugin', 'check', '--strict', self.plugin), '1 plugin is good\n')
        # Nothing is written over.
        before = text
        self.assertIn('is there already', self.ctl(
            'plugin', 'new', '--yes', '--into', self.plugins, '--from-page', self.page, '--url', f'http://{HOST}/x', status=64))
        self.assertEqual((self.plugin / 'plugin.toml').read_text(), before)

    def test_new_refuses_what_is_no_article(self):
        self.page.write_text('<html><body><p>hello</p></body></html>')
        out = self.ctl('plugin', 'new', '--yes', '--into', self.plugins, '--from-page', self.page, '--url', f'http://{HOST}/',
                       status=65)
        self.assertIn('page.html: page holds no article', out)
        self.assertFalse(self.plugins.exists())
        self.ctl('plugin', 'new', '--from-page', self.page, status=64)
        self.ctl('plugin', 'new', 'ftp://x', status=64)

    def test_new_from_the_home_page_to_the_first_article_in_the_queue(self):
        server = served(self)
        began = time.monotonic()
        self.ctl('plugin', 'new', '--yes', '--into', self.plugins, '--config', config(self.folder, server), f'http://{HOST}/')
        text = (self.plugin / 'plugin.toml').read_text()
        self.assertIn(f'kind = "rss"\nurl = "http://{HOST}/feed/"', text)
        self.assertIn(f'kind = "news-sitemap"\nurl = "http://{HOST}/sitemap-news.xml"', text)
        self.assertEqual(len(list((self.plugin / 'samples').glob('*.html'))), 3)
        agents = {headers.get('User-Agent') for _, headers, _ in server.requests(HOST)}
        self.assertTrue(all(agent.startswith('newswire/') for agent in agents), agents)
        self.ctl('plugin', 'test', self.plugin)
        live = self.ctl('plugin', 'test', self.plugin, '--live', '--config', config(self.folder, server), '--count', '1')
        self.assertIn('Ferries return after', live)
        daemon = Daemon(self.folder / 'd', {'fetch': {'connect_to': server.connect_to}})
        shutil.copytree(self.plugin, daemon.plugins / 'the-examiner')
        with daemon:
            articles = daemon.wait_queued(4, 30)
        self.assertLess(time.monotonic() - began, 120)
        self.assertEqual({a['headlines'][0]['value'] for a in articles}, {f'Ferries return after {n + 5} weeks' for n in range(1, 5)})

    def questions(self):
        return Terminal(self.folder, [
            programs.program('newswirectl'), 'plugin', 'new', '--into', self.plugins, '--from-page', self.page, '--url',
            f'http://{HOST}/news/ferries'], 100, 40)

    @unittest.skipIf(shutil.which('tmux') is None, 'tmux is not installed')
    def test_new_asks_again_after_an_answer_that_will_not_do(self):
        (self.plugins / 'taken').mkdir(parents=True)
        answers = [
            ('Name [The Examiner]:', 'Taken', None), ('Id [taken]:', '', 'taken is there already'),
            ('Id [taken]:', 'My Paper', 'such as my-paper'), ('Id [taken]:', 'my-paper', None),
            ('Country [gb]:', 'UK', 'such as gb'), ('Country [gb]:', 'ie', None),
            ('Language [en-GB]:', 'Klingonese', 'a BCP 47 tag'), ('Language [en-GB]:', '', None),
            ('Zone [Europe/London]:', 'Mars/Base', 'not in /usr/share/zoneinfo'), ('Zone [Europe/London]:', 'Europe/Dublin', None)]
        with self.questions() as terminal:
            for question, answer, complaint in answers:
                terminal.wait(question, lambda screen: [s for s in screen if s][-1:] == [question])
                terminal.keys(*([answer, 'Enter'] if answer else ['Enter']))
                if complaint:
                    terminal.wait(complaint, lambda screen: any(complaint in s for s in screen))
            terminal.wait('the end', lambda screen: '[status 0]' in screen)
        text = (self.plugins / 'my-paper' / 'plugin.toml').read_text()
        for line in ('id = "my-paper"', 'name = "Taken"', 'country = "ie"', 'zone = "Europe/Dublin"'):
            self.assertRegex(text, f'(?m)^{line}')

    def test_new_keeps_the_zone_of_the_country(self):
        # A date without an offset, and a host and a language that name no country with one zone.
        self.page.write_text(article().replace('lang="en-GB"', 'lang="de"').replace('T09:30:00Z', 'T09:30:00'))
        for given in (['--country', 'de', '--zone', 'Europe/Berlin'], ['--country', 'de']):
            shutil.rmtree(self.plugins, ignore_errors=True)
            self.new(*given)
            text = (self.plugin / 'plugin.toml').read_text()
            self.assertRegex(text, '(?m)^zone = "Europe/Berlin"')
            sample = json.loads((self.plugin / 'samples' / '1.json').read_text())
            self.assertEqual(sample['article']['published'], '2026-03-01T09:30:00+01:00')

    def test_new_broken_off_leaves_nothing(self):
        for how, status in ((signal.SIGINT, -signal.SIGINT), ('\x04', 0)):
            ours, theirs = pty.openpty()
            with open(ours, 'rb+', buffering=0) as terminal:
                asked = subprocess.Popen(
                    [programs.program('newswirectl'), 'plugin', 'new', '--into', self.plugins, '--from-page', self.page, '--url',
                     f'http://{HOST}/news/ferries'], cwd=self.folder, stdin=theirs, stdout=theirs, stderr=theirs,
                    # A shell's background jobs ignore it, and so would what they start.
                    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
                seen = b''
                while b'Name [The Examiner]:' not in seen:
                    seen += terminal.read(1000)
                if status:
                    asked.send_signal(how)
                else:
                    terminal.write(how.encode())
                self.assertEqual(asked.wait(20), status)
            os.close(theirs)
            # The end of the input is no break: what was found stands.
            self.assertEqual((self.plugin / 'plugin.toml').exists(), status == 0)
            self.assertEqual(self.plugins.exists(), status == 0)

    def test_what_is_wrong_is_said(self):
        server = served(self)
        server.answer('www.consent.example', '/', Answer(kind='text/html', body=(
            '<html lang="de"><title>Einwilligung</title><h1>Ihre Einwilligung</h1><p>Wir und unsere 178 Partner verwenden Cookies. '
            'Bitte stimmen Sie zu, um fortzufahren.</p><button>Alle akzeptieren</button></html>')))
        network = ['--config', config(self.folder, server)]
        new, page = ['plugin', 'new', '--yes', '--into', self.plugins], ['--from-page', self.page, '--url', f'http://{HOST}/x']
        good = self.new() and self.plugin
        (self.folder / 'o.opml').write_text('<opml version="2.0"><body><outline text="A" xmlUrl="http://a.example/f"/></body></opml>')
        self.ctl('import', 'opml', 'o.opml', '--into', 'imported')
        for status, words, *command in [
            (64, "give the publisher's address", *new), (64, 'ftp://x: not the address of a web site', *new, 'ftp://x'),
            (64, 'there are 1 of the one and 0 of the other', *new, '--from-page', self.page),
            (74, 'cannot read none.html: No such file', *new, '--from-page', 'none.html', '--url', f'http://{HOST}/x'),
            (75, f'http://{HOST}/none: the server answered 404 (not found); check the address', *new, *network, f'http://{HOST}/none'),
            (65, 'no article could be read (http://www.consent.example/: page', *new, *network, 'http://www.consent.example/'),
            (64, '--country xx: two lower-case letters of ISO 3166-1', *new, *page, '--country', 'xx'),
            (64, '--country uk: two lower-case letters of ISO 3166-1, such as gb', *new, *page, '--country', 'uk'),
            (64, '--zone Mars/Base: time zone "Mars/Base": not in', *new, *page, '--zone', 'Mars/Base'),
            (64, '--id My Paper: lower-case letters, digits and hyphens only, such as my-paper', *new, *page, '--id', 'My Paper'),
            (64, 'there is no plugin "none"', 'plugin', 'enable', 'none', '--config', 'none.toml'),
            (64, 'there is no plugin "none"', 'plugin', 'disable', 'none', '--config', 'none.toml'),
            (64, 'there is no plugin "none"', 'plugin', 'test', 'none'), (64, './none holds no plugin.toml', 'plugin', 'test', './none'),
            (64, '--url is missing', 'plugin', 'preview', self.page, '--plugin', good, '--output', 'p.html'),
            (74, 'cannot read none.html: No such file', 'plugin', 'preview', 'none.html', '--url', f'http://{HOST}/x', '--output', 'p'),
            (65, 'no plugin in none; name a folder with --plugins', 'plugin', 'list', '--plugins', 'none'),
            (64, 'no plugin in none: --plugins takes a folder that holds plugins', 'extract', '--plugins', 'none', '--url',
             f'http://{HOST}/x', self.page),
            (64, 'no plugin in none: --plugins takes a folder that holds plugins', 'plugin', 'preview', self.page, '--plugins', 'none',
             '--url', f'http://{HOST}/x', '--output', 'p.html'),
            (74, 'cannot read none: it is not there', 'import', 'ftr', 'none'),
            (74, 'newswirectl: cannot read none.opml: No such file', 'import', 'opml', 'none.opml'),
            (0, '0 plugins with 0 feeds made in imported', 'import', 'opml', 'o.opml', '--into', 'imported'),
        ]:
            with self.subTest(words):
                out = self.ctl(*command, status=status)
                self.assertIn(words, out)
                self.assertNotIn('\\n', out)
        self.assertEqual([p.name for p in self.plugins.iterdir()], ['the-examiner'])
        # One plugin's own folder stands for itself.
        self.assertIn('"The Examiner"', self.ctl('extract', '--plugins', good, '--url', f'http://{HOST}/x', self.page))

    def test_new_finds_section_feeds_on_the_page_that_lists_them(self):
        server = served(self)
        front = f'<html lang="en-GB"><title>The Examiner</title><a href="/about/rss-feeds">RSS</a><main>{"<p>News.</p>" * 3}</main>'
        server.answer(HOST, '/', Answer(body=front, kind='text/html'))
        links = ''.join(f'<li><a href="/{name}/feed/">{name.title()}</a></li>' for name in ('politics', 'sport', 'empty'))
        server.answer(HOST, '/about/rss-feeds', Answer(body=f'<html><h1>Our feeds</h1><ul>{links}</ul>', kind='text/html'))
        for number, name in enumerate(('politics', 'sport'), 1):
            story = {**paper.entry(HOST, number), 'url': f'http://{HOST}/news/ferries-return-after-many-weeks-{number}'}
            server.answer(HOST, f'/{name}/feed/', Answer(body=feeds.rss(HOST, [story])))
        server.answer(HOST, '/empty/feed/', Answer(body='<html>none</html>', kind='text/html'))
        self.ctl('plugin', 'new', '--yes', '--into', self.plugins, '--config', config(self.folder, server), f'http://{HOST}/')
        text = (self.plugin / 'plugin.toml').read_text()
        for name in ('politics', 'sport'):
            self.assertIn(f'url = "http://{HOST}/{name}/feed/"\nsection = "{name.title()}"\n', text)
        self.assertNotIn('empty', text)

    def test_new_asks_robots(self):
        server = served(self)
        server.answer(HOST, '/private/story', Answer(body=article(), kind='text/html'))
        out = self.ctl('plugin', 'new', '--yes', '--into', self.plugins, '--config', config(self.folder, server),
                       f'http://{HOST}/private/story', status=75)
        self.assertIn('robots.txt does not allow', out)
        self.assertEqual(server.count(HOST, '/private/story'), 0)

    # test, watch

    def test_a_difference_is_shown_and_accepted(self):
        self.new()
        path = self.plugin / 'plugin.toml'
        path.write_text(path.read_text().replace('[article]\n', '[article]\nheadline = [{ css = "h1", replace = [["Ferries", "Boats"]] }]\n'))
        out = self.ctl('plugin', 'test', self.plugin, status=1)
        self.assertIn('✗ headline       css:h1', out)
        self.assertIn('- Ferries return after 6 weeks', out)
        self.assertIn('+ Boats return after 6 weeks', out)
        self.assertIn('1 different', out)
        lines = [json.loads(line) for line in self.ctl('plugin', 'test', '--json', self.plugin, status=1).splitlines()]
        different = [f for f in lines[0]['fields'] if not f['equal']]
        self.assertEqual([(f['field'], f['rule'], f['found']) for f in different],
                         [('headline', 'css:h1', ['Boats return after 6 weeks'])])
        self.ctl('plugin', 'test', '--update', self.plugin)
        self.assertIn('0 different', self.ctl('plugin', 'test', self.plugin))

    def test_a_program_is_tested_like_rules(self):
        shutil.copytree(programs.PROJECT / 'docs' / 'examples' / 'gazette', self.plugins / 'gazette')
        samples = self.plugins / 'gazette' / 'samples'
        samples.mkdir()
        (samples / 'live.html').write_text('<html></html>')
        (samples / 'live.json').write_text('{"url": "http://www.gazette.example/live/7"}')
        # A sample has no network: the program says so, and that is the result.
        out = self.ctl('plugin', 'test', 'gazette', '--plugins', self.plugins, status=1)
        self.assertIn('no entries: nothing is fetched here', out)
        # A path that starts here is none from the program's own folder, where it runs.
        out = self.ctl('plugin', 'test', 'plugins/gazette', status=1)
        self.assertIn('no entries: nothing is fetched here', out)

    def test_watch_runs_again_on_save(self):
        self.new()
        path = self.plugin / 'plugin.toml'
        process = subprocess.Popen(
            [programs.program('newswirectl'), 'plugin', 'watch', '--runs', '2', self.plugin], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        head = process.stdout.readline()
        self.assertIn('run 1 of the-examiner', head)
        time.sleep(0.5)
        path.write_text(path.read_text().replace('css:p.story-kicker', 'css:p.nothing'))
        out, _ = process.communicate(timeout=20)
        self.assertIn('run 2 of the-examiner', out)
        self.assertIn('✗ kicker', out)

    # check

    def test_check_is_a_linter(self):
        self.new()
        path = self.plugin / 'plugin.toml'
        text = path.read_text().replace('copyright_holder = "The Examiner"\n', '')
        text = text.replace('[article]\n', '[article]\nstandfirst = ["css:main > div:nth-child(4)", "css:.sc-bdVaJa", "css:p.gone"]\n')
        path.write_text(text)
        line = text.splitlines().index('standfirst = ["css:main > div:nth-child(4)", "css:.sc-bdVaJa", "css:p.gone"]') + 1
        out = self.ctl('plugin', 'check', path)
        self.assertRegex(out, rf'plugin\.toml:{line}:15: warning: article\.standfirst: ":nth-child\(4\)" counts elements')
        self.assertRegex(out, rf'plugin\.toml:{line}:46: warning: article\.standfirst: "sc-bdVaJa" looks generated')
        self.assertRegex(out, rf'plugin\.toml:{line}:64: warning: article\.standfirst: css:p\.gone finds nothing on the sample')
        self.assertIn('copyright_holder is missing', out)
        self.assertIn('1 plugin is good, with', out)
        self.ctl('plugin', 'check', '--strict', path, status=78)
        other = self.plugins / 'gazette'
        other.mkdir()
        (other / 'Plugin.toml').write_text('')
        out = self.ctl('plugin', 'check', f'{self.plugins}/')
        self.assertIn(f"{other}/Plugin.toml:1:1: warning: a plugin's file is called plugin.toml", out)
        self.assertNotIn('//', out)
        path.write_bytes(text.replace('name = "The Examiner"', 'name = "Le Mirér"').encode('latin-1'))
        out = self.ctl('plugin', 'check', path, status=78)
        self.assertRegex(out, r'plugin\.toml:\d+:15: this is not UTF-8; save the file in that encoding')
        path.write_text(text.replace('kicker = ', 'kiker = '))
        out = self.ctl('plugin', 'check', path, status=78)
        self.assertRegex(out, r'plugin\.toml:\d+:1: unknown key article\.kiker; did you mean article\.kicker|kicker')

    # preview

    def test_preview_is_safe_and_whole(self):
        self.new()
        out = self.folder / 'preview.html'
        self.ctl('plugin', 'preview', self.page, '--url', f'http://{HOST}/news/ferries', '--plugin', self.plugin, '--output', out)
        html = out.read_text()
        self.assertIn("default-src 'none'", html)
        self.assertNotRegex(html, r'<(script|img|iframe|link|object|embed)\b')
        self.assertNotRegex(html, r'<[^>]*\son\w+=')
        self.assertIn('title="headline — ', html)
        self.assertIn('title="kicker — css:p.story-kicker"', html)
        self.assertIn('title="removed — css:div.story-club"', html)
        self.assertIn('<td><code>css:p.story-kicker</code></td>', html)
        self.assertIn('Photo: Eve Sand'.replace('Photo: ', ''), html)

    @unittest.skipIf(CHROMIUM is None, 'chromium is not installed')
    def test_preview_in_a_browser(self):
        self.new()
        out, picture = self.folder / 'preview.html', self.folder / 'preview.png'
        self.ctl('plugin', 'preview', self.page, '--url', f'http://{HOST}/news/ferries', '--plugin', self.plugin, '--output', out)
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, *_):
                pass

        with socketserver.ThreadingTCPServer(('127.0.0.1', 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            base = [
                CHROMIUM, '--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--disable-background-networking',
                f'--user-data-dir={self.folder}/profile', f'--host-resolver-rules=MAP * 127.0.0.1:{server.server_address[1]}',
            ]
            shot = subprocess.run([*base, '--window-size=1400,1000', f'--screenshot={picture}', out.as_uri()], capture_output=True, timeout=60)
            self.assertTrue(picture.exists(), shot.stderr.decode()[-2000:])
            dom = subprocess.run([*base, '--dump-dom', out.as_uri()], capture_output=True, timeout=60).stdout.decode()
            server.shutdown()
        self.assertEqual([path for path in asked if 'boat' in path or 'logo' in path], [], 'the preview loads nothing of the page')
        self.assertIn('<title>Ferries return after 6 weeks – preview</title>', dom, 'no script of the page ran')
        self.assertGreaterEqual(len(re.findall('<mark', dom)), 8)
        self.assertGreater(picture.stat().st_size, 30_000, 'the screenshot is not blank')
        keep = pathlib.Path('/tmp/newswire-preview.png') if pathlib.Path('/tmp/keep-preview').exists() else None
        if keep:
            shutil.copy(picture, keep)

    # list, show, diff, enable, disable

    def test_local_against_shipped(self):
        self.new()
        local = self.folder / 'local'
        shutil.copytree(self.plugin, local / 'the-examiner')
        both = ['--plugins', self.plugins, '--plugins', local]
        self.assertIn('the same text', self.ctl('plugin', 'diff', 'the-examiner', *both))
        path = local / 'the-examiner' / 'plugin.toml'
        path.write_text(path.read_text().replace('country = "gb"', 'country = "ie"'))
        out = self.ctl('plugin', 'diff', *both, status=1)
        self.assertRegex(out, r'- country = "gb"')
        self.assertRegex(out, r'\+ country = "ie"')
        shown = self.ctl('plugin', 'show', 'the-examiner', *both)
        self.assertIn(f'# {path}\n# takes the place of {self.plugin}/plugin.toml', shown)
        self.assertIn('country = "ie"', shown)
        listed = json.loads(self.ctl('plugin', 'list', '--json', *both))
        self.assertEqual([(p['id'], p['country'], p['state'], p['samples']) for p in listed], [('the-examiner', 'ie', 'overrides', 1)])
        self.assertIn('did you mean the-examiner', self.ctl('plugin', 'show', 'examiner', *both, status=64))

    def test_disable_and_enable(self):
        server = served(self)
        daemon = Daemon(self.folder / 'd', {'fetch': {'connect_to': server.connect_to}})
        self.new()
        shutil.copytree(self.plugin, daemon.plugins / 'the-examiner')
        daemon.add_plugin(paper.plugin('other', HOST, [('rss', '/feed/')]))
        where = ['--config', daemon.config]
        with daemon:
            daemon.wait_ready()
            ids = lambda: {p['id'] for p in json.loads(daemon.ctl('status', '--json').stdout)['publishers']}
            self.assertEqual(ids(), {'the-examiner', 'other'})
            done = daemon.ctl('plugin', 'disable', 'the-examiner', *where, umask=0o077)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(ids(), {'other'})
            # The service is another user than whoever runs this.
            drop_in = daemon.folder / 'newswire.toml.d' / '99-disabled.toml'
            self.assertEqual([oct(path.stat().st_mode & 0o777) for path in (drop_in.parent, drop_in)], ['0o755', '0o644'])
            listed = json.loads(self.ctl('plugin', 'list', '--json', *where))
            self.assertEqual({p['id']: p['state'] for p in listed}, {'the-examiner': 'disabled', 'other': 'on'})
            done = daemon.ctl('plugin', 'enable', 'the-examiner', *where)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(ids(), {'the-examiner', 'other'})
            self.assertFalse(drop_in.exists(), 'one that says nothing would override what is written elsewhere')
            # What only the daemon finds wrong: nothing may be left of what it refuses.
            settings = daemon.config.read_text()
            daemon.config.write_text(settings.replace('[fetch]', '[fetch]\nfeed_limit = "2G"'))
            done = daemon.ctl('plugin', 'disable', 'other', *where)
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn(f'{drop_in} is as it was before', done.stderr.decode())
            self.assertFalse(drop_in.exists())
            daemon.config.write_text(settings)
            self.assertEqual(daemon.ctl('plugin', 'disable', 'other', *where).returncode, 0)
            written = drop_in.read_text()
            daemon.config.write_text(settings.replace('[fetch]', '[fetch]\nfeed_limit = "2G"'))
            self.assertEqual(daemon.ctl('plugin', 'enable', 'other', *where).returncode, 78)
            self.assertEqual(drop_in.read_text(), written)
        self.assertNotEqual(daemon.ctl('plugin', 'disable', 'nobody', *where).returncode, 0)

    # import, export

    def test_opml_there_and_back(self):
        path = self.folder / 'list.opml'
        path.write_text('''<?xml version="1.0"?><opml version="2.0"><head/><body>
<outline text="News"><outline type="rss" text="The Examiner – Politics" xmlUrl="http://feeds.examiner.example/politics" htmlUrl="http://www.examiner.example/"/>
<outline type="rss" text="The Examiner – Sport" xmlUrl="http://feeds.examiner.example/sport" htmlUrl="http://www.examiner.example/"/></outline>
<outline type="rss" text="Zeitung" xmlUrl="https://zeitung.example.de/feed" htmlUrl="https://zeitung.example.de/"/>
<outline type="rss" text="A" xmlUrl="https://feeds.feedburner.com/a"/><outline type="rss" text="B" xmlUrl="https://feeds.feedburner.com/b"/>
<outline text="no feed"/><outline text="bad" xmlUrl="mailto:x"/><outline text="secret" xmlUrl="https://u:pw@private.example/rss"/>
</body></opml>''')
        done = programs.run('newswirectl', 'import', 'opml', path, '--into', self.plugins)
        out, err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, 0, err)
        self.assertIn('4 plugins with 5 feeds', out)
        self.assertIn('mailto:x: not an http', err)
        self.assertIn('private.example', err)
        self.assertNotIn('pw', err)
        text = (self.plugins / 'examiner-example' / 'plugin.toml').read_text()
        self.assertIn('name = "The Examiner"', text)
        self.assertEqual(re.findall('section = "(.*)"', text), ['Politics', 'Sport'])
        self.assertIn('zone = "Europe/Berlin"', (self.plugins / 'zeitung-example-de' / 'plugin.toml').read_text())
        self.ctl('plugin', 'check', self.plugins)
        exported = self.ctl('export', 'opml', '--plugins', self.plugins)
        self.assertEqual(len(re.findall('xmlUrl=', exported)), 5)
        again = self.folder / 'again.opml'
        again.write_text(exported)
        self.assertIn('4 plugins with 5 feeds', self.ctl('import', 'opml', again, '--into', self.folder / 'second'))
        path.write_text('<rss/>')
        self.assertIn('not OPML', self.ctl('import', 'opml', path, status=65))
        path.write_text('<!DOCTYPE x [<!ENTITY a "b">]><opml><body><outline xmlUrl="&a;"/></body></opml>')
        self.ctl('import', 'opml', path, status=65)

    def test_ftr_loses_nothing_in_silence(self):
        configs = self.folder / 'ftr'
        configs.mkdir()
        (configs / 'examiner.example.txt').write_text('''# The Examiner
title: //h1
body: //div[@class='story-body']
author: //p[@class='story-byline']
strip_id_or_class: story-club
strip: //nav
prune: no
tidy: no
http_header(user-agent): Mozilla/5.0
find_string: <x>
replace_string: <y>
replace_string(<a>): <b>
next_page_link: //a[@rel='next']
wrap_in(h2): //p[@class='sub']
not_logged_in_xpath: //div[@id='wall']
titel: //h1
strip: //div[
test_url: http://www.examiner.example/news/ferries
test_contains: quay
''')
        (configs / '.wild.example.txt').write_text('body: //article\n')
        (configs / 'empty.example.txt').write_text('test_url: http://empty.example/1\n')
        (configs / 'LICENSE.txt').write_text('Public domain')
        lines = {r['file']: r for r in map(json.loads, self.ctl('import', 'ftr', '--json', '--into', self.plugins, configs).splitlines())}
        self.assertEqual(lines['.wild.example.txt']['plugin'], 'wild-example')
        self.assertEqual(lines['empty.example.txt']['refused'], 'it holds no rule')
        self.assertIn('host', lines['LICENSE.txt']['refused'])
        report = lines['examiner.example.txt']
        self.assertEqual([(n['line'], n['directive']) for n in report['lost']], [
            (9, 'http_header(user-agent)'), (10, 'find_string'), (11, 'replace_string'), (12, 'replace_string(<a>)'),
            (13, 'next_page_link'), (16, 'titel'), (17, 'strip')])
        self.assertIn('did you mean title', report['lost'][5]['reason'])
        self.assertEqual([n['line'] for n in report['needless']], [7, 8])
        text = (self.plugins / 'examiner-example' / 'plugin.toml').read_text()
        self.assertIn('# not carried over, line 13, next_page_link: ', text)
        self.assertIn('subheads = ["xpath://p[@class=\'sub\']"]', text)
        self.ctl('plugin', 'check', self.plugins / 'examiner-example')
        item = json.loads(self.ctl('extract', '--plugins', self.plugins, '--url', 'http://www.examiner.example/news/ferries', self.page))
        body = next(b['value'] for b in item['bodies'] if b['contentType'] == 'text/plain')
        self.assertEqual(len(body.split('\n\n')), 7)
        self.assertNotIn('harbour guide', body)


if __name__ == '__main__':
    unittest.main()
