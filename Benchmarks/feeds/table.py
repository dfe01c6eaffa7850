"""table.py: lines of "tool path bytes items seconds" as a table of megabytes a second, with the ratio to bare SAX."""
import os, sys

order, paths, found = [], [], {}
for line in sys.stdin:
    tool, path, size, items, seconds = line.rstrip('\n').split('\t')
    if tool not in order:
        order.append(tool)
    if path not in paths:
        paths.append(path)
    found[tool, path] = int(size) / max(float(seconds), 1e-6) / 1e6, items

print('| feed | ' + ' | '.join(order) + ' | newswire / sax |')
print('|---' * (len(order) + 2) + '|')
for path in paths:
    # Who finds no items does not read the format.
    cells = [f'{found[t, path][0]:.1f}' if (t, path) in found and found[t, path][1] != '0' else '–' for t in order]
    ratio = found['newswire', path][0] / found['sax', path][0]
    name = os.path.basename(path.rstrip('/')) + (' (folder)' if os.path.isdir(path) else '')
    print(f'| {name} | ' + ' | '.join(cells) + f' | {ratio:.2f} |')
print()
for path in paths:
    counts = ', '.join(f'{t} {found[t, path][1]}' for t in order if (t, path) in found and t not in ('sax', 'newswire+json'))
    print(f'items of {os.path.basename(path.rstrip("/"))}: {counts}')
