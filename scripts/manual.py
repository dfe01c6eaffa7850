#!/usr/bin/env python3
"""manual.py BUILD FOLDER: the manual pages, made from what is kept up to date anyway.

newswirectl(1) and the options of newswired(8) and newswire-forward(8) come from the programs' own --help, newswired(8)
further from docs/service.md, newswire-forward(8) from docs/stream.md, newswire.toml(5) from etc/newswire/newswire.toml, newswire-plugin(7) from docs/plugins.md and
newswire-queue(7) from docs/queue.md. lowdown turns Markdown into man(7).
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[1]
PAGES = {
    'service.md': 'newswired(8)', 'plugins.md': 'newswire-plugin(7)', 'queue.md': 'newswire-queue(7)', 'stream.md': 'newswire-forward(8)',
    'newswire.toml': 'newswire.toml(5)',
}


# Markdown of our own pages, fit for a manual

def body(path):
    """A page without its title: sections become the manual's, links become names of pages or plain text."""
    lines, fenced = [], False
    for line in (PROJECT / path).read_text('utf-8').splitlines():
        if line.startswith('```'):
            fenced = not fenced
        if not fenced and line.startswith('#'):
            marks, _, title = line.partition(' ')
            if len(marks) == 1:
                continue
            line = '#' * (len(marks) - 1) + ' ' + (title.upper() if len(marks) == 2 else title)
        lines.append(line if fenced or line.startswith('    ') else unlinked(line))
    return listed('\n'.join(lines)).strip() + '\n'


def listed(text):
    """Tables as lists of terms: a terminal has no room for columns of prose."""
    def cells(row):
        return [cell.strip().replace('\\|', '|') for cell in re.split(r'(?<!\\)\|', row.strip().strip('|'))]

    def table(match):
        titles, _, *rows = match[0].strip().splitlines()
        titles, text = cells(titles), ''
        for term, *rest in map(cells, rows):
            named = len(rest) > 1
            parts = [f'{title}: {cell}' if named and title else cell for title, cell in zip(titles[1:], rest) if cell]
            text += f'{term}\n: {"; ".join(parts) or "–"}\n\n'
        return '\n' + text
    return re.sub(r'(?m)(?:^\|.*\n){2,}', table, text + '\n')


def unlinked(line):
    def name(match):
        text, target = match[1], match[2]
        page = PAGES.get(pathlib.PurePath(target.partition('#')[0]).name)
        if page:
            return f'**{page[:-3]}**{page[-3:]}'
        return f'{text} <{target}>' if target.startswith('http') else text
    return re.sub(r'\[((?:[^\[\]\\]|\\.)+)\]\(([^)\s]+)\)', name, line)


def introduction(text):
    """Takes the paragraphs before the first section, as DESCRIPTION; drops a table of contents."""
    paragraphs = text.split('\n# ', 1)
    first = '\n\n'.join(p for p in paragraphs[0].strip().split('\n\n') if not p.startswith('Contents:'))
    rest = '# ' + paragraphs[1] if len(paragraphs) > 1 else ''
    if paragraphs[0].startswith('# '):
        return '', text
    return f'# DESCRIPTION\n\n{first}\n\n', rest


def section(text, title):
    """One section of a page, without its heading."""
    match = re.search(rf'(?ms)^# {re.escape(title)}\n(.*?)(?=^# |\Z)', text)
    return match[1].strip() if match else ''


# Options from the programs

def escaped(text):
    return re.sub(r'([\\`*_<>\[\]#|])', r'\\\1', text)


def spelled(argument):
    names = ['-' * (2 if n['kind'] == 'long' else 1) + n['name'] for n in argument.get('names', [])]
    names.sort(key=len)
    value = argument.get('valueName', 'value')
    if argument['kind'] == 'positional':
        return f'*{escaped(value)}*' + (' …' if argument['isRepeating'] else '')
    text = ', '.join(f'**{escaped(name)}**' for name in names)
    return text + (f' *{escaped(value)}*' if argument['kind'] == 'option' else '')


def synopsis(command, path):
    parts = [f'**{path}**']
    shown = [a for a in command.get('arguments', []) if a.get('shouldDisplay', True)]
    if any(a['kind'] != 'positional' for a in shown):
        parts.append('\\[*options*\\]')
    for argument in shown:
        if argument['kind'] == 'positional':
            text = spelled(argument)
            parts.append(f'\\[{text}\\]' if argument['isOptional'] else text)
    if any(verb['commandName'] != 'help' for verb in command.get('subcommands', [])):
        parts.append('*verb* …')
    return ' '.join(parts)


def options(command):
    text = ''
    for argument in command.get('arguments', []):
        if not argument.get('shouldDisplay', True) or argument.get('valueName') in ('help', 'version'):
            continue
        default = argument.get('defaultValue')
        what = argument.get('abstract', '').strip() or 'See the description.'
        if default and argument['kind'] == 'option':
            what += f' Default: {default}.'
        text += f'{spelled(argument)}\n: {escaped(what)}\n\n'
    return text


def discussion(command):
    """The help's discussion: paragraphs, and blocks under capital headings, which are kept as they are."""
    text = ''
    for paragraph in (command.get('discussion') or '').strip().split('\n\n'):
        lines = paragraph.splitlines()
        if lines and re.fullmatch(r'[A-Z][A-Z ]+', lines[0]):
            text += f'{lines[0].capitalize()}:\n\n' + ''.join(f'    {line.strip() and line}\n' for line in lines[1:]) + '\n'
        elif any(line.startswith('  ') for line in lines):
            text += ''.join(f'    {line}\n' for line in lines) + '\n'
        else:
            text += escaped('\n'.join(lines)) + '\n\n'
    return text


def described(program):
    done = subprocess.run([program, '--experimental-dump-help'], capture_output=True, check=True)
    return json.loads(done.stdout)['command']


def verbs(command, path, level='##'):
    text = ''
    for verb in command.get('subcommands', []):
        if verb['commandName'] == 'help':
            continue
        name = f'{path} {verb["commandName"]}'
        text += f'{level} {name.partition(" ")[2]}\n\n{synopsis(verb, name)}\n\n{escaped(verb.get("abstract", ""))}\n\n'
        text += discussion(verb) + options(verb) + verbs(verb, name, level)
    return text


# The pages

def newswirectl(build):
    command = described(build / 'newswirectl')
    return (
        f'{synopsis(command, "newswirectl")}\n\n# DESCRIPTION\n\n{escaped(command["abstract"])}\n\n{discussion(command)}'
        f'# VERBS\n\n{verbs(command, "newswirectl")}'
        '# EXIT STATUS\n\n0 done; 1 the answer is no: **plugin test** or **plugin diff** found a difference, **queue check** found damage,\n'
        'an element of the queue is not there or not free; 64 wrong command line, or nothing of that name; 65 what was given or found\n'
        'does not read or holds nothing to work with: a file, feed, page or plugin, the database, an element of the queue; 69 the\n'
        'daemon does not run or does not answer, asks for patience (its server rests, the queue is full), or its log file is not there;\n'
        '70 a bug; 71 the operating system refused a process; 73 and 74 a file, or standard output, cannot be made, read or\n'
        'written; 75 failed for now, or a source of **fetch** failed; 77 not permitted; 78 the configuration or a plugin was refused.\n'
        '**health** has its own: 0 well, 1 worth a look, 2 down.\n\n'
        '# ENVIRONMENT\n\n**NEWSWIRE\\_SOCKET**\n: The control socket, where **--socket** is not given.\n\n'
        '**NO\\_COLOR**\n: No colours, when set to anything.\n\n'
        + also('newswired(8)', 'newswire.toml(5)', 'newswire-plugin(7)', 'newswire-queue(7)', 'journalctl(1)'))


def newswired(build):
    command = described(build / 'newswired')
    guide = body('docs/service.md')
    return (
        f'{synopsis(command, "newswired")}\n\n# DESCRIPTION\n\n{escaped(command["abstract"])}\n\n{discussion(command)}'
        f'# OPTIONS\n\n{options(command)}{guide}\n'
        '# SIGNALS\n\nSIGTERM, SIGINT\n: Stop: what is under way has 15 seconds. The second one ends it at once.\n\n'
        'SIGHUP\n: Read settings and plugins again. **systemctl reload** does the same and reports the outcome.\n\n'
        + also('newswirectl(1)', 'newswire.toml(5)', 'newswire-plugin(7)', 'newswire-queue(7)', 'systemd.service(5)'))


def forward(build):
    command = described(build / 'newswire-forward')
    opening, rest = introduction(body('docs/stream.md'))
    return (
        f'{synopsis(command, "newswire-forward")}\n\n{opening}{discussion(command)}# OPTIONS\n\n{options(command)}{rest}\n'
        '# SIGNALS\n\nSIGTERM, SIGINT\n: Stop: the stream has 3 seconds for its last acknowledgements, the rest is given back '
        'to the queue. The second one ends it at once.\n\n'
        + also('newswired(8)', 'newswire.toml(5)', 'newswire-queue(7)'))


def settings(_):
    text, comment, table = '', [], ''
    opening = []
    for line in (PROJECT / 'etc/newswire/newswire.toml').read_text('utf-8').splitlines() + ['']:
        if match := re.fullmatch(r'\[(\w+)\]', line):
            table = match[1]
            text += f'# \\[{table.upper()}\\]\n\n'
            comment = []
        elif match := re.match(r'#?(\w+) = (.*)', line):
            if comment:
                text += '\n' + escaped(' '.join(comment)) + '\n\n'
            text += f'    {match[1]} = {match[2]}\n'
            comment = []
        elif line.startswith('# '):
            (comment if table else opening).append(line[2:])
        else:
            text += '\n'
            comment = []
    return (
        '*/etc/newswire/newswire.toml*, */etc/newswire/newswire.toml.d/\\*.toml*\n\n# DESCRIPTION\n\n'
        + escaped(' '.join(opening[1:])) + '\n\nThe file is TOML 1.0. An unknown key, a wrong type or a value out of bounds refuses '
        'the whole file, with line and column. Each key stands below what it means. '
        '**systemctl reload newswired** takes up every change but those of paths and of where the log goes, which wait for the next '
        f'start.\n\n{text}\n' + also('newswired(8)', 'newswirectl(1)', 'newswire-plugin(7)'))


def from_guide(path, usage, *others):
    def page(_):
        opening, rest = introduction(body(path))
        return f'{usage}\n\n{opening}{rest}\n{also(*others)}'
    return page


def also(*pages):
    return '# SEE ALSO\n\n' + ', '.join(f'**{escaped(page[:-3])}**{page[-3:]}' for page in pages) + '\n'


ALL = [
    ('newswirectl', 1, 'look after newswired: its state, its log, its queue, its plugins', newswirectl),
    ('newswired', 8, 'get the news of many publishers into one queue directory', newswired),
    ('newswire-forward', 8, 'publish the articles of the queue to a stream of NATS JetStream', forward),
    ('newswire.toml', 5, 'settings of newswired', settings),
    ('newswire-plugin', 7, 'a publisher as a plugin: plugin.toml',
     from_guide('docs/plugins.md', '*/etc/newswire/plugins/ID/plugin.toml*', 'newswired(8)', 'newswirectl(1)')),
    ('newswire-queue', 7, 'the directory in which articles wait',
     from_guide('docs/queue.md', '*/var/spool/newswire*', 'newswired(8)', 'newswirectl(1)', 'newswire-plugin(7)')),
]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    if shutil.which('lowdown') is None:
        sys.exit("manual.py: lowdown is missing; install it with 'scripts/install-deps.sh --package'")
    folder.mkdir(parents=True, exist_ok=True)
    version = re.search(r'"([^"]+)"', (PROJECT / 'Sources/Values/Version.swift').read_text())[1]
    for name, number, what, make in ALL:
        # The name's line must be plain text: mandb and apropos read it.
        text = f'# NAME\n\n{name} - {what}\n\n# SYNOPSIS\n\n{make(build)}'
        done = subprocess.run(
            ['lowdown', '-s', '-tman', '--parse-no-intraemph', '--parse-no-super', '--out-no-smarty', '-M', f'title={name}',
             '-M', f'section={number}', '-M', f'source=newswire {version}', '-M', 'volume=Newswire'],
            input=text.encode(), capture_output=True, check=True)
        (folder / f'{name}.{number}').write_bytes(done.stdout.replace('’'.encode(), b"'"))


if __name__ == '__main__':
    main()
