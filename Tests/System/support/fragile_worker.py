"""A worker with a weakness: passes everything through to the real newswire-worker, but a job whose bytes hold a marker
kills it or hangs it, as a page might that meets a bug in a parser. Used as `[workers] program`.

    fragile_worker.py /path/to/newswire-worker
"""
import os
import signal
import subprocess
import sys
import threading
import time

CRASH, HANG = b'THIS-PAGE-CRASHES-THE-PARSER', b'THIS-PAGE-HANGS-THE-PARSER'


def main():
    real = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=1)

    def follow():
        status = real.wait()
        os._exit(status if status >= 0 else 1)

    threading.Thread(target=follow, daemon=True).start()
    seen = b''
    while data := os.read(0, 65536):
        seen = seen[-64:] + data
        if CRASH in seen:
            os.kill(os.getpid(), signal.SIGSEGV)
        if HANG in seen:
            time.sleep(3600)
        real.stdin.write(data)
        real.stdin.flush()
    real.stdin.close()
    real.wait()


if __name__ == '__main__':
    main()
