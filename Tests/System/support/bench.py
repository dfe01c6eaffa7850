"""A clean Debian under its own systemd, in a second: systemd-nspawn on a tree made once by mmdebstrap.

Every boot gets a throw-away overlay, so the tree stays as it was made. The mirror is the one this machine's apt uses.
"""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

# What the packages depend on, and what the checks inside need. No mirror can be reached from inside.
PACKAGES = (
    'systemd', 'systemd-sysv', 'dbus', 'libcurl4', 'libgcc-s1', 'libseccomp2', 'libsqlite3-0', 'libstdc++6', 'libsystemd0',
    'libxml2', 'zlib1g', 'ca-certificates', 'tzdata', 'init-system-helpers', 'python3', 'python3-dirq',
    'libnats3.4', 'nats-server',
)
CACHE = pathlib.Path(os.environ.get('NEWSWIRE_BENCH_CACHE', '/var/cache/newswire-bench'))


def unavailable():
    """None, or why nothing can be booted here."""
    if os.geteuid() != 0:
        return 'booting a Debian needs root'
    for tool, package in (('systemd-nspawn', 'systemd-container'), ('mmdebstrap', 'mmdebstrap'), ('dpkg-deb', 'dpkg')):
        if shutil.which(tool) is None:
            return f'{tool} is missing; install {package}'
    if not sources():
        return "this machine's apt knows no Debian archive to make a clean Debian from"
    with tempfile.TemporaryDirectory() as folder:
        probe = subprocess.run(
            ['unshare', '--mount', 'mount', '-t', 'tmpfs', 'none', folder], capture_output=True, text=True)
    if probe.returncode:
        return f'nothing can be mounted here: {probe.stderr.strip()}'
    return None


def sources():
    """Lines for sources.list as this machine's apt has them: the archive of its release, and nothing of others."""
    done = subprocess.run(
        ['apt-get', 'indextargets', '--format', '$(ORIGIN)|$(REPO_URI)|$(CODENAME)|$(COMPONENT)', 'Created-By: Packages'],
        capture_output=True, text=True)
    lines = []
    for line in done.stdout.splitlines():
        origin, _, rest = line.partition('|')
        uri, codename, component = rest.split('|')
        # The updates would only change what was tested; the release itself is enough.
        if origin == 'Debian' and component == 'main' and '-' not in codename:
            lines.append(f'deb {uri} {codename} {component}')
    return lines[:1]


def proxy_options():
    """apt's own way to the mirror, where it has one."""
    done = subprocess.run(['apt-config', 'dump', 'Acquire::http', 'Acquire::https'], capture_output=True, text=True)
    return [f'--aptopt={line.rstrip(";")}' for line in done.stdout.splitlines() if re.match(r'Acquire::https?::Proxy ', line)]


def tree():
    """The folder with the clean Debian; made when it is not there yet."""
    name = hashlib.sha256('\n'.join(('3', *PACKAGES, *sources())).encode()).hexdigest()[:12]
    place = CACHE / name
    if place.exists():
        return place
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.iterdir():
        shutil.rmtree(old, ignore_errors=True)
    partial = CACHE / f'{name}.partial'
    thin = ('/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*')
    done = subprocess.run(
        ['mmdebstrap', '--quiet', '--mode=root', '--variant=apt', f'--include={",".join(PACKAGES)}',
         *(f'--dpkgopt=path-exclude={path}' for path in thin), '--dpkgopt=force-unsafe-io',
         *proxy_options(), '--aptopt=Acquire::Retries "3"', '--aptopt=Acquire::Languages "none"',
         # What is installed in the tests is installed whole.
         '--customize-hook=rm -f "$1"/etc/dpkg/dpkg.cfg.d/99mmdebstrap "$1"/etc/apt/apt.conf.d/99mmdebstrap',
         sources()[0].split()[2], str(partial), *sources()],
        capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise RuntimeError(f'mmdebstrap failed:\n{done.stderr[-2000:]}')
    partial.rename(place)
    return place


def cannot_boot():
    """None, or what systemd-nspawn says when it cannot even run `true` here, as in a container without rights."""
    done = subprocess.run(
        ['timeout', '60', 'systemd-nspawn', '--quiet', f'--directory={tree()}', '--volatile=overlay', '--register=no',
         '--keep-unit', '--private-network', f'--machine=nwp{os.getpid()}', '/bin/true'],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=hierarchy())
    return f'systemd-nspawn does not work here: {(done.stderr or done.stdout).strip()}' if done.returncode else None


PROBE_TARGET = '''[Unit]
Requires=basic.target probe.service
After=basic.target
AllowIsolate=yes
'''
PROBE_SERVICE = '''[Unit]
DefaultDependencies=no
After=basic.target systemd-journald.service dbus.service
Wants=dbus.service
[Service]
Type=oneshot
Environment=PYTHONUNBUFFERED=1 LIMITS={limits}
StandardOutput=journal+console
StandardError=journal+console
TimeoutStartSec={seconds}
ExecStart=/bin/sh -c '{prepare} exec /usr/bin/python3 /run/checks/{script}'
ExecStopPost=/bin/sh -c '[ "$SERVICE_RESULT" = success ] || systemctl exit 99'
'''
# Where the machine keeps its controllers on cgroup v1, they have to be opened for the systemd inside.
PREPARE_V1 = ('for c in memory pids cpu; do mount -o remount,bind,rw /sys/fs/cgroup/$c; done; systemctl daemon-reexec;')


def has_unified_memory():
    for path in ('/sys/fs/cgroup/cgroup.controllers', '/sys/fs/cgroup/unified/cgroup.controllers'):
        try:
            if 'memory' in pathlib.Path(path).read_text().split():
                return True
        except OSError:
            pass
    return False


def hierarchy():
    """The environment of systemd-nspawn: which control groups the systemd inside is given.

    Where the controllers are on v1, nspawn chooses by itself: beside them systemd gets a v2 tree of its own, if there is one.
    On v1 alone nobody tells it that a unit's last process is gone, and a killed service may stand until TimeoutStopSec.
    """
    return {**os.environ, **({'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY': '1'} if has_unified_memory() else {})}


def boot(script, checks, shared, seconds=240):
    """Boots, runs `checks/script` with python3 as root beside a running systemd, powers off.

    `shared` is bound read-only at /run/shared. Returns (status, what the script printed). The script ends with
    `systemctl exit STATUS`; 99 means that it did not, 124 that it took too long.
    """
    unified = has_unified_memory()
    # Memory limits need the controller somewhere.
    limits = unified or pathlib.Path('/sys/fs/cgroup/memory').is_dir()
    with tempfile.TemporaryDirectory(prefix='nw-boot-') as folder:
        units = pathlib.Path(folder)
        (units / 'probe.target').write_text(PROBE_TARGET)
        (units / 'probe.service').write_text(PROBE_SERVICE.format(
            seconds=seconds, script=script, limits=int(limits), prepare='' if unified else PREPARE_V1))
        done = subprocess.run(
            ['timeout', '-k', '5', str(seconds + 30), 'systemd-nspawn', '--quiet', f'--directory={tree()}',
             '--volatile=overlay', '--register=no', '--keep-unit', '--private-network', f'--machine=nw{os.getpid()}', '--boot',
             '--system-call-filter=bpf landlock_create_ruleset landlock_add_rule landlock_restrict_self',
             # The queue refuses an overlay, whose rename and fsync promise less.
             '--tmpfs=/var/spool:mode=0755', f'--bind-ro={checks}:/run/checks', f'--bind-ro={shared}:/run/shared',
             f'--bind-ro={units}/probe.target:/run/systemd/system/probe.target',
             f'--bind-ro={units}/probe.service:/run/systemd/system/probe.service',
             'systemd.unit=probe.target', 'systemd.firstboot=off', 'quiet'],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace',
            env=hierarchy())
    printed = [re.sub(r'^(?:\x1b\[[0-9;]*m|\[ *[0-9.]+\] )*(?:python3|sh)\[\d+\]: ', '', line.rstrip())
               for line in done.stdout.splitlines() if re.search(r'(?:python3|sh)\[\d+\]: ', line)]
    if not printed:
        printed = (done.stdout + done.stderr).splitlines()[-20:]
    return done.returncode, printed


if __name__ == '__main__':
    import sys
    # python3 -m support.bench SCRIPT SHARED: one of the scripts in booted/, by hand; run in Tests/System.
    checks = pathlib.Path(__file__).resolve().parents[1] / 'booted'
    result, lines = boot(sys.argv[1], checks, sys.argv[2])
    print('\n'.join(lines))
    sys.exit(result)
