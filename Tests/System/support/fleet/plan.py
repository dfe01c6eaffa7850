"""Random orders of faults from a seed."""
import random
from typing import NamedTuple


class Fault(NamedTuple):
    """`target` is a node's name, 'postgres' or 'nats'. `at` and `lasts` are seconds, `at` from the begin of the whole plan."""
    kind: str
    target: str
    at: float
    lasts: float
    order: int
    is_measured: bool

    def __str__(self):
        return f'{self.at:7.1f} s  {self.kind} {self.target}' + (f' for {self.lasts:.1f} s' if self.lasts else '')


# Every order holds each of them once: who can be hit, and how long it lasts, in leases.
NODES = 'nodes'
KINDS = {
    'kill newswired': (NODES, (0, 0)),
    'kill newswire-forward': (NODES, (0, 0)),
    'lose node': (NODES, (2.2, 2.5)),          # no power: nothing of it says goodbye
    'kill postgres': ('postgres', (0.2, 1.2)),
    'kill nats': ('nats', (0.1, 1.0)),
    'cut from postgres': (NODES, (1.3, 1.8)),
    'cut from everything': (NODES, (1.3, 1.8)),
    'freeze': (NODES, (1.3, 1.8)),
    'set clock': (NODES, (0, 0)),
    'restart': (NODES, (0, 0)),
}
MEASURED = 'lose node'


def orders(count, seed, nodes, lease, kinds=KINDS, pause=(0.05, 0.4), measured_every=3):
    """So many orders one after the other, each with all kinds shuffled. A fault begins a while after the one before; those that
    hit different targets overlap, also with those of the order before. In every so manyth order a node is lost while nothing
    else is wrong, for twice the lease and more, so that the take-over can be measured; in the others it is one fault among all.

    The faults, and how long all of them last.
    """
    dice = random.Random(seed)
    faults, busy, at, quiet = [], {}, 0.5 * lease, 0.0
    for order in range(count):
        shuffled = list(kinds)
        dice.shuffle(shuffled)
        for kind in shuffled:
            who, (least, most) = KINDS[kind]
            lasts = dice.uniform(least, most) * lease
            at = max(at + dice.uniform(*pause) * lease, quiet)
            target = dice.choice(nodes) if who == NODES else who
            is_measured = kind == MEASURED and order % measured_every == 0
            if is_measured:
                # Everything before is over, and what was hit has had the time to come back.
                at = max([at, *(end + 1.2 * lease for end in busy.values())])
                quiet = at + 2.1 * lease
            elif busy.get(target, 0) > at:
                if who == NODES:
                    # Another one then; when all are hit, the one that is back first.
                    target = min(dice.sample(nodes, len(nodes)), key=lambda node: max(busy.get(node, 0), at))
                at = max(at, busy.get(target, 0))
            faults.append(Fault(kind, target, at, lasts, order, is_measured))
            busy[target] = at + lasts + 0.2 * lease
    return sorted(faults, key=lambda fault: fault.at), max(*busy.values(), quiet)
