"""table.py: of the lines of run.sh (round, what, batch, articles/s, p50 ms, p99 ms, processor µs) the medians, and the ratio
to the C loop as the median, quarter and three quarters of the ratios of neighbours."""
import collections
import statistics
import sys

runs = collections.defaultdict(dict)
for line in sys.stdin:
    round, what, batch, *figures = line.rstrip('\n').split('\t')
    runs[what, batch][round] = [float(figure) for figure in figures]

print(f'{"what":26}{"batch":>6}{"rounds":>8}{"articles/s":>12}{"p50 ms":>9}{"p99 ms":>9}{"CPU µs":>8}  of C, median (quarters)')
for (what, batch), rounds in runs.items():
    columns = [statistics.median(column) for column in zip(*rounds.values())]
    rate, p50, p99 = columns[:3]
    cpu = f'{columns[3]:8.0f}' if len(columns) > 3 else ' ' * 8
    loop = runs.get(('C loop', batch), {})
    ratios = sorted(rounds[at][0] / loop[at][0] for at in rounds if at in loop)
    of = ''
    if what != 'C loop' and len(ratios) > 1:
        low, middle, high = statistics.quantiles(ratios, n=4)
        of = f'  {middle:.2f} ({low:.2f} to {high:.2f})'
    print(f'{what:26}{batch:>6}{len(rounds):>8}{rate:>12.0f}{p50:>9.2f}{p99:>9.2f}{cpu}{of}')
