"""A wall clock for each node that can be set wrong while its programs run (skew.c)."""
import pathlib
import struct
import subprocess

from .. import faults


class Clock:
    library = None

    def __init__(self, folder):
        self.file = pathlib.Path(folder) / 'clock'
        self.seconds = 0
        self.file.write_bytes(struct.pack('q', 0))
        if Clock.library is None or not Clock.library.exists():
            Clock.library = pathlib.Path(folder) / 'skew.so'
            source = pathlib.Path(__file__).with_name('skew.c')
            subprocess.run(
                [faults.compiler(), '-shared', '-fPIC', '-O2', '-o', Clock.library, source, '-ldl'], check=True)

    @property
    def environment(self):
        return {'LD_PRELOAD': str(Clock.library), 'SKEW_FILE': str(self.file)}

    def set(self, seconds):
        """In place: the programs have the file mapped."""
        self.seconds = seconds
        with self.file.open('r+b') as file:
            file.write(struct.pack('q', seconds))
