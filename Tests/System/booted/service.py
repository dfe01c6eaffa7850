"""Run inside a freshly booted Debian, as root: the package from its installation to its purge.

Each check prints `passed NAME SECONDS` or `FAILED NAME` with the reason below; they build on one another, in this order.
"""
import errno
import glob
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
import traceback

sys.path.insert(0, '/run/checks')
from place import *  # noqa: the script is about these

paper = Paper()
READER, STRANGER, CLERK = 'reader', 'stranger', 'clerk'


def newest():
    """All stories of the loopback paper are in the queue or were taken from it."""
    return status()['totals']['articles']


def fetch(publisher='loopback'):
    return ctl('fetch', publisher, '--wait', check=False)


def fetched(more):
    """Publishes that many stories more and waits until they are in the queue; their elements."""
    before = set(elements())
    paper.publish(more)
    fetch()
    wait(f'{more} more articles in the queue', lambda: len(set(elements()) - before) >= more)
    return set(elements()) - before


def restarted(what, cause, seconds=30):
    """Whether systemd starts the service anew after `cause`, and it is ready again."""
    pid, count = show('MainPID'), int(show('NRestarts'))
    cause(int(pid))
    wait(f'{what}: a new process', lambda: active() and show('MainPID') not in (pid, '0') and int(show('NRestarts')) > count, seconds)
    wait(f'{what}: it answers', lambda: ctl('status', check=False).returncode == 0)


# From nothing to articles

def check_install():
    done = run('apt-get', 'install', '-y', '-o', 'Dpkg::Use-Pty=0', *glob.glob('/run/shared/newswire_*_1.deb'))
    equal(run('systemctl', 'is-enabled', 'newswired', check=False).stdout.strip(), 'disabled', 'after the installation')
    equal(show('ActiveState'), 'inactive', 'after the installation')
    for account in ('newswire', 'newswire-admin', 'newswire-consumers'):
        run('getent', 'group', account)
    equal(oct(SPOOL.stat().st_mode & 0o7777), '0o2770', 'mode of the queue')
    equal(oct((SPOOL / 'tmp').stat().st_mode & 0o7777), '0o2700', 'mode of its tmp')
    for page in ('man1/newswirectl.1', 'man5/newswire.toml.5', 'man7/newswire-plugin.7', 'man7/newswire-queue.7', 'man8/newswired.8'):
        equal(pathlib.Path(f'/usr/share/man/{page}.gz').exists(), True, page)
    matches(run('dpkg-query', '-W', '-f', '${Conffiles}', 'newswire').stdout, '/etc/newswire/newswire.toml', 'conffiles')
    run('newswired', '--check')


def check_a_stopped_daemon_says_so():
    done = ctl('status', check=False)
    equal(done.returncode, 69, 'status of a stopped daemon')
    matches(done.stderr, r'newswired does not run.*systemctl start newswired', 'what it says')
    equal(ctl('health', check=False).returncode, 2, 'health of a stopped daemon')
    equal(show('ActiveState'), 'inactive', 'asking does not start it')


def check_start_is_ready():
    with open('/etc/hosts', 'a') as hosts:
        hosts.write(f'127.0.0.1 {HOST} {SLOW} {LIVE}\n')
    pathlib.Path('/etc/newswire/newswire.toml.d/test.toml').write_text(
        '[fetch]\ncontact = "https://example.org/"\nallow_addresses = ["127.0.0.0/8"]\ngroup_gap = "0s"\n'
        '[schedule]\npage_retry = "2s"\nsource_retry = "2s"\n')
    add_plugin('loopback', HOST)
    allow('loopback')
    for user, group in ((READER, 'newswire-consumers'), (STRANGER, None), (CLERK, 'newswire-admin')):
        run('useradd', user, *(['-G', group] if group else []))
    drop_in('pace', '[Service]\nRestartSec=500ms\nTimeoutAbortSec=2s\nWatchdogSec=12s\n')
    run('systemctl', 'enable', '--now', 'newswired')
    equal(active(), True, 'start returns when it is ready')
    wait('articles', lambda: len(elements()) == 3)
    wait('the status line', lambda: ' 3 queued, ' in show('StatusText'))
    matches(run('systemctl', 'status', 'newswired', '--no-pager').stdout, r'Status: "1 publishers?, 3 queued, ', 'systemctl status')
    matches(run('systemd-analyze', 'security', '--no-pager', 'newswired').stdout, r'exposure level.*1\.[0-2]', 'exposure as it runs')


def check_a_consumer_takes_articles():
    done = run('runuser', '-u', READER, '--', 'newswirectl', 'queue', 'claim')
    element = done.stdout.split()[0]
    matches(element, r'^[0-9a-f]{8}/[0-9a-f]{14}$', 'what was claimed')
    run('runuser', '-u', READER, '--', 'newswirectl', 'queue', 'ack', element)
    equal(len(elements()), 2, 'after it was taken')
    script = ("from dirq.QueueSimple import QueueSimple\nq = QueueSimple('/var/spool/newswire')\n"
              "n = q.first()\nassert q.lock(n), n\nassert b'#sha256=' in q.get(n)\nq.remove(n)")
    run('runuser', '-u', READER, '--', 'python3', '-c', script)
    equal(len(elements()), 1, 'after dirq took one')
    equal(run('runuser', '-u', STRANGER, '--', 'newswirectl', 'queue', 'list', check=False).returncode, 77, 'a stranger')


def check_journal_fields():
    records = journal()
    kinds = {record.get('NEWSWIRE_EVENT') for record in records}
    for wanted in ('daemon.started', 'daemon.ready', 'feed.fetched', 'page.fetched', 'article.published'):
        equal(wanted in kinds, True, f'{wanted} in the journal')
    everywhere = {'MESSAGE', 'PRIORITY', 'MESSAGE_ID', 'SYSLOG_IDENTIFIER', 'CODE_FILE', 'CODE_LINE', 'CODE_FUNC', 'NEWSWIRE_EVENT'}
    fields = {
        'feed.fetched': {'NEWSWIRE_PUBLISHER', 'NEWSWIRE_SOURCE', 'NEWSWIRE_URL', 'NEWSWIRE_FETCH', 'NEWSWIRE_HTTP_STATUS',
                         'NEWSWIRE_BYTES', 'NEWSWIRE_DURATION_USEC', 'NEWSWIRE_OUTCOME', 'NEWSWIRE_NEXT'},
        'page.fetched': {'NEWSWIRE_PUBLISHER', 'NEWSWIRE_URL', 'NEWSWIRE_FETCH', 'NEWSWIRE_HTTP_STATUS', 'NEWSWIRE_BYTES',
                         'NEWSWIRE_DURATION_USEC'},
        'article.published': {'NEWSWIRE_PUBLISHER', 'NEWSWIRE_ARTICLE', 'NEWSWIRE_URL', 'NEWSWIRE_FETCH', 'NEWSWIRE_BYTES',
                              'NEWSWIRE_OUTCOME'},
    }
    for record in records:
        event = record.get('NEWSWIRE_EVENT')
        if event:
            missing = (everywhere | fields.get(event, set())) - set(record)
            equal(missing, set(), f'missing in {event}')
    fetches = {r['NEWSWIRE_FETCH'] for r in records if r.get('NEWSWIRE_EVENT') == 'page.fetched'}
    articles = {r['NEWSWIRE_FETCH'] for r in records if r.get('NEWSWIRE_EVENT') == 'article.published'}
    equal(articles, fetches, 'each article names the request it came from')
    told = run('journalctl', '-x', '-u', 'newswired', 'NEWSWIRE_EVENT=article.published', '-n', '1', '--no-pager').stdout
    matches(told, 'Subject: An article was published', 'journalctl -x')
    listed = run('journalctl', '--list-catalog').stdout
    for record in records:
        if 'MESSAGE_ID' in record and 'NEWSWIRE_EVENT' in record:
            matches(listed, record['MESSAGE_ID'] + ' newswire:', f'catalogue of {record["NEWSWIRE_EVENT"]}')


def check_log_reads_the_journal():
    lines = [json.loads(line) for line in ctl('log', '--json', '--event', 'article.published').stdout.splitlines()]
    equal((len(lines), {line['publisher'] for line in lines}), (3, {'loopback'}), 'newswirectl log')
    equal(ctl('log', '--errors', '--publisher', 'nobody').stdout, '', 'a filter that nothing passes')


def check_control_is_for_the_admin_group():
    done = ctl('pause', user=STRANGER, check=False)
    equal(done.returncode, 77, 'a stranger may not connect')
    matches(done.stderr, 'newswire-admin', 'what it says')
    ctl('pause', user=CLERK)
    wait('STATUS says so', lambda: 'paused by the operator' in show('StatusText'))
    equal(ctl('health', check=False).returncode, 1, 'health while paused')
    ctl('resume', user=CLERK)
    wait('STATUS says so', lambda: 'paused' not in show('StatusText'))


# Changes while it runs

def check_reload_takes_up_a_plugin_without_losing_a_fetch():
    paper.slow.clear()
    add_plugin('slow', SLOW)
    allow('loopback', 'slow')
    pid = show('MainPID')
    run('systemctl', 'reload', 'newswired')
    wait('the slow feed is being fetched', lambda: (SLOW, '/feed.xml') in paper.asked)
    pathlib.Path('/etc/newswire/newswire.toml.d/more.toml').write_text('[workers]\ncount = 1\n[queue]\nmax_files = 4000\n')
    run('systemctl', 'reload', 'newswired')
    equal(status()['queue']['max_articles'], 4000, 'the new limit')
    paper.slow.set()
    wait('what was under way came in', lambda: any(p['id'] == 'slow' and p['articles_total'] == paper.count for p in status()['publishers']))
    equal(show('MainPID'), pid, 'the same process')


def check_a_bad_reload_fails_and_changes_nothing():
    path = pathlib.Path('/etc/newswire/newswire.toml.d/more.toml')
    good = path.read_text()
    path.write_text('[queue]\nmax_files = "many"\n')
    done = run('systemctl', 'reload', 'newswired', check=False)
    equal(done.returncode != 0, True, 'systemctl reload fails')
    told = '\n'.join(r.get('MESSAGE', '') for r in journal())
    matches(told, r'more\.toml:2:\d+: ', 'the journal names the place')
    equal(active(), True, 'it goes on')
    equal(status()['queue']['max_articles'], 4000, 'with what it had')
    path.write_text(good)
    plugin = pathlib.Path('/etc/newswire/plugins/slow/plugin.toml')
    text = plugin.read_text()
    plugin.write_text(text + 'nonsense = 1\n')
    equal(run('systemctl', 'reload', 'newswired', check=False).returncode != 0, True, 'a bad plugin too')
    plugin.write_text(text)
    run('systemctl', 'reload', 'newswired')
    fetched(1)


def gazette_story():
    return [e for e in map(read, elements()) if e['infoSources'][0]['name'] == 'The Gazette']


def check_a_plugins_program_runs_confined_in_the_unit():
    folder = pathlib.Path('/etc/newswire/plugins/gazette')
    shutil.copytree('/run/shared/gazette', folder)
    allow('loopback', 'slow', 'gazette')
    run('systemctl', 'reload', 'newswired')
    story = wait('the article that the program reads', gazette_story)[0]
    equal([h['value'] for h in story['headlines']][:1], ['Storm at sea'], 'its headline')
    matches(json.dumps(story), 'The sea is rough', 'its text')
    kinds = {r.get('NEWSWIRE_EVENT') for r in journal('NEWSWIRE_PUBLISHER=gazette')}
    equal(kinds & {'program.failed', 'program.suspended'}, set(), 'what the journal says of it')
    pid = next(p for p in pathlib.Path('/proc').glob('[0-9]*') if b'live.py' in (p / 'cmdline').read_bytes())
    lines = dict(line.split(':\t', 1) for line in (pid / 'status').read_text().splitlines() if ':\t' in line)
    equal((lines['NoNewPrivs'], lines['Seccomp'], int(lines['CapEff'], 16)), ('1', '2', 0), 'how the process is held')
    shutil.rmtree(folder)
    allow('loopback', 'slow')
    run('systemctl', 'reload', 'newswired')


def check_a_program_elsewhere_says_which_drop_in_it_needs():
    # A folder of the operator's own, where the unit lets nothing be executed.
    elsewhere = pathlib.Path('/srv/newswire-plugins')
    shutil.copytree('/run/shared/gazette', elsewhere / 'courier')
    manifest = elsewhere / 'courier' / 'plugin.toml'
    manifest.write_text(manifest.read_text().replace('id = "gazette"', 'id = "courier"'))
    for path in elements():
        path.unlink()
    place = pathlib.Path('/etc/newswire/newswire.toml.d/place.toml')
    allow('loopback', 'slow', 'courier')
    place.write_text(f'[paths]\nplugins = ["/etc/newswire/plugins", "{elsewhere}"]\n')
    run('systemctl', 'restart', 'newswired')
    told = wait('the failure', lambda: [r for r in journal() if r.get('NEWSWIRE_EVENT') == 'program.failed'])[0]
    matches(told['MESSAGE'], rf'nothing may be executed there.*ExecPaths={elsewhere}', 'what the journal says')
    equal(active(), True, 'the service goes on')
    # What it says is what helps.
    drop_in('programs', f'[Service]\nExecPaths={elsewhere}\n')
    run('systemctl', 'restart', 'newswired')
    wait('it answers', lambda: ctl('status', check=False).returncode == 0)
    ctl('fetch', 'courier')
    wait('the article that the program reads', gazette_story)
    for path in (place, pathlib.Path('/etc/systemd/system/newswired.service.d/programs.conf')):
        path.unlink()
    shutil.rmtree(elsewhere)
    allow('loopback', 'slow')
    run('systemctl', 'daemon-reload')
    run('systemctl', 'restart', 'newswired')
    fetched(1)


# What goes wrong

def check_watchdog():
    restarted('watchdog', lambda pid: os.kill(pid, signal.SIGSTOP))
    told = run('journalctl', '-u', 'newswired', '--no-pager', '-o', 'cat').stdout
    matches(told, 'Watchdog timeout', 'systemd says why')
    fetched(1)


def check_kill():
    before = identities()
    paper.publish(30)
    ctl('fetch', 'loopback')
    wait('articles are coming', lambda: len(elements()) > len(before))
    restarted('kill -9', lambda pid: os.kill(pid, signal.SIGKILL))
    wait('all of them', lambda: len(set(identities())) == len(before) + 60 or fetch() is None or len(set(identities())) >= len(before) + 30)
    found = identities()
    equal(len(found), len(set(found)), 'nothing twice')


def check_out_of_memory_in_a_worker():
    if os.environ.get('LIMITS') != '1':
        print('  (this machine has no memory controller to test with)')
        return
    run('systemctl', 'set-property', '--runtime', 'newswired.service', 'MemoryMax=200M', 'MemoryHigh=infinity')
    fetched(1)
    worker = wait('a worker', lambda: status()['workers']['pids'])[0]
    score = pathlib.Path(f'/proc/{worker}/oom_score_adj')
    equal(score.read_text().strip(), '500', 'the kernel is told whom to choose')
    score.write_text('1000')
    pid = show('MainPID')
    # What fills the service's memory is another process, though the worker is the kernel's first choice. It stops at the first
    # kill: on a busy machine the worker is long in going, and the kernel would want a second one, the largest.
    group = show('ControlGroup')
    place = next(p for p in (f'/sys/fs/cgroup/memory{group}', f'/sys/fs/cgroup{group}') if pathlib.Path(p).is_dir())
    filler = subprocess.Popen(['python3', '-c', f'''
import os, time
place = "{place}"
told = next(path for path in (place + "/memory.events", place + "/memory.oom_control") if os.path.exists(path))
kills = lambda: [line for line in open(told) if line.startswith("oom_kill ")]
before = kills()
open(place + "/cgroup.procs", "w").write(str(os.getpid()))
held = []
while kills() == before and os.path.exists("/proc/{worker}/exe") and len(held) < 8192:
    held.append(bytearray(b"x") * (1 << 17))
    time.sleep(0.0015)
'''], stderr=subprocess.PIPE, text=True)
    said = filler.communicate(timeout=60)[1]
    # Where the kernel wanted a second one all the same, it was the largest: the worker must have gone, and the daemon must not.
    equal(filler.returncode in (0, -signal.SIGKILL), True, f'the filler ended with {filler.returncode}: {said}')
    wait('the worker was killed', lambda: not pathlib.Path(f'/proc/{worker}/exe').exists())
    equal((active(), show('MainPID')), (True, pid), 'the daemon lives on')
    fetched(2)
    kinds = {r.get('NEWSWIRE_EVENT') for r in journal()}
    equal('worker.crashed' in kinds, True, 'worker.crashed in the journal')
    run('systemctl', 'set-property', '--runtime', 'newswired.service', 'MemoryMax=512M')


def check_full_spool():
    run('systemctl', 'stop', 'newswired')
    run('mount', '-t', 'tmpfs', '-o', 'size=256k,mode=2770,uid=newswire,gid=newswire-consumers', 'none', SPOOL)
    pathlib.Path('/etc/newswire/newswire.toml.d/small.toml').write_text('[queue]\nmin_free_bytes = "64K"\nmin_free_inodes = 10\n')
    run('systemd-tmpfiles', '--create', 'newswire.conf')
    run('systemctl', 'start', 'newswired')
    paper.publish(55)
    ctl('fetch', 'loopback')
    ctl('fetch', 'slow')
    wait('it pauses', lambda: show('StatusText').startswith('paused: '), 60)
    equal(active(), True, 'it stays up')
    done = ctl('health', check=False)
    equal(done.returncode, 1, 'health')
    matches(done.stdout, 'fetching rests: ', 'health says why')
    equal('queue.paused' in {r.get('NEWSWIRE_EVENT') for r in journal()}, True, 'queue.paused in the journal')
    taken = []

    def take():
        for path, identity in zip(elements(), identities()):
            taken.append(identity)
            path.unlink()
        return len(set(taken)) >= 110
    wait('everything comes once there is room', take, 60)
    equal(len(taken), len(set(taken)), 'nothing twice')
    run('systemctl', 'stop', 'newswired')
    run('umount', SPOOL)
    pathlib.Path('/etc/newswire/newswire.toml.d/small.toml').unlink()
    run('systemctl', 'start', 'newswired')


def check_clock_steps():
    step = pathlib.Path('/etc/newswire/step')
    step.write_text('0')
    library = pathlib.Path('/usr/lib/clockstep.so')
    library.write_bytes(pathlib.Path('/run/shared/clockstep.so').read_bytes())
    drop_in('clock', f'[Service]\nEnvironment=LD_PRELOAD={library} CLOCKSTEP_FILE={step}\n')
    run('systemctl', 'restart', 'newswired')
    fetched(1)
    for seconds, word in (('7200', 'forward by 2 h|forward by 120 min'), ('-10800', 'back by 5 h')):
        step.write_text(seconds)
        wait(f'the step to {seconds} is seen', lambda: any(
            r.get('NEWSWIRE_EVENT') == 'clock.stepped' and re.search(word, r['MESSAGE']) for r in journal()), 20)
        wait('the next fetch is as near as it was', lambda: re.search(r'next fetch in \d+ s|fetching', show('StatusText')))
        newest = max(p.name for p in elements())
        for path in fetched(2):
            equal(path.name > newest, True, 'names only grow')
    # Set back further while it does not run, as a machine without a clock of its own does at boot.
    run('systemctl', 'stop', 'newswired')
    step.write_text('-40000')
    run('systemctl', 'start', 'newswired')
    wait('nothing waits for the old time', lambda: re.search(r'next fetch in \d+ s|fetching', show('StatusText')))
    newest = max(p.name for p in elements())
    for path in fetched(1):
        equal(path.name > newest, True, 'names only grow')
    equal(show('NRestarts'), '0', 'it stays up')
    pathlib.Path('/etc/systemd/system/newswired.service.d/clock.conf').unlink()
    step.unlink()
    run('systemctl', 'daemon-reload')
    run('systemctl', 'restart', 'newswired')


def check_metrics_timer():
    folder = pathlib.Path('/var/lib/prometheus/node-exporter')
    folder.mkdir(parents=True)
    run('systemctl', 'start', 'newswire-metrics.service')
    text = (folder / 'newswire.prom').read_text()
    matches(text, r'(?m)^newswire_up 1$', 'the file')
    equal(oct((folder / 'newswire.prom').stat().st_mode & 0o777), '0o644', 'its mode')
    run('systemctl', 'start', 'newswire-metrics.timer')
    equal(run('systemctl', 'is-active', 'newswire-metrics.timer').stdout.strip(), 'active', 'the timer')
    run('systemctl', 'stop', 'newswire-metrics.timer')


def check_stop():
    fetch()
    time.sleep(1)
    began = time.monotonic()
    run('systemctl', 'stop', 'newswired')
    took = time.monotonic() - began
    print(f'  (stopped in {took:.2f} s)')
    equal(took < 2, True, f'an idle stop in {took:.1f} s')
    equal(show('Result'), 'success', 'result')
    run('systemctl', 'start', 'newswired')
    # One that is being fetched gets its grace, and no more.
    paper.slow.clear()
    ctl('fetch', 'slow')
    wait('the slow feed is being fetched', lambda: status()['transfers']['in_flight'] > 0)
    began = time.monotonic()
    run('systemctl', 'stop', 'newswired')
    took = time.monotonic() - began
    paper.slow.set()
    equal(took < 20, True, f'a stop with a transfer under way in {took:.1f} s')
    equal(show('Result'), 'success', 'result')


def check_exit_statuses_that_prevent_a_restart():
    bad = pathlib.Path('/etc/newswire/newswire.toml.d/bad.toml')
    bad.write_text('nonsense = 1\n')
    equal(run('systemctl', 'start', 'newswired', check=False).returncode != 0, True, 'the start fails')
    time.sleep(1.5)
    equal((show('ActiveState'), show('ExecMainStatus'), show('NRestarts')), ('failed', '78', '0'), 'and is not tried again')
    bad.unlink()
    run('systemctl', 'reset-failed', 'newswired')
    run('systemctl', 'start', 'newswired')


def check_what_fails_for_now_is_tried_without_end():
    """Far more often than systemd's own limit allows (five starts in ten seconds), by the limits of the unit as it is shipped."""
    run('systemctl', 'stop', 'newswired')
    drop_in('quick', '[Service]\nRestartSec=50ms\n')
    holder = subprocess.Popen(
        ['python3', '-c', "import fcntl, time; f = open('/var/lib/newswire/lock', 'r+'); fcntl.flock(f, fcntl.LOCK_EX); "
         "print('held', flush=True); time.sleep(60)"], stdout=subprocess.PIPE)
    equal(holder.stdout.readline(), b'held\n', 'the holder')
    try:
        run('systemctl', 'start', 'newswired', check=False)
        wait('twelve starts', lambda: int(show('NRestarts')) >= 12)
        matches(journal('NEWSWIRE_EVENT=daemon.failed')[-1]['MESSAGE'], 'held by process', 'why each ended')
    finally:
        holder.kill()
        holder.wait()
    wait('it runs as soon as it can', active)
    drop_in('quick', '')


def check_a_failure_says_its_system_error():
    run('systemctl', 'stop', 'newswired')
    run('mount', '-t', 'tmpfs', '-o', 'ro,mode=2770,uid=newswire,gid=newswire-consumers', 'none', SPOOL)
    try:
        equal(run('systemctl', 'start', 'newswired', check=False).returncode != 0, True, 'the start fails')
        equal((show('StatusErrno'), show('ExecMainStatus')), (str(errno.EROFS), '77'), 'error and status')
        matches(show('StatusText'), 'Read-only file system', 'the status line')
        equal([r['ERRNO'] for r in journal('NEWSWIRE_EVENT=daemon.failed')][-1:], [str(errno.EROFS)], 'the record')
    finally:
        run('umount', SPOOL)
        run('systemctl', 'reset-failed', 'newswired')
    run('systemctl', 'start', 'newswired')


def check_a_slow_start_is_given_time():
    """Another program holds the database for longer than a start may take: the daemon asks systemd for more time."""
    run('systemctl', 'stop', 'newswired')
    drop_in('start', '[Service]\nTimeoutStartSec=2s\n')
    holder = subprocess.Popen(
        ['python3', '-c', textwrap.dedent("""
            import sqlite3, time
            held = sqlite3.connect('/var/lib/newswire/newswire.db', isolation_level=None)
            held.execute('pragma locking_mode = exclusive')
            held.execute('begin exclusive')
            held.execute('create table held (x)')
            print('held', flush=True)
            time.sleep(4)
            held.execute('rollback')
            held.close()""")], stdout=subprocess.PIPE)
    equal(holder.stdout.readline(), b'held\n', 'the holder')
    began = time.monotonic()
    run('systemctl', 'start', 'newswired')
    took = time.monotonic() - began
    holder.wait()
    equal(took > 2.5, True, f'the start took {took:.1f} s, longer than its 2 s')
    equal((show('ActiveState'), show('Result')), ('active', 'success'), 'state')
    drop_in('start', '')


# The forwarder, a package of its own

def check_forwarder():
    unit = 'newswire-forward.service'
    run('apt-get', 'install', '-y', '-o', 'Dpkg::Use-Pty=0', *glob.glob('/run/shared/newswire-forward_*.deb'))
    equal(run('systemctl', 'is-enabled', unit, check=False).stdout.strip(), 'disabled', 'after the installation')
    equal(show('ActiveState', unit), 'inactive', 'after the installation')
    equal(run('systemctl', 'start', unit, check=False).returncode != 0, True, 'it starts with no server named')
    equal((show('ExecMainStatus', unit), show('NRestarts', unit)), ('78', '0'), 'and is not tried again')
    run('systemctl', 'reset-failed', unit)
    settings = pathlib.Path('/etc/newswire/newswire.toml.d/forward.toml')
    settings.write_text('[forward]\nurls = ["nats://127.0.0.1:4222"]\n')
    pace = pathlib.Path(f'/etc/systemd/system/{unit}.d/pace.conf')
    pace.parent.mkdir()
    pace.write_text('[Service]\nRestartSec=200ms\n')
    run('systemctl', 'daemon-reload')
    fetched(5)
    waiting = identities()
    run('systemctl', 'start', unit)
    equal(show('ActiveState', unit), 'active', 'it is ready without a server')
    wait('STATUS says what it waits for', lambda: 'waiting: nats://127.0.0.1:4222: ' in show('StatusText', unit))
    matches(run('systemd-analyze', 'security', '--no-pager', unit).stdout, r'exposure level.*1\.[0-2]', 'exposure as it runs')
    equal(identities() == waiting, True, 'nothing is taken for nothing')
    server = subprocess.Popen(
        ['nats-server', '-js', '-sd', '/tmp/jetstream', '-a', '127.0.0.1'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait('the stream is made', lambda: run('newswire-forward', '--create-stream', check=False).returncode == 0)
        wait('everything is in the stream', lambda: not elements())
        wait('STATUS counts it', lambda: show('StatusText', unit).startswith(f'{len(waiting)} forwarded, 0 under way, '))
        pid = show('MainPID', unit)
        os.kill(int(pid), signal.SIGKILL)
        # What it may have claimed just then is free again after ten minutes, as any dead consumer's.
        orphans = set(SPOOL.rglob('*.lck'))
        wait('systemd starts it again', lambda: show('MainPID', unit) not in (pid, '0') and show('ActiveState', unit) == 'active')
        paper.publish(2)
        fetch()
        wait('it goes on', lambda: re.match(r'[1-9]\d* forwarded, 0 under way', show('StatusText', unit)), 30)
        server.send_signal(signal.SIGSTOP)
        fetched(2)
        wait('articles are claimed', lambda: set(SPOOL.rglob('*.lck')) - orphans)
        began = time.monotonic()
        run('systemctl', 'stop', unit)
        took = time.monotonic() - began
        equal((took < 8, show('Result', unit)), (True, 'success'), f'a stop beside a silent server in {took:.1f} s')
        equal(set(SPOOL.rglob('*.lck')) - orphans, set(), f'claims after the stop (it took {took:.1f} s)')
        equal(len(elements()) > 0, True, 'what was not acknowledged is in the queue')
    finally:
        server.send_signal(signal.SIGCONT)
        server.kill()
        server.wait()
    told = run('journalctl', '-u', unit, '-o', 'json', '--no-pager').stdout.splitlines()
    records = [json.loads(line) for line in told]
    records = [r for r in records if r.get('NEWSWIRE_EVENT')]
    kinds = {r['NEWSWIRE_EVENT'] for r in records}
    equal({'forward.started', 'forward.away', 'forward.connected', 'forward.stopped'} - kinds, set(), 'told')
    listed = run('journalctl', '--list-catalog').stdout
    for record in records:
        matches(listed, record['MESSAGE_ID'] + ' newswire:', f'catalogue of {record["NEWSWIRE_EVENT"]}')
        equal(record['SYSLOG_IDENTIFIER'], 'newswire-forward', 'who tells')
    run('dpkg', '--purge', 'newswire-forward')
    equal(pathlib.Path('/lib/systemd/system/newswire-forward.service').exists(), False, 'the unit is gone')
    equal(active(), True, 'newswired is not touched')
    settings.unlink()
    shutil.rmtree(pace.parent)


# The package's later life

def pages_are_in():
    """No page waits any more. One that failed for a reason of this machine's rests for 30 s, whosever fault it was."""
    try:
        wait('all pages are in', lambda: all(p['waiting'] == 0 for p in status()['publishers']), 45)
    except Failed as failure:
        with sqlite3.connect('file:/var/lib/newswire/newswire.db?mode=ro', uri=True) as state:
            rows = state.execute('SELECT url, attempts, next_try / 1000000 - ?, last_error FROM items WHERE state = 0', [int(time.time())])
            waiting = [f'{url}: attempt {attempt}, due in {due} s, {error}' for url, attempt, due, error in rows]
        events = [r['MESSAGE'] for r in journal() if r.get('NEWSWIRE_EVENT') in ('page.retry', 'page.failed', 'worker.crashed')]
        raise Failed('\n'.join([str(failure), *waiting, *events[-20:]]))


def check_upgrade():
    config = pathlib.Path('/etc/newswire/newswire.toml')
    config.write_text(config.read_text() + '\n# mine\n')
    for publisher in ('loopback', 'slow'):
        ctl('fetch', publisher, '--wait')
    pages_are_in()
    before, pid, totals = identities(), show('MainPID'), [p['articles_total'] for p in status()['publishers']]
    run('apt-get', 'install', '-y', '-o', 'Dpkg::Use-Pty=0', *glob.glob('/run/shared/newswire_*_2.deb'))
    wait('it runs again', lambda: active() and show('MainPID') != pid)
    wait('it answers', lambda: ctl('status', check=False).returncode == 0)
    equal('# mine' in config.read_text(), True, 'the configuration is kept')
    equal(identities() == before, True, 'the queue is kept')
    for publisher in ('loopback', 'slow'):
        ctl('fetch', publisher, '--wait')
    wait('what is known is known', lambda: [p['articles_total'] for p in status()['publishers']] == totals)
    equal(identities() == before, True, 'nothing is published again')


def check_remove():
    run('apt-get', 'remove', '-y', '-o', 'Dpkg::Use-Pty=0', 'newswire')
    equal(run('systemctl', 'is-active', 'newswired', check=False).stdout.strip(), 'inactive', 'the service is stopped')
    equal(pathlib.Path('/usr/sbin/newswired').exists(), False, 'the program is gone')
    for path in ('/var/lib/newswire/newswire.db', '/etc/newswire/newswire.toml'):
        equal(pathlib.Path(path).exists(), True, f'{path} is kept')
    equal(len(elements()) > 0, True, 'the queue is kept')


def check_purge():
    run('dpkg', '--purge', 'newswire')
    for path in ('/var/lib/newswire', '/etc/newswire', '/var/spool/newswire', '/run/newswire', '/usr/lib/newswire'):
        equal(pathlib.Path(path).exists(), False, f'{path} after the purge')
    for group in ('newswire', 'newswire-admin', 'newswire-consumers'):
        equal(run('getent', 'group', group, check=False).returncode, 2, f'the group {group} after the purge')
    left = [p for p in glob.glob('/etc/systemd/system/*/newswire*') + glob.glob('/lib/systemd/system/newswire*')]
    equal(left, [], 'units after the purge')


CHECKS = [
    check_install, check_a_stopped_daemon_says_so, check_start_is_ready, check_a_consumer_takes_articles, check_journal_fields,
    check_log_reads_the_journal, check_control_is_for_the_admin_group,
    check_reload_takes_up_a_plugin_without_losing_a_fetch, check_a_bad_reload_fails_and_changes_nothing,
    check_a_plugins_program_runs_confined_in_the_unit, check_a_program_elsewhere_says_which_drop_in_it_needs,
    check_watchdog, check_kill, check_out_of_memory_in_a_worker, check_full_spool, check_clock_steps, check_metrics_timer,
    check_stop, check_exit_statuses_that_prevent_a_restart, check_what_fails_for_now_is_tried_without_end,
    check_a_failure_says_its_system_error, check_a_slow_start_is_given_time, check_forwarder, check_upgrade, check_remove, check_purge,
]

failed = 0
for check in CHECKS:
    name, began = check.__name__.removeprefix('check_').replace('_', ' '), time.monotonic()
    try:
        check()
        print(f'passed {name} ({time.monotonic() - began:.1f} s)')
    except Exception as error:
        failed += 1
        reason = str(error) if isinstance(error, Failed) else traceback.format_exc()
        print(f'FAILED {name}')
        for line in reason.splitlines():
            print(f'    {line}')
        if check in (check_install, check_start_is_ready):
            break
print(f'{len(CHECKS)} checks, {failed} failed')
subprocess.run(['systemctl', 'exit', str(min(failed, 50))])
