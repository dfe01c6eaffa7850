"""One million sources on twenty nodes, simulated with the costs that run.sh measured (costs.json): an hour as busy as the busiest
of the day, in which a node is lost. Prints a Markdown table and draws docs/fleet-sizing.svg.

usage: Benchmarks/fleet/sizing.py [--sources N] [--nodes N] [--plot FILE]
"""
import argparse
import heapq
import json
import math
import pathlib
import random

HERE = pathlib.Path(__file__).resolve().parent
# The sources of Benchmarks/simulation (docs/measurements-fetching.md): share, requests a day as newswired made them there, and new
# items a day, which together are its 48 items a source and day.
CLASSES = ((0.0478, 90.1, 470), (0.2924, 33.3, 72), (0.3498, 15.5, 13), (0.2034, 11.5, 2), (0.0750, 11.5, 0.2), (0.0316, 11.5, 0))
# What the busiest hour has more than the mean one. Assumed.
PEAK = 1.8
# P(a rate group has k sources or more) = k^-TAIL, up to LARGEST. Assumed: most sites have one list, some have hundreds.
TAIL, LARGEST = 1.35, 2000
# A statement may claim so many groups (LeaseBook.batch).
BATCH = 2000
MINUTES, DEATH = 30, 10


def poisson(dice, mean):
    if mean > 30:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count += 1
        product *= dice.random()
    return count


class Simulation:
    def __init__(self, sources, nodes, costs, seed=1):
        self.dice, self.nodes, self.costs, self.lease = random.Random(seed), nodes, costs, costs['lease']
        self.row = costs['nodes'][max(costs['nodes'], key=int)]
        # Groups until all sources have one; each goes to the node that has least.
        self.group_of, self.sizes = [], []
        while len(self.group_of) < sources:
            size = min(LARGEST, int(self.dice.random() ** (-1 / TAIL)), sources - len(self.group_of))
            self.group_of += [len(self.sizes)] * size
            self.sizes.append(size)
        load = [(0, node) for node in range(nodes)]
        self.holder = [0] * len(self.sizes)
        for group in sorted(range(len(self.sizes)), key=lambda g: -self.sizes[g]):
            weight, node = heapq.heappop(load)
            self.holder[group] = node
            heapq.heappush(load, (weight + self.sizes[group], node))
        cuts, total = [], 0
        for share, requests, items in CLASSES:
            total += share
            cuts.append((total, 86400 / requests / PEAK, items * PEAK / 86400))
        self.kind = [next((c for c in cuts if c[0] >= draw), cuts[-1]) for draw in (self.dice.random() for _ in range(sources))]

    def take_over(self, node, moment):
        """When each group of the lost node is another's, and the seconds in which claims are made: (second, groups) each."""
        others = [other for other in range(self.nodes) if other != node]
        groups = [g for g, holder in enumerate(self.holder) if holder == node]
        beat = self.lease / 5
        last = moment - self.dice.uniform(0, beat)
        due, claims = {}, []
        # Each sees the last beat at its next look, and the node as dead a whole lease later, when it looks again.
        turns = []
        for other in others:
            look = last + self.dice.uniform(0, beat)
            turns.append((look + self.lease, other))
        turns.sort()
        share = math.ceil(len(groups) / len(others))
        for at, other in turns:
            for start in range(0, share, BATCH):
                part = [groups.pop() for _ in range(min(BATCH, share - start, len(groups)))]
                if part:
                    claims.append((at, len(part)))
                for group in part:
                    # After a silent node no group rests.
                    due[group] = at
        return due, claims

    def run(self):
        seconds, death = MINUTES * 60, DEATH * 60
        lists, items, overdue, free = ([0] * (seconds + 1) for _ in range(4))
        late = []
        heap = [(self.dice.uniform(0, kind[1]), source) for source, kind in enumerate(self.kind)]
        heapq.heapify(heap)
        due, claims = self.take_over(0, death)
        for at, count in claims:
            for second in range(death, min(seconds, int(at)) + 1):
                free[second] += count
        next_of = {}
        while heap and heap[0][0] <= seconds:
            at, source = heap[0]
            group, (_, interval, rate) = self.group_of[source], self.kind[source]
            if at >= death and group in due:
                # Not before the group is another's, and then one a second of the group.
                start = max(at, due[group], next_of.get(group, 0))
                if start > at + 0.5:
                    next_of[group] = start + 1
                    late.append((at, start))
                    for second in range(int(at), min(seconds, int(start)) + 1):
                        overdue[second] += 1
                at = start
            if at > seconds:
                heapq.heapreplace(heap, (at + interval, source))
                continue
            lists[int(at)] += 1
            items[int(at)] += poisson(self.dice, rate * interval)
            heapq.heapreplace(heap, (at + interval * self.dice.uniform(0.97, 1.03), source))
        return lists, items, overdue, free, claims, late


def figures(simulation, result):
    row, costs = simulation.row, simulation.costs
    lists, items, overdue, free, claims, late = result
    churn = costs['churn']
    nodes = simulation.nodes
    claimed = [0] * len(lists)
    for at, count in claims:
        claimed[int(at)] += count
    # What a node's being there costs grows with its beats alone; `fleet` was measured with leases of the same length.
    being = nodes * row['fleet']
    statements = [l * row['statements'] + i * row['article statements'] + being + (c > 0) for l, i, c in zip(lists, items, claimed)]
    busy = [l * row['cpu'] + i * row['article cpu'] + being * row['fleet_ms'] / 1000 + c * churn['ms a row'] / 1000
            for l, i, c in zip(lists, items, claimed)]
    wal = [l * row['wal'] + i * row['article wal'] + c * churn['wal a row'] for l, i, c in zip(lists, items, claimed)]
    work = [(l * row['node cpu'] + i * row['article node cpu']) / nodes for l, i in zip(lists, items)]
    return {'lists': lists, 'items': items, 'statements': statements, 'busy': busy, 'wal': wal, 'work': work, 'overdue': overdue, 'free': free}


def window(values, begin, end):
    return sum(values[begin:end]) / (end - begin)


def table(simulation, series, late, claims):
    calm = (60, DEATH * 60 - 10)
    row = simulation.row
    lines = [f'{len(simulation.kind):,} sources in {len(simulation.sizes):,} rate groups on {simulation.nodes} nodes; '
             f'lease {simulation.lease} s; costs measured with {max(simulation.costs["nodes"], key=int)} nodes', '',
             '| | the day\'s mean | busiest hour | its worst second | worst second after a node is lost |', '|---|---|---|---|---|']

    def add(name, key, form, scale=1):
        mean = window(series[key], *calm) * scale
        # Two minutes each.
        before, after = (max(series[key][begin:begin + 120]) * scale for begin in (DEATH * 60 - 120, DEATH * 60))
        lines.append('| ' + ' | '.join([name, *(form.format(value) for value in (mean / PEAK, mean, before, after))]) + ' |')

    add('lists fetched a second', 'lists', '{:,.0f}')
    add('articles and their pages a second = messages of JetStream', 'items', '{:,.0f}')
    add('statements a second', 'statements', '{:,.0f}')
    add('cores that PostgreSQL computes on', 'busy', '{:.2f}')
    add('WAL, MB a second', 'wal', '{:.1f}', 1e-6)
    add('of a core, each node', 'work', '{:.2f}')
    lines.append(f'| connections to PostgreSQL | {simulation.nodes * row["links"]:.0f} | | | {(simulation.nodes - 1) * row["links"]:.0f} |')
    delays = sorted(start - at for at, start in late)
    lines += ['', f'A node lost: {sum(count for _, count in claims):,} groups are another\'s '
              f'{min(at for at, _ in claims) - DEATH * 60:.0f} to {max(at for at, _ in claims) - DEATH * 60:.0f} s later, '
              f'by {len(claims)} statements of {max(count for _, count in claims)} groups at most; {len(delays):,} lists come late, '
              f'half of them by less than {delays[len(delays) // 2]:.0f} s, all by less than {delays[-1] + 1:.0f} s.']
    return '\n'.join(lines)


def gives_first(simulation, series):
    """How many sources each thing carries, by the busiest hour."""
    calm = (60, DEATH * 60 - 10)
    sources = len(simulation.kind)
    limits = [
        ('one core of PostgreSQL computing', 1 / window(series['busy'], *calm)),
        ('eight cores of PostgreSQL, three quarters busy', 6 / window(series['busy'], *calm)),
        ('100 connections (the default)', 97 / (simulation.nodes * simulation.row['links'])),
        ('2,000 messages of JetStream a second (one forwarder, measurements-fleet.md)', 2000 / window(series['items'], *calm)),
        ('one core of each of the nodes', 1 / window(series['work'], *calm)),
    ]
    lines = ['| what | carries, in sources |', '|---|---|']
    lines += [f'| {name} | {factor * sources / 1e6:.1f} million |' for name, factor in sorted(limits, key=lambda limit: limit[1])]
    return '\n'.join(lines)


def plot(series, path, simulation):
    """Three curves over the minutes around the loss."""
    begin, end = DEATH * 60 - 60, DEATH * 60 + 120
    rows = (('statements a second', 'statements', '#2b6cb0'), ('rate groups that are nobody\'s', 'free', '#c05621'),
            ('lists that are late', 'overdue', '#2f855a'))
    width, height, left, top, space = 720, 120, 80, 34, 40
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + left + 40} {top + len(rows) * (height + space) + 16}" '
             'font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="{left}" y="18" font-size="14">A node of {simulation.nodes} is lost: {len(simulation.kind):,} sources, lease '
             f'{simulation.lease} s, the busiest hour</text>']
    across = lambda second: left + (second - begin) / (end - begin) * width
    for number, (name, key, colour) in enumerate(rows):
        base = top + number * (height + space) + height
        values = series[key][begin:end + 1]
        step = 10 ** math.floor(math.log10(max(max(values), 1)))
        highest = math.ceil(max(max(values), 1) / step) * step
        parts.append(f'<text x="{left}" y="{base - height + 2}" fill="{colour}">{name}</text>')
        for part in (0, 0.5, 1):
            y = base - part * (height - 14)
            parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + width}" y2="{y:.1f}" stroke="#ddd"/>'
                         f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{highest * part:,.0f}</text>')
        line = ' '.join(f'{across(begin + i):.1f},{base - value / highest * (height - 14):.1f}' for i, value in enumerate(values))
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.3"/>')
        parts.append(f'<line x1="{across(DEATH * 60):.1f}" y1="{base - height + 10}" x2="{across(DEATH * 60):.1f}" y2="{base}" '
                     'stroke="#888" stroke-dasharray="3 3"/>')
        for second in range(begin, end + 1, 30):
            parts.append(f'<text x="{across(second):.1f}" y="{base + 15}" text-anchor="middle">{second - DEATH * 60:+d} s</text>'.replace('+0 s', '0'))
    parts.append('</svg>')
    path.write_text('\n'.join(parts) + '\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--sources', type=int, default=1_000_000)
    parser.add_argument('--nodes', type=int, default=20)
    parser.add_argument('--plot', type=pathlib.Path, default=HERE.parents[1] / 'docs' / 'fleet-sizing.svg')
    parser.add_argument('--costs', type=pathlib.Path, default=HERE / 'costs.json')
    options = parser.parse_args()
    simulation = Simulation(options.sources, options.nodes, json.loads(options.costs.read_text()))
    result = simulation.run()
    series = figures(simulation, result)
    print(table(simulation, series, result[5], result[4]))
    print('\nWhat gives first:\n')
    print(gives_first(simulation, series))
    plot(series, options.plot, simulation)


if __name__ == '__main__':
    main()
