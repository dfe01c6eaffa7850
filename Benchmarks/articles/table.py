"""table.py: lines of "tool processors pages seconds peak-kilobytes characters" as a table of pages a second."""
import sys

order, found = [], {}
for line in sys.stdin:
    tool, processors, pages, seconds, peak, characters = line.rstrip('\n').split('\t')
    if tool not in order:
        order.append(tool)
    found.setdefault((tool, processors), []).append((int(pages), float(seconds), int(peak), int(characters)))


def rate(tool, processors):
    runs = found[tool, processors]
    return sum(run[0] for run in runs) / max(run[1] for run in runs)


print('| | pages/s, one processor | pages/s, two | of libxml2 | of trafilatura | peak memory with all pages held |')
print('|---|---|---|---|---|---|')
for tool in order:
    print(f'| {tool} | {rate(tool, "1"):.0f} | {rate(tool, "2"):.0f} | {rate(tool, "1") / rate("libxml2", "1"):.2f} '
          f'| {rate(tool, "1") / rate("trafilatura", "1"):.1f} | {max(r[2] for r in found[tool, "1"]) / 1024:.0f} MB |')
