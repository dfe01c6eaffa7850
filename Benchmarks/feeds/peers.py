"""peers.py NAME SECONDS PATH…: how fast feedparser or fastfeedparser reads a file, or all files of a folder.

Prints "path bytes items seconds", tab separated: the best round of those that fit into SECONDS, at least one.
"""
import contextlib, importlib, io, os, sys, time, warnings

warnings.simplefilter('ignore')
name, seconds, paths = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
module = importlib.import_module(name)


def load(path):
    if not os.path.isdir(path):
        return [open(path, 'rb').read()]
    return [open(os.path.join(path, n), 'rb').read() for n in sorted(os.listdir(path)) if not n.startswith('.')]


for path in paths:
    files = load(path)
    best, start = None, time.process_time()
    while best is None or time.process_time() - start + best < seconds:
        begin, items = time.process_time(), 0
        for data in files:
            with contextlib.redirect_stdout(io.StringIO()):
                try:
                    items += len(module.parse(data)['entries'])
                except Exception:
                    pass
        took = time.process_time() - begin
        best = took if best is None else min(best, took)
    print(path, sum(map(len, files)), items, f'{best:.6f}', sep='\t', flush=True)
