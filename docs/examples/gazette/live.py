#!/usr/bin/env python3
"""The Gazette's live blogs: the entries come from its JSON interface. Speaks the worker protocol, version 1."""
import json, sys

def send(header, body=b''):
    sys.stdout.buffer.write(json.dumps({**header, 'length': len(body)}).encode() + b'\n' + body)
    sys.stdout.buffer.flush()

def receive():
    line = sys.stdin.buffer.readline() or sys.exit(0)
    header = json.loads(line)
    return header, sys.stdin.buffer.read(header['length'])

def discover(job, body):
    items = [{'id': s['id'], 'url': s['url'], 'title': s['title']} for s in json.loads(body)['stories']]
    return {'version': 'https://jsonfeed.org/version/1.1', 'title': 'The Gazette', 'items': items}

def extract(job, body):
    send({'type': 'fetch', 'id': job['id'], 'url': job['url'].replace('/live/', '/api/live/') + '.json'})
    answer, data = receive()
    if answer['type'] != 'fetched' or answer['status'] != 200:
        raise ValueError(f"no entries: {answer.get('message', answer.get('status'))}")
    blog = json.loads(data)
    print(f"<7>{len(blog['entries'])} entries", file=sys.stderr, flush=True)
    blocks = []
    for entry in blog['entries']:
        blocks.append({'type': 'h', 'level': 3, 'content': f"{entry['time']} {entry['title']}"})
        blocks += [{'type': 'p', 'content': text} for text in entry['text']]
    return {'article': {'headline': blog['title'], 'published': blog['published'], 'section': 'Live',
                        'canonical_url': job['url'], 'kind': 'live-blog', 'body': blocks}}

send({'type': 'hello', 'protocol': 1, 'name': 'live.py', 'version': '1', 'capabilities': ['discover', 'extract']})
while True:
    job, body = receive()
    if job['type'] in ('discover', 'extract'):
        try:
            answer = json.dumps(discover(job, body) if job['type'] == 'discover' else extract(job, body)).encode()
            send({'type': 'result', 'id': job['id']}, answer)
        except (KeyError, ValueError) as error:
            send({'type': 'error', 'id': job['id'], 'reason': 'unreadable', 'message': repr(error)})
