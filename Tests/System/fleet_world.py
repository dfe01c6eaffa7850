"""A fleet and its whole world on one machine: three nodes, PostgreSQL, NATS and an internet, each in a network of its own,
with faults that come and go. tests and benchmarks start it; nothing of it is seen outside and nothing stays.

    with World(folder, large=10, small=40) as world:
        world.start()
        world.run(20)
"""
import contextlib
import heapq
import itertools
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
from typing import NamedTuple

from support import nats, programs
from support.fleet import internet, judge, postgres, skew, space, stream
from support.fleet.node import Node
from support.fleet.papers import Press

# The kinds of traffic, each on a bridge of its own, so that a node can lose one and keep the others.
WEB, DATA, STREAM = 'web', 'data', 'stream'
TICK, LOOK, BEAT = 0.05, 0.5, 0.25


def needed():
    """None, or what is missing here."""
    return (space.needed() or postgres.needed() or internet.needed() or nats.needed()
            or (None if skew.faults.compiler() else 'there is no C compiler'))


class Happened(NamedTuple):
    kind: str
    target: str
    begin: float
    end: float
    is_measured: bool


class World:
    def __init__(self, folder, large=20, small=80, nodes='abc', lease=5, interval=7, is_fleet=True, is_safe=False, is_slow=True,
                 seed=1, settings=None, database=None):
        self.folder = pathlib.Path(folder)
        # The user postgres has to get through.
        self.folder.chmod(0o755)
        self.lease, self.is_fleet = lease, is_fleet
        self.closing = []
        self.wires = self.kept(space.Wires((WEB, DATA, STREAM)))
        self.places = {}
        servers = {'net': WEB, 'pg': DATA, 'nats': STREAM}
        for name, kind in servers.items():
            self.wires.plug(self.place(name), kind, 1)
        for number, name in enumerate(nodes):
            place = self.place(name)
            for kind in (WEB, DATA, STREAM):
                self.wires.plug(place, kind, 11 + number)

        (self.folder / 'net').mkdir()
        self.press = Press(self.folder / 'net' / 'files', large, small, seed)
        hosts = self.folder / 'hosts'
        hosts.write_text('127.0.0.1 localhost\n' + ''.join(
            f'{self.wires.address(WEB, 1)} {host}\n' for host in self.press.hosts))
        self.internet = self.kept(internet.Internet(
            self.folder / 'net', self.places['net'], self.wires.address(WEB, 1), self.press,
            {self.wires.address(WEB, 11 + number): name for number, name in enumerate(nodes)}, is_slow))
        self.postgres = None
        if is_fleet:
            self.postgres = self.kept(postgres.Server(
                self.folder / 'pg', self.places['pg'], self.wires.address(DATA, 1), is_safe, database))
        self.nats = self.kept(stream.Server(self.folder / 'nats', self.places['nats'], self.wires.hub, self.wires.address(STREAM, 1)))
        self.nats.start()
        self.watch = stream.Watch(self.nats, self.press)

        plugins = self.folder / 'plugins'
        for paper in self.press.papers:
            (plugins / paper.id).mkdir(parents=True)
            (plugins / paper.id / 'plugin.toml').write_text(paper.plugin(interval))
        self.nodes = {}
        for name in nodes:
            self.places[name].bind(hosts, '/etc/hosts')
            forward = {'forward': {'urls': [self.nats.url]}}
            self.nodes[name] = node = Node(
                self.folder / f'node-{name}', name, self.places[name], plugins, {**self.fleet_settings(name), **forward, **(settings or {})})
            node.give('postgres', postgres.PASSWORD)

        self.agenda, self.numbers, self.happened = [], itertools.count(), []
        self.deaths = []  # ends of servers that nobody here had asked for
        self.rate, self.left, self.owed, self.change_rate = 0, 0, 0.0, 0.05
        self.beats = {name: set() for name in nodes}
        self.sightings = []  # when the nodes' rows could be read
        self.next_look = self.next_beat = self.last_tick = 0

    def fleet_settings(self, name):
        if not self.is_fleet:
            return {}
        return {'state': {'url': self.postgres.url, 'credential': 'postgres'}, 'fleet': {'node': name, 'lease': self.lease}}

    def place(self, name):
        self.places[name] = self.kept(space.Space(name))
        return self.places[name]

    def kept(self, thing):
        self.closing.append(thing)
        return thing

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.keep()
        for node in getattr(self, 'nodes', {}).values():
            node.thaw()
            node.kill()
        for thing in reversed(self.closing):
            thing.close()

    def keep(self):
        """Copies what everything said to the folder of NEWSWIRE_KEEP, for a look at it afterwards."""
        if not os.environ.get('NEWSWIRE_KEEP'):
            return
        target = pathlib.Path(os.environ['NEWSWIRE_KEEP'])
        target.mkdir(parents=True, exist_ok=True)
        target = pathlib.Path(tempfile.mkdtemp(prefix='world-', dir=target))
        for path in [*self.folder.glob('node-*/*.stderr'), *self.folder.glob('*/*log')]:
            shutil.copy(path, target / f'{path.parent.name}-{path.name}')
        for table in ('nodes', 'leases', 'items', 'handed', 'sources', 'outboxes') if self.postgres else ():
            with contextlib.suppress(OSError, AssertionError):
                rows = self.postgres.ask(f'select row_to_json(t) from newswire.{table} t')
                (target / f'{table}.jsonl').write_text(''.join(f'{row[0]}\n' for row in rows))
        (target / 'happened.txt').write_text(''.join(f'{event}\n' for event in self.happened))

    # Time

    def start(self, names=None):
        names = list(names or self.nodes)
        self.create_stream(self.nodes[names[0]])
        for name in names:
            self.nodes[name].start()

    def create_stream(self, node):
        """The spool has to be there before; the forwarder's --create-stream does not look at it."""
        end = time.monotonic() + 20
        while True:
            done = subprocess.run(
                node.place.command(programs.program('newswire-forward'), '--config', node.config, '--create-stream'),
                capture_output=True, text=True)
            if done.returncode == 0:
                return
            if time.monotonic() > end:
                raise AssertionError(done.stderr)
            time.sleep(0.1)

    def run(self, seconds, until=None):
        """Lets the world go on; True as soon as `until` holds, False when the time is over."""
        end = time.monotonic() + seconds
        while True:
            self.tick()
            if until and until():
                return True
            if time.monotonic() >= end:
                return False
            time.sleep(TICK)

    def tick(self):
        now = time.time()
        while self.agenda and self.agenda[0][0] <= now:
            heapq.heappop(self.agenda)[2]()
        for node in self.nodes.values():
            node.look(now)
        self.look_after_servers()
        if now >= self.next_beat:
            self.next_beat = now + BEAT
            self.read_beats()
        if now >= self.next_look:
            self.next_look = now + LOOK
            self.internet.look()
            self.watch.look(now)
            self.print_news(now)
        self.last_tick = now

    def look_after_servers(self):
        """A server that ended by itself is started again, as its own unit would, and told of: not all faults are ours."""
        for name, server in (('PostgreSQL', self.postgres), ('NATS', self.nats)):
            if server and server.is_wanted and not server.is_alive:
                said = server.log.read_text('utf-8', 'replace').splitlines()[-5:]
                self.deaths.append(f'{name} with {server.process.returncode}: ' + ' | '.join(said))
                server.is_wanted = False
                self.after(1, server.revive)

    def after(self, seconds, action):
        heapq.heappush(self.agenda, (time.time() + seconds, next(self.numbers), action))

    def print_news(self, now):
        """`rate` stories a second as long as some are left, and changes to some that have come out."""
        self.owed += min(now - self.last_tick if self.last_tick else 0, 5) + LOOK - TICK if self.left else 0
        count = min(int(self.owed * self.rate), self.left)
        if count == 0:
            return
        self.owed -= count / self.rate
        self.left -= count
        self.press.publish(count, now)
        dice = self.press.dice
        recent = list(self.press.stories.values())[-2000:]
        for _ in range(count):
            story = dice.choice(recent)
            if dice.random() < self.change_rate and self.watch.has(story):
                self.press.change(story, now)

    def read_beats(self):
        if not self.postgres or not self.postgres.is_alive:
            return
        try:
            rows = self.postgres.ask(
                'select name, extract(epoch from beat_at), extract(epoch from expires_at) from newswire.nodes', patience=1)
        except (OSError, AssertionError):
            return
        self.sightings.append(time.time())
        for name, beat, end in rows:
            if beat and end:
                self.beats[name].add((float(beat), float(end)))

    # Faults

    def strike(self, kind, target, lasts=0.0, is_measured=False):
        """Does it now and, for what lasts, undoes it later."""
        begin, undo = time.time(), None
        node = self.nodes.get(target)
        if kind == 'kill newswired':
            node.daemon.kill()
        elif kind == 'kill newswire-forward':
            node.forwarder.kill()
        elif kind == 'lose node':
            self.wires.cut(target, (WEB, DATA, STREAM))
            node.kill()
            node.forget_connections()
            undo = lambda: (node.forget_connections(), self.wires.cut(target, (WEB, DATA, STREAM), False), node.start())
        elif kind == 'kill node':
            node.kill()
            undo = node.start
        elif kind == 'kill postgres':
            self.read_beats()
            self.postgres.kill()
            undo = self.postgres.revive
        elif kind == 'kill nats':
            self.nats.kill()
            undo = self.nats.revive
        elif kind in ('cut from postgres', 'cut from everything', 'cut from the web'):
            kinds = {'postgres': (DATA,), 'everything': (WEB, DATA, STREAM), 'the web': (WEB,)}[kind[9:]]
            self.wires.cut(target, kinds)
            undo = lambda: self.wires.cut(target, kinds, False)
        elif kind == 'freeze':
            node.freeze()
            undo = node.thaw
        elif kind == 'set clock':
            node.clock.set(0 if node.clock.seconds else self.press.dice.choice((-300, 300)))
        elif kind == 'restart':
            node.daemon.terminate()
        else:
            raise ValueError(kind)

        def end():
            undo and undo()
            self.happened.append(Happened(kind, target, begin, time.time(), is_measured))

        if lasts:
            self.after(lasts, end)
        else:
            end()

    def play(self, faults):
        for fault in faults:
            self.after(fault.at, lambda fault=fault: self.strike(fault.kind, fault.target, fault.lasts, fault.is_measured))

    # What came of it

    @property
    def is_complete(self):
        """Whether all that was printed has come out."""
        return not self.left and len(self.watch.found) >= self.press.wanted and all(map(self.watch.has, self.press.stories.values()))

    @property
    def lists(self):
        return {(source.host, source.path) for source in self.press.sources}

    def asked_lists(self):
        """How many lists have been asked for at all."""
        return sum(key in self.internet.last for key in self.lists)

    def problems(self, patience=None):
        """All that is not as it must be, by the check that found it; figures too."""
        self.internet.look()
        requests = self.internet.requests
        told = lambda found: [
            f'{text}: {request.start:.3f} {request.node} {request.host}{request.path} {request.status}' for request, text in found]
        found = {
            'stream': judge.in_the_stream(self.press.stories, self.watch.found, self.watch.wrong),
            'at once': told(judge.too_many(requests)),
            'gap': told(judge.too_close(requests)),
            'crash': [f'{name} of {node.name} ended with {status}' for node in self.nodes.values()
                      for name, _, status in node.crashes()],
        }
        if self.is_fleet:
            found['lease'] = told(judge.without_lease(requests, self.beats))
            found['take-over'] = []
            for event in self.happened:
                if event.is_measured:
                    late, _, _ = judge.not_taken_over(requests, event.target, event.begin, patience or 2 * self.lease, self.lists)
                    found['take-over'] += [text for _, text in late]
        return found
