"""What a person sees: `status --watch` and `log` on a real terminal (tmux) of several sizes."""
import pathlib
import shutil
import tempfile
import unittest

from support import feeds, paper, programs
from support.daemon import Daemon
from support.scripted import Answer, Scripted
from support.tmux import Terminal

HOSTS = [f'www.paper-{n:02}.example' for n in range(30)]
BROKEN = 'www.broken.example'


def marked(screen):
    """The publisher that the mark stands on, without colours."""
    return next((line[2:].split()[0] for line in screen if line.startswith('> ')), None)


@unittest.skipIf(shutil.which('tmux') is None, 'tmux is not installed')
class OnATerminal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        server = Scripted()
        server.__enter__()
        cls.addClassCleanup(server.__exit__)
        for number, host in enumerate(HOSTS):
            entries = [paper.entry(host, n) for n in range(number % 3 + 1)]
            server.answer(host, '/feed.xml', Answer(body=feeds.rss(host, entries), headers={'ETag': '"1"'}),
                          Answer(304, headers={'ETag': '"1"'}))
            for entry in entries:
                server.answer(host, entry['url'].partition(host)[2], Answer(body=paper.page(entry), kind='text/html'))
        server.answer(BROKEN, '/feed.xml', Answer(500, 'no', 'text/plain'))
        cls.daemon = Daemon(cls.folder / 'd', {'fetch': {'connect_to': server.connect_to, 'robots': False},
                                               'log': {'level': 'info'}})
        for host in [*HOSTS, BROKEN]:
            cls.daemon.add_plugin(paper.plugin(host.split('.')[1], host, [('rss', '/feed.xml')]))
        cls.daemon.start()
        cls.addClassCleanup(cls.daemon.kill)
        cls.daemon.wait_queued(60)
        cls.daemon.wait('the broken one fails', lambda: cls.daemon.records(publisher='broken', event='feed.failed'))
        # Every feed once more: thirty that are unchanged.
        for host in HOSTS:
            cls.daemon.ctl('fetch', host.split('.')[1], '--wait')

    def terminal(self, *command, width=100, height=24, **environment):
        line = [programs.program('newswirectl'), *command, '--socket', self.daemon.socket]
        return Terminal(str(self.folder), line, width, height, **environment)

    def test_watch_moves_sorts_filters_and_leaves(self):
        with self.terminal('status', '--watch', '--interval', '0.5', NO_COLOR='1') as terminal:
            terminal.wait('the table', lambda s: marked(s) == 'broken')
            terminal.keys('Down', 'Down')
            terminal.wait('two down', lambda s: marked(s) == 'paper-01')
            terminal.keys('End')
            terminal.wait('the last one', lambda s: marked(s) == 'paper-29')
            terminal.keys('Home', 's')
            terminal.wait('trouble first', lambda s: 'by trouble' in s[-1] and marked(s) == 'broken')
            terminal.keys('s', 'Home')
            terminal.wait('the most articles first', lambda s: 'by today' in s[-1] and marked(s) == 'paper-02')
            terminal.keys('/', '1', '7')
            terminal.wait('the filter as it is typed', lambda s: s[-1].startswith('filter: 17'))
            terminal.keys('Enter')
            screen = terminal.wait('what passes it', lambda s: s[-1].startswith('1 of 31'))
            self.assertEqual(marked(screen), 'paper-17')
            terminal.keys('Enter')
            screen = terminal.wait('the details', lambda s: any('next     in' in line for line in s))
            self.assertIn('paper-17  The Paper-17', screen[0])
            terminal.keys('Escape')
            terminal.wait('back', lambda s: marked(s) == 'paper-17')
            terminal.keys('Escape')
            terminal.wait('the filter is gone', lambda s: s[-1].startswith('31 of 31'))
            terminal.keys('e')
            screen = terminal.wait('those not well', lambda s: s[-1].startswith('1 of 31'))
            self.assertEqual(marked(screen), 'broken')
            terminal.keys('?')
            terminal.wait('the keys', lambda s: any('Ctrl-C' in line for line in s))
            terminal.keys('x', 'q')
            screen = terminal.wait('it left', lambda s: '[status 0]' in s)
            self.assertNotIn('PUBLISHER', '\n'.join(screen), "the terminal's own screen is back")

    def test_watch_fits_every_size_and_follows_it(self):
        with self.terminal('status', '--watch', width=120, height=40) as terminal:
            terminal.wait('the table', lambda s: any('paper-05' in line for line in s))
            for width, height in ((80, 24), (50, 12), (30, 8), (20, 5), (200, 50)):
                terminal.resize(width, height)
                screen = terminal.wait(f'{width}x{height}', lambda s: len(s) == height and s[-1] and any('PUBLISHER' in x for x in s))
                titles = [line for line in screen if line.startswith('PUBLISHER')]
                self.assertEqual(len(titles), 1, f'{width}x{height}: nothing wraps\n' + '\n'.join(screen))
            self.assertIn('STATE', titles[0])

    def test_watch_says_when_the_daemon_has_gone(self):
        line = [programs.program('newswirectl'), 'status', '--watch', '--socket', '/nonexistent/control.sock']
        with Terminal(str(self.folder), line, 120, 20) as terminal:
            terminal.wait('why', lambda s: s[-1].startswith('newswired does not run'))
            terminal.keys('C-c')
            terminal.wait('it left', lambda s: '[status 0]' in s)

    def test_watch_on_a_terminal_without_a_cursor_is_a_list(self):
        with self.terminal('status', '--watch', '--interval', '0.3', height=50, TERM='dumb') as terminal:
            screen = terminal.wait('the table', lambda s: sum(x.startswith('PUBLISHER') for x in s) >= 1)
            self.assertFalse(any('\x1b' in line for line in screen))

    def test_watch_in_a_pipe_says_what_to_do_instead(self):
        done = self.daemon.ctl('status', '--watch')
        self.assertEqual(done.returncode, 64)
        self.assertIn('status --json', done.stderr.decode())

    def test_log_is_aligned_at_every_width_and_folds_repeats(self):
        for width in (60, 80, 120, 200):
            with self.subTest(width), self.terminal('log', '--since', '1h', width=width, height=150) as terminal:
                screen = terminal.wait('the end', lambda s: '[status 0]' in s)
                lines = screen[:screen.index('[status 0]')]
                lines = [line for line in lines if line]
                for line in lines:
                    self.assertRegex(line, r'^(\d\d:\d\d:\d\d  |──)', 'a line is a record, and none wraps')
                events = {line[10:].split('  ')[0] for line in lines}
                self.assertGreater(len(events), 5)
                unchanged = [line for line in lines if 'unchanged' in line or 'not modified' in line]
                self.assertLess(len(unchanged), 6, 'thirty unchanged feeds are few lines:\n' + '\n'.join(unchanged))
                if width >= 80:
                    self.assertTrue(any('more unchanged' in line for line in lines), '\n'.join(lines))
        everything = self.daemon.ctl('log', '--since', '1h', '--event', 'feed.unchanged').stdout.decode().splitlines()
        self.assertEqual(len(everything), 30, 'a pipe gets every record')

    def test_log_has_colours_where_they_are_wanted(self):
        with self.terminal('log', '--errors', '--since', '1h') as terminal:
            terminal.wait('the end', lambda s: '[status 0]' in s)
            self.assertTrue(any('\x1b[33m' in line for line in terminal.screen(colours=True)))
        with self.terminal('log', '--errors', '--since', '1h', NO_COLOR='1') as terminal:
            terminal.wait('the end', lambda s: '[status 0]' in s)
            self.assertFalse(any('\x1b[33m' in line for line in terminal.screen(colours=True)))


if __name__ == '__main__':
    unittest.main()
