"""What a worker costs to start: as a child of the daemon inside its unit, and as a socket-activated unit of its own.

    cd Tests/System && python3 -m support.bench worker_spawn.py FOLDER-WITH-THE-PACKAGE

Prints milliseconds from the wish to the worker's hello, and what each way leaves in memory.
"""
import glob
import pathlib
import socket
import statistics
import subprocess
import time

WORKER = '/usr/lib/newswire/newswire-worker'
HARDENED = '''DynamicUser=yes
PrivateNetwork=yes
IPAddressDeny=any
RestrictAddressFamilies=AF_UNIX
MemoryMax=256M
TasksMax=8
CapabilityBoundingSet=
PrivateUsers=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProcSubset=pid
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
UMask=0077
SystemCallArchitectures=native
SystemCallFilter=@system-service landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp
'''


def as_child():
    began = time.monotonic()
    process = subprocess.Popen([WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdout.readline()
    took = time.monotonic() - began
    process.stdin.close()
    process.wait()
    return took


def as_unit():
    began = time.monotonic()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect('/run/worker.sock')
    connection.recv(100)
    took = time.monotonic() - began
    connection.close()
    time.sleep(0.05)
    return took


def report(name, measure, count=40):
    measure()
    values = sorted(measure() * 1000 for _ in range(count))
    print(f'{name}: median {statistics.median(values):.1f} ms, 9 of 10 within {values[count * 9 // 10]:.1f} ms')


subprocess.run(['apt-get', 'install', '-y', *glob.glob('/run/shared/newswire_*_1.deb')], check=True, capture_output=True)
units = pathlib.Path('/run/systemd/system')
(units / 'worker.socket').write_text('[Socket]\nListenStream=/run/worker.sock\nAccept=yes\nMaxConnections=64\n')
(units / 'worker@.service').write_text(
    f'[Unit]\nCollectMode=inactive-or-failed\n[Service]\nExecStart={WORKER}\nStandardInput=socket\nStandardOutput=socket\n{HARDENED}')
subprocess.run(['systemctl', 'daemon-reload'], check=True)
subprocess.run(['systemctl', 'start', 'worker.socket'], check=True)
report('child of the daemon', as_child)
report('unit of its own', as_unit)
print(subprocess.run(['systemd-analyze', 'security', '--no-pager', '--offline=true', str(units / 'worker@.service')],
                     capture_output=True, text=True).stdout.splitlines()[-1])
subprocess.run(['systemctl', 'exit', '0'])
