"""File systems in files, to be cut off from power: what the image holds at an instant is what had reached the device."""
import contextlib
import os
import pathlib
import shutil
import subprocess

# Sizes are each maker's own minimum; the files are sparse.
MAKERS = {
    'ext4': (['mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0'], 48 << 20, ''),
    'xfs': (['mkfs.xfs', '-q', '-f'], 320 << 20, ',nouuid'),
    'btrfs': (['mkfs.btrfs', '-q', '-f'], 128 << 20, ''),
}


def needed(kind):
    """None, or why images of that kind cannot be used here."""
    if os.geteuid() != 0:
        return 'mounting needs root'
    if not pathlib.Path('/dev/loop-control').exists():
        return 'there is no /dev/loop-control'
    maker = MAKERS[kind][0][0]
    if shutil.which(maker, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin') is None:
        return f'{maker} is not installed'
    known = pathlib.Path('/proc/filesystems').read_text().split()
    if kind not in known and subprocess.run(['modprobe', '-q', kind], capture_output=True).returncode:
        return f'the kernel knows no {kind}'
    return probe(kind)


_probed = {}


def probe(kind):
    """Whether such an image can really be mounted: a container may have everything but the right."""
    if kind not in _probed:
        import tempfile
        with tempfile.TemporaryDirectory(prefix='nw-image-') as folder:
            try:
                image = make(kind, pathlib.Path(folder) / 'probe.img')
                with mounted(kind, image, pathlib.Path(folder) / 'mnt'):
                    _probed[kind] = None
            except (OSError, subprocess.CalledProcessError) as error:
                _probed[kind] = f'a {kind} image cannot be mounted here ({error})'
    return _probed[kind]


def tool(*command):
    environment = {**os.environ, 'PATH': os.environ.get('PATH', '') + ':/usr/sbin:/sbin'}
    subprocess.run(command, check=True, capture_output=True, env=environment)


def make(kind, path):
    maker, size, _ = MAKERS[kind]
    with open(path, 'wb') as file:
        file.truncate(size)
    tool(*maker, str(path))
    return path


@contextlib.contextmanager
def mounted(kind, image, where, options=''):
    where.mkdir(exist_ok=True)
    tool('mount', '-t', kind, '-o', 'loop' + MAKERS[kind][2] + options, str(image), str(where))
    try:
        yield where
    finally:
        tool('umount', str(where))


def snapshot(image, copy):
    """The image as it is at this instant. Not synced before: that would be the help which a power cut does not give."""
    tool('cp', '--sparse=always', str(image), str(copy))
    return copy
