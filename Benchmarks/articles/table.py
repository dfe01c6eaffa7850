"""table.py: lines of "round tool processors pages seconds peak-kilobytes characters" as a table of pages a second.

The best round of each tool counts: whatever else uses the machine meets some rounds, and never makes one faster.
"""
import sys

order, found = [], {}
for line in sys.stdin:
    number, tool, processors, pages, seconds, peak, characters = line.rstrip('\n').split('\t')
    if tool not in order:
        order.append(tool)
    rounds = found.setdefault((tool, processors), {})
    rounds.setdefault(number, []).append((int(pages), float(seconds), int(peak)))


def rate(tool, processors):
    # Of two processes at the same time the slower one counts.
    return max(sum(run[0] for run in runs) / max(run[1] for run in runs) for runs in found[tool, processors].values())


print('| | pages/s, one processor | pages/s, two | of libxml2 | of trafilatura | peak memory with all pages held |')
print('|---|---|---|---|---|---|')
for tool in order:
    print(f'| {tool} | {rate(tool, "1"):.0f} | {rate(tool, "2"):.0f} | {rate(tool, "1") / rate("libxml2", "1"):.2f} '
          f'| {rate(tool, "1") / rate("trafilatura", "1"):.1f} | {max(run[2] for runs in found[tool, "1"].values() for run in runs) / 1024:.0f} MB |')
