#!/usr/bin/env python3
"""The program of a plugin that misbehaves as its first argument says. `good` does its job."""
import json
import os
import socket
import sys
import time

MODE = sys.argv[1]
IN, OUT = sys.stdin.buffer, sys.stdout.buffer


def send(header, body=b''):
    OUT.write(json.dumps({**header, 'length': len(body)}).encode() + b'\n' + body)
    OUT.flush()


def read():
    line = IN.readline()
    if not line:
        sys.exit(0)
    header = json.loads(line)
    return header, IN.read(header['length'])


def say(level, text):
    print(f'<{level}>{text}', file=sys.stderr, flush=True)


def answer(job, body):
    """A list of two stories on the list's own host, or the article of a page."""
    host = job['url'].split('/')[2]
    if job['type'] == 'discover':
        items = [{'id': str(n), 'url': f'http://{host}/story/{n}', 'title': f'Story {n}'} for n in (1, 2)]
        return {'version': 'https://jsonfeed.org/version/1.1', 'title': 'x', 'items': items}
    words = body.decode().partition('<h1>')[2].partition('</h1>')[0]
    return {'article': {'headline': 'Program: ' + words, 'body': [{'type': 'p', 'content': 'Text by a program.'}]}}


if MODE == 'no-hello':
    time.sleep(3600)
if MODE == 'exits':
    say(3, 'nothing to do here')
    sys.exit(3)
send({
    'type': 'hello', 'protocol': 99 if MODE == 'version' else 1, 'name': 'misbehave', 'version': '1',
    'capabilities': ['discover', 'extract'],
    **({'plugin': 'somebody-else'} if MODE == 'other-plugin' else {}),
})
while True:
    job, body = read()
    if job['type'] == 'plugin':
        continue
    if MODE == 'floods-stdout':
        while True:
            OUT.write(b'x' * 65536)
    if MODE == 'floods-stderr':
        while True:
            sys.stderr.write('all work and no play\n' * 4096)
    if MODE == 'silent':
        time.sleep(3600)
    if MODE == 'forks':
        try:
            os.fork()
            say(4, 'forked')
        except OSError as error:
            say(4, f'fork: {error.strerror}')
        time.sleep(3600)
    if MODE == 'hoards':
        hoard = []
        while True:
            hoard.append(bytearray(1 << 24))
    if MODE == 'socket':
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(('127.0.0.1', 80))
    if MODE == 'passwd':
        open('/etc/passwd').read()
    if MODE == 'writes':
        open('trace', 'w').write('x')
    if MODE == 'signals':
        os.kill(os.getppid(), 9)
    if MODE == 'garbage':
        send({'type': 'result', 'id': job['id']}, b'\xff\xfe no JSON')
        continue
    if MODE == 'other-publisher':
        stolen = answer(job, body)
        if job['type'] == 'discover':
            stolen['items'][1]['url'] = 'http://www.other.example/story/1'
        send({'type': 'result', 'id': job['id']}, json.dumps(stolen).encode())
        continue
    if MODE == 'fetches' and job['type'] == 'extract':
        pages = {}
        for url in (job['url'] + '/more', 'http://www.other.example/secret', 'http://127.0.0.1/'):
            send({'type': 'fetch', 'id': job['id'], 'url': url})
            reply, more = read()
            pages[url] = reply.get('reason') or more.decode()
        say(5, 'asked for three pages')
        result = answer(job, body)
        result['article']['keywords'] = list(pages.values())
        send({'type': 'result', 'id': job['id']}, json.dumps(result).encode())
        continue
    say(7, 'doing my job')
    send({'type': 'result', 'id': job['id']}, json.dumps(answer(job, body)).encode())
