"""peers.py NAME SECONDS LIST: how fast trafilatura or resiliparse reads the pages of a list ("path<TAB>url" a line).

trafilatura reads text and metadata; resiliparse the main text alone, it has no metadata. Prints
"pages seconds peak-kilobytes characters": processor time, the best round of those that fit into SECONDS, at least one.
"""
import resource, sys, time, warnings

warnings.simplefilter('ignore')
name, seconds, listing = sys.argv[1], float(sys.argv[2]), sys.argv[3]
pages = [(open(path, 'rb').read(), url) for path, url in (line.rstrip('\n').split('\t')[:2] for line in open(listing))]

if name == 'trafilatura':
    import logging
    import trafilatura
    logging.disable(logging.CRITICAL)

    def read(data, url):
        found = trafilatura.bare_extraction(data, url=url, with_metadata=True)
        return len(found.text or '') if found else 0
elif name == 'resiliparse':
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    from resiliparse.parse.html import HTMLTree

    def read(data, url):
        tree = HTMLTree.parse(bytes_to_str(data, detect_encoding(data)))
        return len(extract_plain_text(tree, main_content=True))
else:
    sys.exit(f'unknown peer {name}')

best, characters, start = None, 0, time.process_time()
while best is None or time.process_time() - start + best < seconds:
    begin, characters = time.process_time(), 0
    for data, url in pages:
        try:
            characters += read(data, url)
        except Exception:
            pass
    took = time.process_time() - begin
    best = took if best is None else min(best, took)
print(len(pages), f'{best:.6f}', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, characters, sep='\t')
