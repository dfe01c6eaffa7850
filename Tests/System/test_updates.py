"""What changes after an article is published: its page is looked at again, it is withdrawn, its plugin gets better."""
import json
import pathlib
import tempfile
import time
import unittest
from datetime import datetime, timedelta, timezone

from support import feeds, ninjs, paper, programs, spool
from support.daemon import Daemon
from support.scripted import Answer, Scripted

HOST = 'www.updates.example'


def young(number):
    """An entry published this moment: what is old is not looked at again."""
    return dict(paper.entry(HOST, number), published=datetime.now(timezone.utc).replace(microsecond=0))


class Updates(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='nw-')
        self.addCleanup(temporary.cleanup)
        self.server = Scripted()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.folder = pathlib.Path(temporary.name)

    def daemon_for(self, entries, answers, fetch='', article='', **settings):
        self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, entries)))
        for entry in entries:
            script = answers.get(entry['url']) or [Answer(body=paper.page(entry), kind='text/html')]
            self.server.answer(HOST, entry['url'].partition(HOST)[2], *script)
        self.daemon = Daemon(self.folder / 'daemon', {
            'fetch': {'connect_to': self.server.connect_to, 'robots': False},
            'schedule': {'page_retry': '1s', 'source_retry': '1s', 'page_attempts': 2, **settings},
        })
        self.daemon.add_plugin(paper.plugin('updates', HOST, [('rss', '/feed.xml')], fetch=fetch, article=article))
        self.addCleanup(self.daemon.kill)
        return self.daemon

    def versions(self, url):
        return [article for article in self.daemon.queued() if spool.alternative(article, 'canonical') == url]


class LookingAgain(Updates):
    """Pages that change, or go, after their articles were published.

    The daemon asks each five seconds what is due, so the ages lie five seconds apart; and an age that has passed when
    the page is first read, as three seconds may have on a busy machine, is no age to look again at."""

    def test_a_young_article_is_looked_at_again(self):
        """Conditionally, at the ages set, and published again only when it has changed; an old one is left alone."""
        entry, old = young(1), paper.entry(HOST, 2)
        page = paper.page(entry)
        changed = page.replace(b'the council met', b'the council had met')
        path = entry['url'].partition(HOST)[2]
        with self.daemon_for([entry, old], {entry['url']: [
            Answer(body=page, kind='text/html', headers={'ETag': '"1"'}),
            Answer(304, headers={'ETag': '"1"'}),
            Answer(body=changed, kind='text/html', headers={'ETag': '"2"'}),
        ]}, revisit=['4s', '9s']) as daemon:
            daemon.wait('the second version', lambda: len(self.versions(entry['url'])) == 2, 40)
            first, second = self.versions(entry['url'])
            self.assertEqual([first['version'], second['version']], ['1', '2'])
            self.assertEqual(first['uri'], second['uri'])
            self.assertIn('the council had met', spool.text(second))
            asked = [headers for asked, headers, _ in self.server.requests(HOST) if asked == path]
            self.assertEqual([headers.get('If-None-Match') for headers in asked], [None, '"1"', '"1"'])
            self.assertEqual(self.server.count(HOST, old['url'].partition(HOST)[2]), 1)
            self.assertEqual(len(self.versions(old['url'])), 1)

    def test_an_article_that_a_list_names_twice_is_not_changed_by_each_visit(self):
        story = paper.entry(HOST, 1)
        named = [dict(story, title=''), story, dict(story, title='The same in other words')]
        page = story['url'].partition(HOST)[2]
        with self.daemon_for(named, {story['url']: [Answer(body=paper.page(story), kind='text/html')]}) as daemon:
            daemon.wait_queued(1)
            for number in range(2, 5):
                other = paper.entry(HOST, number)
                self.server.answer(HOST, other['url'].partition(HOST)[2], Answer(body=paper.page(other), kind='text/html'))
                self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, [other, *named])))
                daemon.ctl('fetch', 'updates', '--wait')
                daemon.wait_queued(number)
            said = [r['message'] for r in daemon.records(event='article.discovered', url=story['url'])]
            self.assertEqual((said, self.server.count(HOST, page)), (['new'], 1))
            self.assertEqual(daemon.records(event='feed.fetched')[-1]['fields']['left_out'], '2 named twice')
            self.assertEqual(self.versions(story['url'])[0]['title'], story['title'])

    def test_a_correction_that_a_list_names_at_its_end_is_seen(self):
        entry = young(1)
        corrected = dict(entry, title='Corrected', published=entry['published'] + timedelta(minutes=5))
        page = paper.page(entry)
        with self.daemon_for([entry], {entry['url']: [
            Answer(body=page, kind='text/html'),
            Answer(body=page.replace(b'point 14', b'point 15'), kind='text/html')]}, revisit=[]) as daemon:
            daemon.wait_queued(1)
            self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, [entry, corrected])))
            daemon.ctl('fetch', 'updates', '--wait')
            self.assertIn('point 15', spool.text(daemon.wait_queued(2)[-1]))

    def test_what_an_outage_left_in_part_is_completed(self):
        """Published from the feed's own text, and whole when the server is up again. A page that is not there is let be."""
        down, missing = young(1), young(2)
        page = Answer(body=paper.page(down), kind='text/html')
        with self.daemon_for([down, missing], {
                down['url']: [Answer(500, 'down'), Answer(500, 'down'), page],
                missing['url']: [Answer(404, 'missing'), Answer(404, 'missing'), page]}, revisit=['8s']) as daemon:
            daemon.wait('the second version', lambda: len(self.versions(down['url'])) == 2, 40)
            part, whole = self.versions(down['url'])
            self.assertEqual([a['representationType'] for a in (part, whole)], ['partial', 'full'])
            self.assertEqual((part['uri'], whole['version']), (whole['uri'], '2'))
            time.sleep(1)
            self.assertEqual(self.server.count(HOST, missing['url'].partition(HOST)[2]), 2)

    def test_what_a_block_left_in_part_is_completed(self):
        """A question for consent, a robot check, a refusal, an empty page, an error with 200, a login: all pass one day.
        What is not there is looked for later than the others."""
        says = lambda title, words: Answer(
            body=f'<html><title>{title}</title><body><h1>{title}</h1><p>{words}</p></body></html>', kind='text/html')
        login = Answer(302, headers={'Location': f'http://{HOST}/login'})
        self.server.answer(HOST, '/login', Answer(
            body='<html><title>Log in</title><body><form><input type=password></form></body></html>', kind='text/html'))
        blocks = [
            says('Before you continue', 'We and our partners store and/or access information on a device.'),
            says('Just a moment...', 'Checking your browser before accessing the site.'),
            Answer(403, 'no'), Answer(404, 'no'), Answer(body=b'', kind='text/html'),
            says('Error', '500 Internal Server Error'), login]
        entries = [young(number) for number in range(1, len(blocks) + 1)]
        answers = {e['url']: [block, block, Answer(body=paper.page(e), kind='text/html')] for e, block in zip(entries, blocks)}
        shut = young(9)
        answers[shut['url']] = [Answer(401, 'no'), Answer(body=paper.page(shut), kind='text/html')]
        with self.daemon_for([*entries, shut], answers, revisit=['9s', '16s']) as daemon:
            for entry in [*entries, shut]:
                daemon.wait(f'the second version of {entry["url"]}', lambda: len(self.versions(entry['url'])) == 2, 40)
                self.assertEqual([a['representationType'] for a in self.versions(entry['url'])], ['partial', 'full'])

    def test_a_wall_that_stands_costs_a_request_a_look(self):
        """And no version, as long as its list says the same."""
        entries = [young(1), young(2), young(3)]
        with self.daemon_for(entries, {e['url']: [Answer(status, 'no')] for e, status in zip(entries, (401, 402, 403))},
                             revisit=['6s', '12s']) as daemon:
            counts = lambda: [self.server.count(HOST, e['url'].partition(HOST)[2]) for e in entries]
            daemon.wait('both looks at all', lambda: counts() == [3, 3, 4], 40)
            time.sleep(6)
            self.assertEqual(counts(), [3, 3, 4])
            self.assertEqual([(a['version'], a['representationType']) for a in daemon.queued()], [('1', 'partial')] * 3)

    def test_an_article_that_leads_home_is_not_the_home_page(self):
        """At the first look already: its feed's text is published, and its page when it is there."""
        entry, home = young(1), Answer(302, headers={'Location': f'http://{HOST}/'})
        self.server.answer(HOST, '/', Answer(body=paper.page(dict(young(7), url=f'http://{HOST}/')), kind='text/html'))
        with self.daemon_for([entry], {entry['url']: [home, home, Answer(body=paper.page(entry), kind='text/html')]},
                             revisit=['9s']) as daemon:
            daemon.wait('the second version', lambda: len(daemon.queued()) == 2, 40)
            self.assertEqual([(a['title'], a['representationType']) for a in daemon.queued()],
                             [(entry['title'], 'partial'), (entry['title'], 'full')])
            self.assertEqual(daemon.records(event='page.failed')[0]['outcome'], 'redirected-away')

    @staticmethod
    def fault():
        """A page that no list of phrases knows."""
        words = 'Unsere Seiten sind zurzeit leider nicht erreichbar, und wir arbeiten mit Hochdruck an der Behebung des Fehlers'
        return Answer(kind='text/html', body=(
            '<!DOCTYPE html><html><head><title>Technische Störung</title></head><body><article><h1>Technische Störung</h1>'
            '<div class="story">' + ''.join(f'<p>{words}, zum {n}. Mal in dieser Woche.</p>' for n in range(1, 4))
            + '</div></article></body></html>').encode())

    def faulty(self, isFaulty, revisit):
        """A daemon for five articles whose server gives one page for all while the list holds something."""
        entries = [young(number) for number in range(1, 6)]
        page = lambda entry: lambda *_: self.fault() if isFaulty else Answer(body=paper.page(entry), kind='text/html')
        return entries, self.daemon_for(entries, {entry['url']: [page(entry)] for entry in entries}, revisit=revisit)

    def test_one_text_under_many_addresses_is_none_of_their_articles(self):
        """The first two may be believed; the others wait for their pages."""
        isFaulty = [True]
        entries, daemon = self.faulty(isFaulty, ['9s'])
        with daemon:
            daemon.wait_queued(5, 40)
            isFaulty.clear()
            daemon.wait('all pages', lambda: len(daemon.queued()) == 10, 40)
            self.assertEqual(sum(a['title'] == 'Technische Störung' for a in daemon.queued()), 2)
            self.assertEqual(len(daemon.records(event='page.failed', outcome='same-as-another')), 3)
            self.assertEqual({(a['version'], a['representationType']) for a in daemon.queued()[5:]}, {('2', 'full')})

    def test_a_fault_does_not_replace_what_was_published(self):
        isFaulty = []
        entries, daemon = self.faulty(isFaulty, ['4s', '14s'])
        with daemon:
            daemon.wait_queued(5, 40)
            isFaulty.append(True)
            daemon.wait('the first look', lambda: len(daemon.records(event='page.failed', outcome='same-as-another')) == 4, 40)
            isFaulty.clear()
            daemon.wait('the second look', lambda: len(daemon.records(event='article.unchanged')) == 4, 40)
            daemon.wait_queued(7, 20)
            self.assertEqual(sum(a['title'] == 'Technische Störung' for a in daemon.queued()), 1)

    def test_a_page_cut_off_on_its_way_changes_nothing(self):
        """Though its server gave the length of what is left. Where it was read for the first time, it is asked for again."""
        known, new = young(1), young(2)
        cut = lambda e: Answer(body=paper.page(e)[:paper.page(e).index(b'point 21')], kind='text/html')
        with self.daemon_for([known, new], {
                known['url']: [Answer(body=paper.page(known), kind='text/html'), cut(known), cut(known),
                               Answer(body=paper.page(known).replace(b'point 35', b'point 36'), kind='text/html')],
                new['url']: [cut(new), Answer(body=paper.page(new), kind='text/html')]}, revisit=['4s', '14s']) as daemon:
            daemon.wait('the second version', lambda: len(self.versions(known['url'])) == 2, 40)
            for article in daemon.queued():
                self.assertEqual(article['representationType'], 'full')
                self.assertIn('point 28', spool.text(article))
            self.assertIn('point 36', spool.text(self.versions(known['url'])[1]))
            self.assertEqual(len(self.versions(new['url'])), 1)
            self.assertEqual({r['outcome'] for r in daemon.records(event='page.retry')}, {'cut-off'})

    def test_an_article_whose_link_has_a_session_is_the_same_at_each_visit(self):
        entries = [young(1), young(2)]
        listed = lambda n: [dict(e, url=e['url'] + end % n) for e, end in zip(entries, (';jsessionid=%d', '?PHPSESSID=%d'))]
        for n in (1, 2):
            for entry, e in zip(listed(n), entries):
                self.server.answer(HOST, entry['url'].partition(HOST)[2], Answer(body=paper.page(e).replace(b'canonical', b'x'), kind='text/html'))
        with self.daemon_for(entries, {}, revisit=[]) as daemon:
            daemon.wait_queued(2)
            for n in (1, 2):
                self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, listed(n))))
                daemon.ctl('fetch', 'updates', '--wait')
            time.sleep(2)
            self.assertEqual(len(daemon.queued()), 2)
            self.assertEqual(len(daemon.records(event='page.fetched')), 2)

    def test_an_outage_at_one_look_leaves_the_next_one(self):
        entry = young(1)
        page = paper.page(entry)
        with self.daemon_for([entry], {entry['url']: [
            Answer(body=page, kind='text/html'), Answer(500, 'down'), Answer(500, 'down'),
            Answer(body=page.replace(b'point 14', b'point 15'), kind='text/html')]}, revisit=['3s', '14s']) as daemon:
            daemon.wait('the second version', lambda: len(self.versions(entry['url'])) == 2, 40)
            self.assertIn('point 15', spool.text(self.versions(entry['url'])[1]))

    def test_an_outage_costs_no_article_that_its_list_gives_no_title(self):
        entry = young(1)
        with self.daemon_for([dict(entry, title='')], {entry['url']: [
            Answer(500, 'down'), Answer(500, 'down'), Answer(body=paper.page(entry), kind='text/html')]},
                             revisit=['9s']) as daemon:
            self.assertEqual((daemon.wait_queued(1, 40)[0]['title'], daemon.records(event='article.refused')),
                             (entry['title'], []))

    def test_an_item_without_a_title_that_never_was_an_article_is_told_of(self):
        """Down to its last look, or gone at it: there is nothing to stand and nothing to take back."""
        down, gone = young(1), young(2)
        outage = [Answer(500, 'down'), Answer(500, 'down')]
        with self.daemon_for([dict(down, title=''), dict(gone, title='')], {
                down['url']: outage, gone['url']: outage + [Answer(410, 'gone')]},
                             fetch='withdrawals = true', revisit=['9s']) as daemon:
            daemon.wait('both refusals', lambda: len(daemon.records(event='article.refused')) == 2, 40)
            told = {r['url']: r['next'] for r in daemon.records(event='article.refused')}
            self.assertEqual(told, {
                down['url']: 'not published: the feed gives no title either',
                gone['url']: 'not published: its publisher has withdrawn it'})
            self.assertEqual(daemon.queued(), [])

    def test_an_item_without_a_title_is_published_in_part_when_its_list_gives_one(self):
        entry = young(1)
        with self.daemon_for([dict(entry, title='')], {entry['url']: [Answer(500, 'down')]}, revisit=['1h']) as daemon:
            daemon.wait('two attempts', lambda: daemon.records(event='page.failed'), 40)
            self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, [entry])))
            daemon.ctl('fetch', 'updates', '--wait')
            part, = daemon.wait_queued(1, 20)
            self.assertEqual((part['version'], part['title'], part['representationType']),
                             ('1', entry['title'], 'partial'))

    def test_what_a_refused_address_left_in_part_is_completed(self):
        """As where a resolver gives a private address for an hour."""
        entry = young(1)
        refused, page = Answer(302, headers={'Location': 'http://10.1.2.3/'}), Answer(body=paper.page(entry), kind='text/html')
        with self.daemon_for([entry], {entry['url']: [refused, refused, page]}, revisit=['9s']) as daemon:
            daemon.wait('the second version', lambda: len(self.versions(entry['url'])) == 2, 40)
            self.assertTrue(daemon.records(event='address.refused'), daemon.records())
            self.assertEqual([a['representationType'] for a in self.versions(entry['url'])], ['partial', 'full'])

    def test_an_article_that_was_withdrawn_is_looked_at_once_each_time(self):
        entry = young(1)
        with self.daemon_for([entry], {entry['url']: [
            Answer(body=paper.page(entry), kind='text/html'), Answer(404, 'gone')]},
                             fetch='withdrawals = true', revisit=['3s', '9s']) as daemon:
            daemon.wait('the second look', lambda: len(daemon.records(event='page.failed')) == 2, 40)
            time.sleep(2)
            self.assertEqual([r['next'].partition(',')[0] for r in daemon.records(event='page.failed')],
                             ['published as canceled', 'it was published as canceled before'])
            self.assertEqual(self.server.count(HOST, entry['url'].partition(HOST)[2]), 4)
            self.assertEqual(len(daemon.queued()), 2)

    def test_an_article_that_was_withdrawn_and_is_there_again_is_told(self):
        entry = young(1)
        page = Answer(body=paper.page(entry), kind='text/html')
        with self.daemon_for([entry], {entry['url']: [page, Answer(410, 'gone'), Answer(410, 'gone'), page]},
                             fetch='withdrawals = true', revisit=['3s', '8s', '14s']) as daemon:
            daemon.wait('its return', lambda: len(daemon.queued()) == 3, 40)
            self.assertEqual([(a['version'], a['pubStatus']) for a in self.versions(entry['url'])],
                             [('1', 'usable'), ('2', 'canceled'), ('3', 'usable')])

    def test_a_withdrawn_article_is_told_when_the_plugin_asks(self):
        gone, missing = young(1), young(2)
        script = lambda entry, status: [Answer(body=paper.page(entry), kind='text/html'), Answer(status, 'gone')]
        with self.daemon_for([gone, missing], {gone['url']: script(gone, 410), missing['url']: script(missing, 404)},
                             fetch='withdrawals = true', revisit=['4s']) as daemon:
            daemon.wait('both notices', lambda: len(daemon.queued()) == 4, 40)
            for entry in (gone, missing):
                first, notice = self.versions(entry['url'])
                self.assertEqual((notice['uri'], notice['version'], notice['pubStatus']), (first['uri'], '2', 'canceled'))
                self.assertEqual((first['pubStatus'], notice['title']), ('usable', first['title']))
                self.assertNotIn('bodies', notice)
                self.assertEqual(ninjs.problems(notice), ['bodies is missing'])
                if programs.SCHEMA.exists():
                    self.assertEqual(ninjs.validator()(notice), [])
            self.assertEqual(len(daemon.records(event='article.withdrawn')), 2)
            # The 404 was looked at twice before it was believed; nothing is asked or told again.
            self.assertEqual(self.server.count(HOST, missing['url'].partition(HOST)[2]), 3)

    def test_a_withdrawn_article_stands_when_the_plugin_does_not_ask(self):
        entry = young(1)
        with self.daemon_for([entry], {entry['url']: [
            Answer(body=paper.page(entry), kind='text/html'), Answer(410, 'gone')]}, revisit=['4s']) as daemon:
            daemon.wait('the failure', lambda: daemon.records(event='page.failed'), 40)
            self.assertEqual([a['pubStatus'] for a in daemon.queued()], ['usable'])

    def test_a_page_that_leads_to_its_section_stands(self):
        """Publishers redirect what they took down to the section or the home page: that is no new version."""
        entry = young(1)
        self.server.answer(HOST, '/story', Answer(body=paper.page(young(7)), kind='text/html'))
        with self.daemon_for([entry], {entry['url']: [
            Answer(body=paper.page(entry), kind='text/html'),
            Answer(302, headers={'Location': f'http://{HOST}/story'})]}, revisit=['4s']) as daemon:
            daemon.wait('the failure', lambda: daemon.records(event='page.failed', outcome='redirected-away'), 40)
            self.assertEqual(len(daemon.queued()), 1)

    def test_a_page_that_leads_to_another_article_stands(self):
        """Its text is in the queue already, under its own name."""
        entry, other = young(1), young(2)
        with self.daemon_for([entry, other], {entry['url']: [
            Answer(body=paper.page(entry), kind='text/html'),
            Answer(301, headers={'Location': other['url']})]}, revisit=['4s']) as daemon:
            daemon.wait('the failure', lambda: daemon.records(event='page.failed', outcome='redirected-away'), 40)
            self.assertIn('another article', daemon.records(event='page.failed')[-1]['message'])
            self.assertEqual(sorted(a['title'] for a in daemon.queued()), sorted([entry['title'], other['title']]))

    def test_a_page_that_comes_once_without_its_text_changes_nothing(self):
        """The whole that was published stands; alone, what is left of it is a part."""
        whole, empty = young(1), young(2)
        standfirst = b'<p class="standfirst">After six weeks of repairs the council decides, and nobody knows how.</p>'
        def page(entry):
            return paper.page(entry).replace(b'</h1>', b'</h1>' + standfirst)
        def without_text(entry):
            body = page(entry)
            start = body.index(b'<div class="story">')
            return body[:start] + b'<div class="story"></div>' + body[body.index(b'</article>'):]
        with self.daemon_for([whole, empty], {
                whole['url']: [Answer(body=page(whole), kind='text/html'), Answer(body=without_text(whole), kind='text/html')],
                empty['url']: [Answer(body=without_text(empty), kind='text/html')]},
                             article='standfirst = "css:.standfirst"', revisit=['4s']) as daemon:
            daemon.wait('the second look', lambda: daemon.records(event='article.unchanged', outcome='partial', url=whole['url']), 40)
            self.assertEqual([a['representationType'] for a in self.versions(whole['url'])], ['full'])
            self.assertEqual({a['representationType'] for a in self.versions(empty['url'])}, {'partial'})

    def test_what_is_known_from_the_list_alone_is_corrected_by_it(self):
        """Pages that may not be read, or never were there: the list is all there is, and its corrections are told."""
        denied, missing = young(1), young(2)
        with self.daemon_for([denied, missing], {
                denied['url']: [Answer(403, 'no')], missing['url']: [Answer(404, 'no')] * 2},
                             fetch='withdrawals = true', revisit=[]) as daemon:
            daemon.wait_queued(2, 40)
            corrected = [dict(e, title=e['title'] + ', corrected', published=e['published'] + timedelta(minutes=5))
                         for e in (denied, missing)]
            self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, corrected)))
            daemon.ctl('fetch', 'updates', '--wait')
            daemon.wait_queued(4, 40)
            for entry in corrected:
                first, second = self.versions(entry['url'])
                self.assertEqual((second['version'], second['title'], second['pubStatus'], second['representationType']),
                                 ('2', entry['title'], 'usable', 'partial'))

    def listed_twice(self, own, *others, **settings):
        """A daemon for an article that is listed under its own address and under others."""
        entry = young(1)
        aliases = [dict(entry, url=f'http://{HOST}/{name}/1') for name in ('amp', 'mobile')[:len(others)]]
        script = lambda *answers: [Answer(body=a, kind='text/html') if isinstance(a, bytes) else a for a in answers]
        daemon = self.daemon_for(
            [entry, *aliases],
            {listed['url']: script(*answers) for listed, answers in zip([entry, *aliases], [own, *others])}, **settings)
        return entry, daemon

    def test_an_article_with_two_addresses_is_published_once(self):
        """They differ in details. Its own address speaks for it; what changes at the other is looked for there."""
        page = paper.page(young(1))
        reading, changed = page.replace(b'the council met', b'the council meets'), page.replace(b'point 14', b'point 15')
        entry, daemon = self.listed_twice([page, page, changed], [reading], revisit=['4s', '9s', '14s'])
        with daemon:
            daemon.wait('the change', lambda: any('point 15' in spool.text(a) for a in daemon.queued()), 40)
            daemon.wait('looks at both', lambda: self.server.count(HOST, '/amp/1') >= 3, 40)
            time.sleep(1)
            texts = [spool.text(article) for article in daemon.queued()]
            # One more when the other address came first.
            self.assertEqual(['meets' in text for text in texts[-2:]], [False, False])
            self.assertLessEqual(len(texts), 3)

    def test_an_article_with_three_addresses_is_asked_for_at_its_ages_alone(self):
        page = paper.page(young(1))
        readings = [[page.replace(b'the council met', b'the council ' + word)] for word in (b'meets', b'is meeting')]
        entry, daemon = self.listed_twice([page], *readings, revisit=['4s', '14s'])
        with daemon:
            daemon.wait('looks at all', lambda: min(
                self.server.count(HOST, path) for path in ('/amp/1', '/mobile/1')) >= 3, 40)
            time.sleep(6)
            own = entry['url'].partition(HOST)[2]
            counts = [self.server.count(HOST, path) for path in (own, '/amp/1', '/mobile/1')]
            # Its own address is asked for each look at another as well.
            self.assertTrue(counts[0] <= 7 and counts[1:] == [3, 3], counts)

    def test_an_article_whose_other_address_leads_away_is_withdrawn(self):
        page, gone = Answer(body=paper.page(young(1)), kind='text/html'), Answer(410, 'gone')
        entry, daemon = self.listed_twice(
            [page, gone], [page, page, Answer(302, headers={'Location': f'http://{HOST}/'})],
            fetch='withdrawals = true', revisit=['4s'])
        with daemon:
            daemon.wait('the withdrawal', lambda: daemon.records(event='article.withdrawn'), 40)
            self.assertEqual([a['pubStatus'] for a in daemon.wait_queued(2)], ['usable', 'canceled'])

    def test_an_address_that_is_down_for_good_does_not_speak_for_the_article(self):
        page = paper.page(young(1))
        entry, daemon = self.listed_twice(
            [page, Answer(500, 'down')], [page, page, page.replace(b'point 14', b'point 15')], revisit=['4s', '14s'])
        alias = dict(entry, url=f'http://{HOST}/amp/1')
        self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, [entry])))
        with daemon:
            daemon.wait_queued(1)
            self.server.answer(HOST, '/feed.xml', Answer(body=feeds.rss(HOST, [entry, alias])))
            daemon.ctl('fetch', 'updates', '--wait')
            daemon.wait('the correction', lambda: any('point 15' in spool.text(a) for a in daemon.queued()), 40)

    def test_an_article_with_two_addresses_is_withdrawn_when_both_are_gone(self):
        page, gone, isGone = Answer(body=paper.page(young(1)), kind='text/html'), Answer(410, 'gone'), []
        entry, daemon = self.listed_twice(
            [lambda *_: gone if isGone else page], [page, gone], fetch='withdrawals = true', revisit=['4s', '14s'])
        with daemon:
            daemon.wait('one address is gone', lambda: daemon.records(outcome='elsewhere'), 40)
            time.sleep(1)
            self.assertEqual([a['pubStatus'] for a in daemon.queued()], ['usable'])
            isGone.append(True)
            daemon.wait('the other is gone', lambda: daemon.records(event='article.withdrawn'), 40)
            self.assertEqual([a['pubStatus'] for a in daemon.wait_queued(2)], ['usable', 'canceled'])


class Reextract(Updates):
    """New rules over pages that were fetched already."""

    def rules(self, body):
        self.daemon.add_plugin(
            paper.plugin('updates', HOST, [('rss', '/feed.xml')]).replace('css:div.story', body))
        done = self.daemon.ctl('reload')
        self.assertEqual(done.returncode, 0, done.stderr)

    def reextract(self, *options):
        done = self.daemon.ctl('reextract', 'updates', '--json', *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_better_rules_make_new_versions_without_a_request(self):
        entries = [paper.entry(HOST, number) for number in range(1, 4)]
        more = '<div class="rest"><p>' + 'And so the council went on, point after point, well into the night. ' * 8 + '</p></div>'
        answers = {e['url']: [Answer(body=paper.page(e).replace(
            b'<div class="story">', b'<div class="whole"><div class="story">').replace(
            b'</div></article>', b'</div>' + more.encode() + b'</div></article>'), kind='text/html')] for e in entries}
        with self.daemon_for(entries, answers, revisit=[]) as daemon:
            daemon.wait_queued(3)
            short = {a['uri']: a for a in daemon.queued()}
            self.assertTrue(all('well into the night' not in spool.text(a) for a in short.values()))
            # Nobody can be asked any more: whatever goes out from here on fails, and is seen.
            before = len(self.server.requests(HOST))
            daemon.ctl('pause')

            same = self.reextract()
            self.assertEqual((same['pages'], same['same'], same['published']), (3, 3, 0))

            self.rules('css:div.whole')
            tried = self.reextract('--dry-run')
            self.assertEqual((tried['better'], tried['published'], len(tried['changes'])), (3, 0, 3))
            self.assertEqual(len(daemon.queued()), 3)
            time.sleep(1.1)  # Kept pages are dated by the second.
            self.assertEqual(self.reextract('--since', '0s')['pages'], 0)

            done = self.reextract('--since', '1h')
            self.assertEqual((done['better'], done['published']), (3, 3))
            new = daemon.queued()[3:]
            self.assertEqual({a['uri'] for a in new}, set(short))
            for article in new:
                self.assertEqual(article['version'], '2')
                self.assertIn('well into the night', spool.text(article))
            # Once per change.
            again = self.reextract()
            self.assertEqual((again['same'], again['published']), (3, 0))

            # A rule that loses half the text is told and not published, unless that is asked for.
            self.rules('css:div.rest')
            worse = self.reextract()
            self.assertEqual((worse['worse'], worse['published']), (3, 0))
            table = daemon.ctl('reextract', 'updates')
            self.assertIn(b'worse', table.stdout)
            self.assertEqual(self.reextract('--any')['published'], 3)
            self.assertEqual([a['version'] for a in daemon.queued()[6:]], ['3'] * 3)

            self.assertEqual(len(self.server.requests(HOST)), before, 'a request went out')
            self.assertEqual(daemon.ctl('reextract', 'nobody').returncode, 64)

    def test_an_address_that_does_not_speak_for_its_article_is_skipped(self):
        """Told once and published never, it would be better for ever."""
        entry = paper.entry(HOST, 1)
        amp = dict(entry, url=f'http://{HOST}/amp/1')
        page = paper.page(entry)
        with self.daemon_for([entry, amp], {
                entry['url']: [Answer(body=page, kind='text/html')],
                amp['url']: [Answer(body=page.replace(b'point 14', b'point 15'), kind='text/html')]}, revisit=[]) as daemon:
            daemon.wait('both looks', lambda: daemon.records(event='article.unchanged', url=amp['url'])
                        or len(daemon.queued()) == 2, 40)
            daemon.wait('all pages are in', lambda: len(daemon.records(event='page.fetched')) == 2, 40)
            self.rules('css:div.story')
            for options in (['--dry-run'], []):
                done = self.reextract(*options)
                self.assertEqual((done['better'], done['published']), (0, 0), done)

    def test_what_had_given_no_article_is_published_at_last(self):
        entry = paper.entry(HOST, 1)
        empty = b'<!DOCTYPE html><html><head><title>x</title></head><body><div id="app"></div></body></html>'
        with self.daemon_for([entry], {entry['url']: [Answer(body=empty, kind='text/html')]}, revisit=[]) as daemon:
            daemon.wait('the feed\'s own text', lambda: daemon.queued(), 40)
            self.assertEqual(daemon.queued()[0]['representationType'], 'partial')
            done = self.reextract()
            self.assertEqual((done['unreadable'], done['published']), (1, 0))

    def test_what_its_publisher_took_back_is_not_published_again(self):
        entries = [young(number) for number in (1, 2, 3)]
        kick = lambda e: paper.page(e).replace(b'<article>', b'<article><p class="kick">Kicker here</p>')
        answers = {e['url']: [Answer(body=kick(e), kind='text/html')] for e in entries}
        for entry, status in zip(entries, (410, 404)):
            answers[entry['url']].append(Answer(status, 'gone'))
        with self.daemon_for(entries, answers, revisit=['4s']) as daemon:
            daemon.wait('the failures', lambda: len(daemon.records(event='page.failed')) == 2, 40)
            plugin = paper.plugin('updates', HOST, [('rss', '/feed.xml')])
            daemon.add_plugin(plugin + 'kicker = ["css:p.kick"]\n')
            self.assertEqual(daemon.ctl('reload').returncode, 0)
            done = self.reextract()
            self.assertEqual((done['better'], done['published']), (1, 1), done)
            self.assertEqual([len(self.versions(e['url'])) for e in entries], [1, 1, 2])

    def test_pages_are_kept_within_bounds(self):
        entries = [paper.entry(HOST, number) for number in range(1, 6)]
        self.daemon_for(entries, {}, revisit=[])
        self.daemon.settings['pages'] = {'max_bytes': 0}
        with self.daemon as daemon:
            daemon.wait_queued(5)
            self.assertFalse((daemon.state / 'pages').exists())
            done = daemon.ctl('reextract', 'updates')
            self.assertEqual(done.returncode, 69, done.stderr)
            self.assertIn(b'max_bytes', done.stderr)


if __name__ == '__main__':
    unittest.main()
