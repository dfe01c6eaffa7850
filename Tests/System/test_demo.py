"""The demo runs, offline, and ends with what it promises."""
import os
import subprocess
import sys
import time
import unittest

from support import ninjs, programs, spool

SPOOL = programs.PROJECT / 'var' / 'demo' / 'spool'


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        start = time.monotonic()
        cls.done = subprocess.run(
            [programs.PROJECT / 'Demo' / 'run.sh', programs.folder], capture_output=True, text=True, timeout=120,
            env={**os.environ, 'PYTHON': sys.executable},
        )
        cls.seconds = time.monotonic() - start
        cls.articles = spool.elements(SPOOL)

    def article(self, words):
        return [article for article in self.articles if words in article['title']]

    def test_it_succeeds_within_its_time(self):
        self.assertEqual(self.done.returncode, 0, self.done.stdout + self.done.stderr)
        self.assertLess(self.seconds, 20)
        self.assertIn('What next', self.done.stdout)

    def test_a_pipe_gets_plain_text(self):
        self.assertNotIn('\x1b', self.done.stdout + self.done.stderr)
        self.assertLess(len(self.done.stdout.splitlines()), 120)

    def test_every_story_is_in_the_queue(self):
        self.assertEqual(len(self.articles), 11, [article['title'] for article in self.articles])
        self.assertEqual(len({article['uri'] for article in self.articles}), 10)
        complaints = ninjs.validator() or (lambda article: [])
        for article in self.articles:
            self.assertEqual(complaints(article) + ninjs.problems(article), [], article['title'])

    def test_lead_and_inline_pictures_with_captions_and_credits(self):
        article, = self.article('night ferry')
        pictures = [a for a in article['associations'] if a.get('type') == 'picture']
        self.assertEqual([picture['rel'] for picture in pictures], ['lead', 'inline', 'inline'])
        self.assertEqual(pictures[0]['by'], 'Ada Winch/The Harbour Courier')
        captions = {d['role']: d['value'] for d in pictures[1]['descriptions']}
        self.assertEqual(captions['caption'], 'Captain Orla Fenn checks the radar on the bridge.')
        self.assertEqual(sorted(r['width'] for r in pictures[0]['renditions'] if 'width' in r)[-1], 960)
        self.assertEqual([p['name'] for p in article['people']], ['Maren Holt', 'Tobias Quay'])

    def test_the_body_holds_the_story_and_nothing_else(self):
        article, = self.article('night ferry')
        body = spool.text(article)
        self.assertTrue(body.startswith('The last time a night ferry left Saltmarket'), body[:80])
        self.assertTrue(body.endswith('one of those is behind a pillar.'), body[-80:])
        for chrome in ('cookies', 'Read next', 'breakfast. One letter', 'Ada Winch', 'radar on the bridge', 'Customs Street 9'):
            self.assertNotIn(chrome, body)

    def test_the_paywalled_page(self):
        article, = self.article('eleven quiet meetings')
        self.assertEqual(spool.literal(article, 'access'), 'paid')
        self.assertNotIn('subscription', spool.text(article))

    def test_the_page_in_another_charset(self):
        article, = self.article('Café Vésuve pours its last espresso — and its first')
        self.assertIn('The new oven is from Liège, was built in 1934', spool.text(article))
        self.assertEqual(article['people'][0]['name'], 'Zoë Åkerblom')

    def test_the_updated_article_keeps_its_identity(self):
        first, second = self.article('storm Isbel')
        if first['version'] == '2':
            first, second = second, first
        self.assertEqual((first['version'], second['version']), ('1', '2'))
        self.assertEqual(first['uri'], second['uri'])
        self.assertTrue(second['title'].startswith('East quay reopens'))

    def test_the_page_that_fails_becomes_a_partial_article(self):
        article, = self.article('Crane number four')
        self.assertEqual(article['representationType'], 'partial')
        self.assertIn('3,118', spool.text(article))

    def test_it_leaves_nothing_running(self):
        found = subprocess.run(['ps', '-eo', 'args'], capture_output=True, text=True).stdout
        mine = [line for line in found.splitlines() if 'var/demo' in line and 'ps -eo' not in line]
        self.assertEqual(mine, [])


class DemoErrors(unittest.TestCase):
    def test_missing_programs_are_named(self):
        done = subprocess.run([programs.PROJECT / 'Demo' / 'run.sh', '/nonexistent'], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "error: /nonexistent/newswired is missing; run 'make build' first\n")


if __name__ == '__main__':
    unittest.main()
