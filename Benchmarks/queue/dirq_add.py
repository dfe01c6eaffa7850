"""dirq_add.py DIRECTORY COUNT BYTES: python-dirq's add, which syncs nothing; a line as queue-drill publish prints it."""
import sys
import time

from dirq.QueueSimple import QueueSimple

queue, count, body = QueueSimple(sys.argv[1]), int(sys.argv[2]), b'a' * int(sys.argv[3])
took = []
for _ in range(count):
    began = time.perf_counter()
    queue.add(body)
    took.append(time.perf_counter() - began)
took.sort()
print(f'python-dirq add, no sync\t1\t{count / sum(took):.0f}\t{took[count // 2] * 1000:.2f}\t{took[count * 99 // 100] * 1000:.2f}')
