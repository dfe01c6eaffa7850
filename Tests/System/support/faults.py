"""Builds faults.c and says how to put it before a program."""
import os
import pathlib
import shutil
import subprocess
import tempfile

_built = {}


def compiler():
    """A C compiler: the system's, or the one that comes with Swift."""
    for name in ('cc', 'gcc', 'clang'):
        if shutil.which(name):
            return name
    swift = shutil.which('swift')
    beside = pathlib.Path(swift).resolve().parent / 'clang' if swift else None
    return str(beside) if beside and beside.exists() else None


def needed():
    """None, or why faults cannot be injected here."""
    return None if compiler() else 'there is no C compiler'


def library():
    if 'path' not in _built:
        # Kept, as it takes its folder along when it goes.
        folder = _built['folder'] = tempfile.TemporaryDirectory(prefix='nw-faults-')
        path = os.path.join(folder.name, 'faults.so')
        source = pathlib.Path(__file__).with_name('faults.c')
        subprocess.run([compiler(), '-shared', '-fPIC', '-O2', '-o', path, str(source), '-ldl'], check=True)
        _built['path'] = path
    return _built['path']


def environment(under, fault=None, count=None):
    """Variables for a program: fail `call:n[-m]:ERROR` on files below the folders; `count` is a file for the totals."""
    variables = {'LD_PRELOAD': library(), 'FAULTS_UNDER': ':'.join(map(str, under))}
    if fault:
        variables['FAULTS'] = fault
    if count:
        variables['FAULTS_COUNT'] = str(count)
    return variables


def counts(file):
    return {name: int(number) for name, number in (line.split() for line in pathlib.Path(file).read_text().splitlines())}
