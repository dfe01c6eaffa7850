"""dirq_consumer.py DIRECTORY FILE: python-dirq as Debian ships it, taking whatever it can until SIGTERM; appends
"uri version" of each article to FILE."""
import hashlib
import json
import os
import random
import signal
import sys
import time

from dirq.QueueSimple import QueueSimple

stopping = False


def stop(*_):
    global stopping
    stopping = True


signal.signal(signal.SIGTERM, stop)
queue = QueueSimple(sys.argv[1])
out = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
rounds = 0
while not stopping:
    taken = 0
    for name in queue:
        if stopping:
            break
        if not queue.lock(name):
            continue
        line, trailer = queue.get(name).split(b'\n')[:2]
        if trailer != b'#sha256=' + hashlib.sha256(line).hexdigest().encode():
            os.write(out, b'damaged -\n')
            continue
        article = json.loads(line)
        os.write(out, f'{article["uri"]} {article["version"]}\n'.encode())
        queue.remove(name)
        taken += 1
    rounds += 1
    if rounds % 20 == 0:
        queue.purge()
    if not taken:
        # Of several that wait equally long one can come too late each time.
        time.sleep(random.uniform(0.01, 0.09))
