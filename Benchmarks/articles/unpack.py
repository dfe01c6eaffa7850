"""unpack.py PAGES TARGET: unpacks the pages of a corpus and prints "path<TAB>url<TAB>page", a line each."""
import gzip, json, os, sys

pages, target = sys.argv[1:3]
os.makedirs(target, exist_ok=True)
for entry in json.load(open(os.path.join(pages, 'index.json'))):
    path = os.path.abspath(os.path.join(target, entry['page'].replace('/', '-') + '.html'))
    if not os.path.exists(path):
        with open(path, 'wb') as file:
            file.write(gzip.open(os.path.join(pages, entry['page'] + '.html.gz')).read())
    print(path, entry['url'], entry['page'], sep='\t')
