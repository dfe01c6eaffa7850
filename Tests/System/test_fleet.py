"""Three nodes on PostgreSQL and NATS, and what may happen to them: every article once in the stream, no publisher asked too
often, nothing fetched by who has no lease. NEWSWIRE_LONG=1 (`make fleet`) makes it 2,000 sources, 20,000 articles and 50 orders."""
import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest
from types import SimpleNamespace

import fleet_world
from support import programs
from support.fleet import judge, plan
from support.fleet.internet import Request

LONG = bool(os.environ.get('NEWSWIRE_LONG'))
SEED = int(os.environ.get('SEED', '7'))
LEASE = 5


def folder():
    """In memory where that is possible: what is killed loses nothing there, and thousands of files are made."""
    memory = pathlib.Path('/dev/shm')
    return tempfile.TemporaryDirectory(
        prefix='nw-fleet-', dir=memory if os.access(memory, os.W_OK) else None, ignore_cleanup_errors=True)


def world_of(test, **options):
    place = folder()
    stack = contextlib.ExitStack()
    test.addCleanup(stack.close)
    stack.enter_context(place)
    return stack.enter_context(fleet_world.World(place.name, lease=LEASE, **options))


class Judges(unittest.TestCase):
    """Each check can fail: a clean log passes, and the same log with one thing wrong does not."""

    def log(self):
        """Two groups, asked by two nodes: one with a gap of a second, one at a time; one without, two at a time."""
        requests = []
        for n in range(20):
            requests.append(Request(100.0 + n, 100.3 + n, 'a', 'g', 'www.g', '/1', 200, 1, 1))
            requests.append(Request(100.0 + n, 100.2 + n, 'b', 'h', 'www.h', '/2', 304, 2, 0))
            requests.append(Request(100.1 + n, 100.4 + n, 'b', 'h', 'www.h', '/3', 200, 2, 0))
        return requests

    def test_requests_at_once(self):
        self.assertEqual(judge.too_many(self.log()), [])
        # The end and the next begin in one millisecond: the end came first.
        touching = [Request(100.3 + n, 100.5 + n, 'a', 'g', 'www.g', '/1', 200, 1, 0) for n in range(3)]
        self.assertEqual(judge.too_many(self.log() + touching), [])
        for moment, group, limit in ((105.299, 'g', 1), (105.15, 'h', 2)):
            # By whichever node.
            for node in 'ab':
                wrong = Request(moment, moment + 0.1, node, group, '', '/x', 200, limit, 0)
                self.assertEqual([r for r, _ in judge.too_many(self.log() + [wrong])], [wrong])

    def test_requests_too_close(self):
        self.assertEqual(judge.too_close(self.log()), [])
        late = lambda node, seconds: Request(119 + seconds, 119.9 + seconds, node, 'g', 'www.g', '/1', 200, 1, 1)
        for node, seconds, is_fine in (
                ('a', 1.0, True), ('a', 0.96, True), ('a', 0.94, False), ('b', 0.999, True), ('b', 0.997, False), ('b', 0.0, False)):
            found = judge.too_close(self.log() + [late(node, seconds)])
            self.assertEqual(not found, is_fine, (node, seconds, found))

    def test_requests_without_a_lease(self):
        beats = {'a': {(99 + n, 104 + n) for n in range(0, 18, 2)}, 'b': {(90.0, 130.0)}}
        self.assertEqual(judge.without_lease(self.log(), beats), [])
        # Cut off at the beat of second 111: what it asks until 116 is its right, from there on nothing is.
        cut = {**beats, 'a': {span for span in beats['a'] if span[0] <= 111}}
        found = judge.without_lease(self.log(), cut)
        self.assertEqual([(r.node, r.start) for r, _ in found], [('a', 117.0), ('a', 118.0), ('a', 119.0)])
        self.assertIn('1.000 s after its lease ended', found[0][1])
        # And back with the beat of second 118.5.
        cut['a'].add((118.5, 123.5))
        self.assertEqual(len(judge.without_lease(self.log(), cut)), 2)
        self.assertEqual(len(judge.without_lease(self.log(), {'a': beats['a']})), 40)
        # A node that has left, or was declared dead, has '-infinity'.
        self.assertEqual(len(judge.without_lease(self.log(), {**beats, 'b': {(90.0, float('-inf'))}})), 40)

    def test_the_take_over(self):
        lists = {('www.g', '/1'), ('www.h', '/2'), ('www.h', '/3')}
        before = [r for r in self.log() if r.start < 110]
        # b dies at 110; a asks for one of its lists after 6 s, for the other after 9 s and once before, without success.
        after = [Request(116.0, 116.1, 'a', 'h', 'www.h', '/2', 304, 2, 0), Request(112.0, 112.1, 'a', 'h', 'www.h', '/3', 503, 2, 0),
                 Request(119.0, 119.1, 'a', 'h', 'www.h', '/3', 200, 2, 0)]
        self.assertEqual(judge.not_taken_over(before + after, 'b', 110.0, 10, lists), ([], 2, 9.0))
        late, count, _ = judge.not_taken_over(before + after, 'b', 110.0, 8, lists)
        self.assertEqual((len(late), count), (1, 2))
        self.assertEqual(len(judge.not_taken_over(before, 'b', 110.0, 10, lists)[0]), 2)

    def test_the_stream(self):
        stories = {u: SimpleNamespace(url=u, version=v) for u, v in (('one', 1), ('two', 2))}
        right = {('one', 1): 1, ('two', 1): 1, ('two', 2): 1}
        self.assertEqual(judge.in_the_stream(stories, right, []), [])
        for wrong, words in (
                ({('one', 1): 1, ('two', 2): 1}, 'lost: two version 1'), ({**right, ('one', 1): 2}, '2 times: one version 1'),
                ({**right, ('one', 2): 1}, 'too much: one version 2'), ({**right, ('three', 1): 1}, 'too much: three version 1')):
            self.assertEqual(judge.in_the_stream(stories, wrong, []), [words])
        self.assertEqual(judge.in_the_stream(stories, right, ['its title is wrong']), ['its title is wrong'])

    def test_what_an_article_says(self):
        from support.fleet import papers, stream
        paper = papers.Paper(1, 2, 0, False, True)
        story = papers.Story(5, paper, paper.sources)
        article = lambda **more: {
            'uri': 'urn:newswire:paper-001:x', 'version': '1', 'title': story.title, 'altIds': [{'role': 'canonical', 'value': story.url}],
            'bodies': [{'role': 'text', 'value': story.text(1)}], **more}
        press = SimpleNamespace(stories={story.url: story})
        for more, reason in (
                ({}, None), ({'title': 'x'}, 'title'), ({'representationType': 'partial'}, 'partial'), ({'bodies': []}, 'text'),
                ({'bodies': [{'role': 'text', 'value': story.text(2)}]}, 'text'),
                ({'version': '2'}, 'text'), ({'altIds': []}, 'no paper printed')):
            watch = stream.Watch(None, press)
            watch.take(article(**more), 0)
            self.assertEqual(bool(watch.wrong), reason is not None, watch.wrong)
            self.assertIn(reason or '', ''.join(watch.wrong))
        watch = stream.Watch(None, press)
        watch.take(article(), 0)
        watch.take(article(uri='urn:newswire:paper-001:y'), 0)
        self.assertEqual(watch.found, {(story.url, 1): 2})
        self.assertIn('came as', watch.wrong[0])

    def test_a_seed_gives_its_order(self):
        nodes = ['a', 'b', 'c']
        faults, lasts = plan.orders(6, 3, nodes, LEASE)
        self.assertEqual((faults, lasts), plan.orders(6, 3, nodes, LEASE))
        self.assertNotEqual(faults, plan.orders(6, 4, nodes, LEASE)[0])
        for order in range(6):
            self.assertEqual(sorted(f.kind for f in faults if f.order == order), sorted(plan.KINDS))
        for fault in faults:
            beside = [f for f in faults if f is not fault and f.at < fault.at + fault.lasts and fault.at < f.at + f.lasts]
            self.assertNotIn(fault.target, [f.target for f in beside], f'{fault} hits what is hit')
            if fault.is_measured:
                self.assertEqual([f for f in beside if f.at < fault.at + 2 * LEASE], [])


@unittest.skipIf(fleet_world.needed(), fleet_world.needed())
class Fleet(unittest.TestCase):
    maxDiff = None

    def test_faults_in_random_order(self):
        """All kinds of faults in random order while the papers print on."""
        if LONG:
            world = world_of(self, large=100, small=400, seed=SEED)
            count, articles, kinds = int(os.environ.get('ORDERS', '50')), int(os.environ.get('ARTICLES', '20000')), plan.KINDS
            options = {}
        else:
            world = world_of(self, large=6, small=24, interval=4, seed=SEED)
            count, articles = 1, 150
            # Those that take long are left to the long form.
            kinds = [kind for kind in plan.KINDS if kind not in ('cut from everything', 'freeze')]
            options = {'pause': (0.02, 0.2)}
        # To look for the cause of a failure.
        kinds = [kind for kind in kinds if kind not in os.environ.get('WITHOUT', '').split(',')]
        began = time.monotonic()
        world.start()
        self.wait(world, 'all lists were asked for', 60 + len(world.lists) / 10, lambda: world.asked_lists() == len(world.lists))
        faults, lasts = plan.orders(count, SEED, list(world.nodes), LEASE, kinds, **options)
        world.left, world.rate = articles, articles / lasts
        self.say(f'{len(world.nodes)} nodes, {len(world.lists)} sources in {len(groups(world))} rate groups, ready after '
                 f'{time.monotonic() - began:.0f} s; {len(faults)} faults in {count} orders over {lasts:.0f} s (seed {SEED})')
        world.play(faults)
        start = time.monotonic()
        for order in range(count):
            end = min((f.at for f in faults if f.order > order), default=lasts)
            world.run(start + end - time.monotonic())
            if LONG:
                self.say(f'order {order + 1}: {" ".join(short(f) for f in faults if f.order == order)}\n    ' + state(world))
        world.run(60, lambda: not world.left)
        self.wait(world, 'everything is in the stream', 120, lambda: world.is_complete, is_needed=False)
        # What is too much comes later.
        world.run(2 * LEASE if LONG else LEASE)
        problems = world.problems()
        self.say(f'{state(world)}; {time.monotonic() - began:.0f} s\n' + figures(world))
        for check, found in problems.items():
            with self.subTest(check=check):
                self.assertEqual(found[:20], [], f'{len(found)} in all (seed {SEED})\n{tails(world)}')

    def test_a_node_is_drained_and_comes_back(self):
        world = world_of(self, large=4, small=12, interval=3)
        world.start()
        everything = lambda: world.asked_lists() == len(world.lists)
        self.wait(world, 'all lists were asked for', 40, everything)
        self.wait(world, 'all three ask', 20, lambda: {r.node for r in world.internet.requests[-60:]} == set('abc'))
        shown = json.loads(self.ctl(world, 'fleet', '--json'))
        self.assertEqual(sorted(node['name'] for node in shown['nodes']), ['a', 'b', 'c'], shown)
        self.assertIn('paper000.example', self.ctl(world, 'fleet', '--groups'))
        self.ctl(world, 'drain', 'b', '--wait')
        begin = time.time()
        world.left, world.rate = 10, 5
        world.run(5)
        self.wait(world, 'everything is in the stream', 30, lambda: world.is_complete)
        since = [r for r in world.internet.requests if r.start > begin + 0.5]
        self.assertEqual({r.node for r in since}, {'a', 'c'})
        self.wait(world, 'the others ask for all', 15, lambda: len(
            {(r.host, r.path) for r in world.internet.requests if r.start > begin} & world.lists) == len(world.lists))
        self.ctl(world, 'drain', 'b', '--undo')
        self.wait(world, 'b asks again', 20, lambda: any(r.node == 'b' for r in world.internet.requests[-50:]))
        world.run(LEASE)
        self.assertEqual({check: found for check, found in world.problems().items() if found}, {})

    def ctl(self, world, *words):
        node = world.nodes['a']
        process = node.place.start(
            programs.program('newswirectl'), *words, '--config', node.config, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        world.run(40, lambda: process.poll() is not None)
        out, errors = process.communicate(timeout=1)
        self.assertEqual(process.returncode, 0, errors.decode())
        return out.decode()

    def test_machines_that_know_nothing_of_each_other_are_found_out(self):
        """The checks on the real thing: three machines without a common state ask everything thrice."""
        world = world_of(self, large=3, small=4, interval=4, is_fleet=False)
        world.start()
        world.left, world.rate = 10, 5
        self.wait(world, 'everything is in the stream', 30, lambda: world.is_complete)
        problems = world.problems()
        self.assertGreater(min(len(problems['at once']), len(problems['gap'])), 10)
        self.assertRegex(problems['gap'][0], 'ms too soon, by [abc] and [abc]')
        # The stream knows an article again, whoever sends it.
        self.assertEqual(problems['stream'] + problems['crash'], [])

    def say(self, text):
        if LONG:
            print(f'\n  {text}', end='', flush=True)

    def wait(self, world, what, patience, test, is_needed=True):
        if not world.run(patience, test) and is_needed:
            self.fail(f'not within {patience:.0f} s: {what}; {state(world)}\n{tails(world)}')


def groups(world):
    return {world.press.group(host) for host in world.press.hosts}


def short(fault):
    return f'[{fault.kind}{"" if fault.target in fault.kind else " " + fault.target}{"*" if fault.is_measured else ""}]'


def state(world):
    waiting = sum(node.queued() for node in world.nodes.values())
    return (f'{len(world.press.stories)} articles, {world.press.wanted} versions printed, {len(world.watch.found)} in the stream, '
            f'{waiting} in the queues, {len(world.internet.requests)} requests')


def figures(world):
    """What the checks were held against, as lines."""
    requests = world.internet.requests
    by_node = {name: sum(r.node == name for r in requests) for name in world.nodes}
    gaps = [(left, r.node == before.node) for r, before, left in judge.gaps(requests)]
    took = [judge.not_taken_over(requests, e.target, e.begin, 2 * LEASE, world.lists) for e in world.happened if e.is_measured]
    kinds = {kind: sum(e.kind == kind for e in world.happened) for kind in plan.KINDS}
    between = [left for left, is_same in gaps if not is_same]
    lines = [
        'requests by node: ' + ', '.join(f'{name} {count}' for name, count in by_node.items()),
        'faults: ' + ', '.join(f'{kind} {count}' for kind, count in kinds.items() if count),
        f'gaps kept: {len(gaps)} within a node, of which the closest came '
        f'{max([left for left, is_same in gaps if is_same], default=0) * 1000:.0f} ms too soon; {len(between)} between two nodes, '
        f'{max(between, default=0) * 1000:.0f} ms',
        f'take-over: {sum(count for _, count, _ in took)} lists of {len(took)} dead nodes, the slowest after '
        f'{max([slowest for _, _, slowest in took], default=0):.1f} s',
        'ends by themselves: ' + (', '.join(
            f'{p.name} of {n.name} {status}' for n in world.nodes.values() for p in n.programs for _, status in p.ends) or 'none'),
        *(f'a server ended by itself: {death}' for death in world.deaths),
    ]
    return '\n'.join(f'    {line}' for line in lines)


def tails(world, lines=15):
    """The last that each program said beyond its everyday."""
    def last(program):
        told = [line[:300] for line in program.said().splitlines() if ' info ' not in line[:32] and ' debug ' not in line[:32]]
        return '\n'.join(told[-lines:])

    deaths = ''.join(f'a server ended by itself: {death}\n' for death in world.deaths)
    return deaths + '\n'.join(f'--- {p.name} of {node.name}\n{last(p)}' for node in world.nodes.values() for p in node.programs)


if __name__ == '__main__':
    unittest.main()
