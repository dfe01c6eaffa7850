"""The benchmark itself; run.sh starts it."""
import contextlib
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

import fleet_world
from support.fleet import tree

PARTS = sys.argv[1:] or ['throughput', 'load', 'takeover']
HERE = pathlib.Path(__file__).resolve().parent
ROUNDS, SECONDS = int(os.environ.get('ROUNDS', '3')), int(os.environ.get('SECONDS_EACH', '20'))
QUOTA = pathlib.Path('/sys/fs/cgroup/cpu')  # cgroup v1; see `budget`
# Statements for the fleet's own sake; what a commit is fenced by is part of the commit.
FLEET = "(query ~ 'nodes' or query ~ 'leases' and query !~ 'FOR SHARE')"


@contextlib.contextmanager
def world(nodes, large, interval, small=0, **options):
    """A fleet on the disk, with a database that syncs, and an internet that answers at once."""
    # Not below the project: the user postgres has to get there.
    with tempfile.TemporaryDirectory(prefix='nw-fleet-', dir='/var/tmp', ignore_cleanup_errors=True) as folder:
        with fleet_world.World(folder, large=large, small=small, nodes='abc'[:nodes], interval=interval, is_safe=True, is_slow=False,
                               settings={'log': {'level': 'warning', 'target': 'plain', 'file': ''}}, **options) as made:
            yield made


class Window:
    """What happens from now until `end`: requests, statements, processor seconds."""

    def __init__(self, made):
        self.world = made
        made.internet.look()
        self.requests, self.began = len(made.internet.requests), time.time()
        self.articles = len(made.watch.found)
        if made.postgres:
            made.postgres.ask('select pg_stat_statements_reset()')
            self.committed, self.sightings = self.commits(), len(made.sightings)
        self.processor = self.processors()

    def processors(self):
        made = self.world
        found = {'nodes': sum(tree.processor(node.daemon.process.pid) for node in made.nodes.values() if node.daemon.is_alive),
                 'nginx': tree.processor(made.internet.process.pid)}
        if made.postgres:
            found['postgres'] = tree.processor(made.postgres.process.pid)
        return found

    def commits(self):
        (count,), = self.world.postgres.ask("select xact_commit from pg_stat_database where datname = 'newswire'")
        return int(count)

    def end(self):
        made = self.world
        made.internet.look()
        seconds = time.time() - self.began
        after = self.processors()
        found = {'seconds': seconds, 'articles': len(made.watch.found) - self.articles,
                 'requests': len(made.internet.requests) - self.requests}
        found.update({f'cpu {name}': after[name] - self.processor[name] for name in after})
        if made.postgres:
            whose = "join pg_roles r on r.oid = s.userid where r.rolname = 'newswire'"
            total = f'select sum(calls), sum(total_exec_time), sum(wal_bytes), sum(wal_fpi) from pg_stat_statements s {whose}'
            (calls, ms, wal, _), = made.postgres.ask(total)
            (fleet, fleet_ms, _, _), = made.postgres.ask(f"{total} and {FLEET}")
            # Without those of this script: a look at the nodes' rows is one.
            commits = self.commits() - self.committed - (len(made.sightings) - self.sightings)
            (links,), = made.postgres.ask("select count(*) from pg_stat_activity where usename = 'newswire'")
            found.update(calls=float(calls or 0), ms=float(ms or 0), wal=float(wal or 0), fleet=float(fleet or 0),
                         fleet_ms=float(fleet_ms or 0), commits=float(commits), links=int(links))
        return found


def settled(made, patience=240):
    """Every list was asked for, and the nodes share them about evenly."""
    if not made.run(patience, lambda: made.asked_lists() == len(made.lists)):
        raise SystemExit(f'only {made.asked_lists()} of {len(made.lists)} lists were asked for\n'
                         + '\n'.join(node.daemon.said()[-1500:] for node in made.nodes.values()))
    made.run(5)


def budget(made, share):
    """Gives each node a part of one core, where the kernel's old interface lets us; True when it did."""
    try:
        for node in made.nodes.values():
            group = QUOTA / f'nw-fleet-{os.getpid()}-{node.name}'
            group.mkdir(exist_ok=True)
            (group / 'cpu.cfs_period_us').write_text('20000')
            (group / 'cpu.cfs_quota_us').write_text(str(int(20000 * share)))
            for pid in node.pids:
                (group / 'cgroup.procs').write_text(str(pid))
        return True
    except OSError as error:
        print(f'\nno budget of processor time can be set here: {error}')
        return False


def free(pid):
    """Back to where there is no limit."""
    with contextlib.suppress(OSError):
        (QUOTA / 'cgroup.procs').write_text(str(pid))


def forget_budget():
    for group in QUOTA.glob(f'nw-fleet-{os.getpid()}-*'):
        with contextlib.suppress(OSError):
            group.rmdir()


def part_throughput():
    cores = os.cpu_count()
    print(f'\n## Fetches a second, all sources always due ({cores} cores for nodes, PostgreSQL, nginx and this script; median of {ROUNDS})\n')
    print('| | nodes | fetches a second | processor of the nodes, µs each | of PostgreSQL | of nginx | cores used |\n|---|---|---|---|---|---|---|')
    rates = {}
    with world(3, 300, 1) as made:
        made.start()
        settled(made)
        # The same lists for one node and for three: two leave and come back.
        for nodes in (1, 3):
            if nodes == 1:
                for name in 'bc':
                    made.nodes[name].daemon.is_wanted = False
                    made.nodes[name].daemon.terminate()
            else:
                for name in 'bc':
                    made.nodes[name].daemon.is_wanted = True
            made.run(25)
            for share in (None, 0.2, 0.1):
                if share and not budget(made, share):
                    continue
                made.run(5)
                results = []
                for _ in range(ROUNDS):
                    window = Window(made)
                    made.run(SECONDS)
                    results.append(window.end())
                middle = sorted(results, key=lambda r: r['requests'] / r['seconds'])[len(results) // 2]
                rate = rates[share, nodes] = middle['requests'] / middle['seconds']
                each = [middle[f'cpu {name}'] / middle['requests'] * 1e6 for name in ('nodes', 'postgres', 'nginx')]
                used = sum(middle[f'cpu {name}'] for name in ('nodes', 'postgres', 'nginx')) / middle['seconds']
                limit = f'{share:g} of a core each' if share else 'no limit'
                print(f'| {limit} | {nodes} | {rate:.0f} | {each[0]:.0f} | {each[1]:.0f} | {each[2]:.0f} | {used:.2f} |', flush=True)
            for node in made.nodes.values():
                for pid in node.pids:
                    free(pid)
    forget_budget()
    print('\n' + ', '.join(f'three to one with {f"{share:g} of a core each" if share else "no limit"}: {rates[share, 3] / rates[share, 1]:.2f}'
                           for share in (None, 0.2, 0.1) if (share, 3) in rates))


def part_load():
    print(f'\n## What it costs the database ({os.cpu_count()} cores for all; {SECONDS} s each)\n')
    print('| nodes | fetches a second | statements a fetch | ms of the database a fetch | commits a fetch | WAL, bytes a fetch '
          '| processor of PostgreSQL a fetch, µs | connections a node | statements of the fleet a node and second |\n'
          '|---|---|---|---|---|---|---|---|---|')
    costs = {'lease': fleet_world.World.__init__.__defaults__[3], 'nodes': {}}
    for nodes in (1, 2, 3):
        with world(nodes, 60, 4, lease=15) as made:
            made.start()
            settled(made)
            made.run(15)
            results = []
            for _ in range(ROUNDS):
                window = Window(made)
                made.run(SECONDS)
                results.append(window.end())
            quiet = {key: statistics.median(r[key] for r in results) for key in results[0]}
            fetches = quiet['requests']
            row = {
                'rate': fetches / quiet['seconds'], 'statements': (quiet['calls'] - quiet['fleet']) / fetches,
                'ms': (quiet['ms'] - quiet['fleet_ms']) / fetches, 'commits': quiet['commits'] / fetches, 'wal': quiet['wal'] / fetches,
                'cpu': quiet['cpu postgres'] / fetches, 'node cpu': quiet['cpu nodes'] / fetches, 'links': quiet['links'] / nodes,
                'fleet': quiet['fleet'] / quiet['seconds'] / nodes, 'fleet_ms': quiet['fleet_ms'] / max(quiet['fleet'], 1)}
            print(f'| {nodes} | {row["rate"]:.0f} | {row["statements"]:.2f} | {row["ms"]:.3f} | {row["commits"]:.2f} | {row["wal"]:.0f} '
                  f'| {row["cpu"] * 1e6:.0f} | {row["links"]:.1f} | {row["fleet"]:.2f} |', flush=True)
            # And articles on top: what is more than the fetches of lists is theirs, their pages included.
            made.rate, made.left, made.change_rate = 20, 10**6, 0
            made.run(10)
            window = Window(made)
            made.run(SECONDS)
            busy = window.end()
            lists = busy['requests'] - busy['articles']
            count = max(busy['articles'], 1)
            more = {
                'article statements': (busy['calls'] - busy['fleet'] - lists * row['statements']) / count,
                'article ms': (busy['ms'] - busy['fleet_ms'] - lists * row['ms']) / count,
                'article cpu': (busy['cpu postgres'] - lists * row['cpu']) / count,
                'article node cpu': (busy['cpu nodes'] - lists * row['node cpu']) / count,
                'article wal': (busy['wal'] - lists * row['wal']) / count, 'articles': count / busy['seconds']}
            costs['nodes'][nodes] = {**row, **more}
    print('\n| nodes | articles a second | statements an article | ms of the database an article | WAL, bytes an article '
          '| processor of PostgreSQL an article, µs | of the nodes, µs |\n|---|---|---|---|---|---|---|')
    for nodes, row in costs['nodes'].items():
        print(f'| {nodes} | {row["articles"]:.1f} | {row["article statements"]:.1f} | {row["article ms"]:.2f} '
              f'| {row["article wal"]:.0f} | {row["article cpu"] * 1e6:.0f} | {row["article node cpu"] * 1e6:.0f} |')
    costs['churn'] = churn()
    costs['lease'] = 15
    (HERE / 'costs.json').write_text(json.dumps(costs, indent=1) + '\n')


def churn():
    """What taking leases over costs: one node of three is lost, with a thousand groups in its hands."""
    groups = int(os.environ.get('GROUPS', '3000'))
    print(f'\n## A node of three is lost ({groups} rate groups, lease 5 s)\n')
    with world(3, 0, 3600, small=groups, lease=5) as made:
        made.start()
        made.run(20, lambda: made.sightings)
        held = lambda: dict(made.postgres.ask('select node, count(*) from newswire.leases where node is not null group by node'))
        if not made.run(120, lambda: sum(map(int, held().values())) >= groups and len(held()) == 3):
            raise SystemExit(f'the groups are not shared: {held()}')
        made.run(20)
        before = held()
        Window(made)
        made.strike('lose node', 'a', 60)
        steps, began = [], time.time()
        while time.time() < began + 30 and held().get('a'):
            made.run(0.2)
            steps.append((time.time() - began, int(held().get('a', 0))))
        whose = "from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname = 'newswire'"
        (calls, rows, ms, wal), = made.postgres.ask(
            f"select sum(calls), sum(rows), sum(total_exec_time), sum(wal_bytes) {whose} and query ~ 'UPDATE leases' and query ~ 'held_since'")
        first = next((at for at, left in steps if left < int(before['a'])), None)
        last = next((at for at, left in steps if left == 0), None)
        found = {'groups': int(before['a']), 'statements': float(calls), 'rows': float(rows), 'ms a row': float(ms) / float(rows),
                 'wal a row': float(wal) / float(rows), 'first': first, 'last': last}
        print('| groups of the lost node | the first taken after | the last after | statements | ms of the database a group | WAL, bytes a group |\n'
              '|---|---|---|---|---|---|')
        print(f'| {found["groups"]} | {first:.1f} s | {last:.1f} s | {found["statements"]:.0f} | {found["ms a row"]:.3f} | {found["wal a row"]:.0f} |',
              flush=True)
        return found


def part_takeover():
    """Nodes of three are lost one after the other, each in calm: when its lists are asked for again."""
    lease = 15
    print(f'\n## Take-over, lease {lease} s ({os.cpu_count()} cores for all)\n')
    print('| lost node | its lists | median, s | 95 % within, s | the last after, s |\n|---|---|---|---|---|')
    with world(3, 50, 7, small=100, lease=lease) as made:
        made.start()
        settled(made)
        made.run(20)
        for name in 'abc'[:ROUNDS]:
            made.strike('lose node', name, 2.5 * lease)
            moment = time.time()
            made.run(2.5 * lease + 25)
            made.internet.look()
            last, after = {}, {}
            for request in sorted(made.internet.requests):
                key = request.host, request.path
                if key in made.lists and request.start <= moment:
                    last[key] = request.node
                elif key in made.lists:
                    after.setdefault(key, request.start - moment)
            took = sorted(after.get(key, float('inf')) for key, node in last.items() if node == name)
            print(f'| {name} | {len(took)} | {took[len(took) // 2]:.1f} | {took[int(len(took) * 0.95)]:.1f} | {took[-1]:.1f} |', flush=True)


for part in PARTS:
    {'throughput': part_throughput, 'load': part_load, 'takeover': part_takeover}[part]()
