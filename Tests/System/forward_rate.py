#!/usr/bin/env python3
"""forward_rate.py [--programs DIR] [COUNT [BYTES]]: articles through newswire-forward into a stream of a real nats-server, on loopback.

Prints articles a second, the largest resident set, and processor time, at work and idle.
"""
import argparse
import os
import pathlib
import sys
import time
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--programs', default=str(FOLDER.parents[1] / '.build' / 'release'))
    parser.add_argument('count', nargs='?', type=int, default=5000)
    parser.add_argument('bytes', nargs='?', type=int, default=20_000)
    options = parser.parse_args()
    os.environ['NEWSWIRE_PROGRAMS'] = str(pathlib.Path(options.programs).resolve())
    sys.path.insert(0, str(FOLDER))
    from test_forward import Forward

    class Rate(Forward):
        def runTest(self):
            self.server.start()
            self.create()
            self.put(options.count, size=options.bytes)
            self.config.write_text(self.config.read_text().replace('"debug"', '"info"'))
            began, peak = time.monotonic(), 0
            self.start()
            while any(self.spool.glob('????????/*')):
                peak = max(peak, self.resident())
                time.sleep(0.02)
            took, used = time.monotonic() - began, self.processor()
            time.sleep(10)
            idle = self.processor() - used
            print(f'{options.count} articles of {options.bytes} bytes: {options.count / took:.0f}/s, peak {peak / 1024:.0f} MiB, '
                  f'{used / options.count * 1e6:.0f} µs of processor time each; idle {self.resident() / 1024:.0f} MiB, {idle * 10:.1f} %')
            self.stop()

        def resident(self):
            lines = pathlib.Path(f'/proc/{self.process.pid}/status').read_text().splitlines()
            return next((int(line.split()[1]) for line in lines if line.startswith('VmRSS')), 0)

        def processor(self):
            fields = pathlib.Path(f'/proc/{self.process.pid}/stat').read_text().rpartition(')')[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    result = unittest.TestResult()
    Rate().run(result)
    for _, text in result.failures + result.errors:
        sys.exit(text)


if __name__ == '__main__':
    main()
