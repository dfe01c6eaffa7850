"""consume.py [DIRECTORY [COUNT]]: takes articles with python-dirq (Debian: python3-dirq), prints version and headline."""
import hashlib
import json
import os
import sys
import time

from dirq.QueueSimple import QueueSimple

queue = QueueSimple(sys.argv[1] if len(sys.argv) > 1 else '/var/spool/newswire')
left = int(sys.argv[2]) if len(sys.argv) > 2 else float('inf')
purged = float('-inf')

while left > 0:
    if time.monotonic() - purged >= 60:
        queue.purge()  # frees what dead consumers have held for ten minutes, removes empty directories
        purged = time.monotonic()
    for name in queue:
        if not queue.lock(name):
            continue  # another consumer has it
        line, _, trailer = queue.get(name).partition(b'\n')
        if trailer != b'#sha256=' + hashlib.sha256(line).hexdigest().encode() + b'\n':
            os.rename(f'{queue.path}/{name}', f'{queue.path}/bad/{os.path.basename(name)}')  # damaged: for a person to see
            queue.unlock(name)
            continue
        article = json.loads(line)
        print(article['version'], article.get('title', '(no headline)'), flush=True)  # your work, keyed on uri and version
        queue.remove(name)
        left -= 1
        if left <= 0:
            break
    else:
        time.sleep(1)
