"""Reads a queue directory as docs/queue.md describes it, with nothing of newswire's own code."""
import hashlib
import json
import pathlib
import re

BUCKET, ELEMENT = re.compile(r'[0-9a-f]{8}'), re.compile(r'[0-9a-f]{14}')


def names(folder):
    """Names of what can be claimed, `bucket/element`, oldest first."""
    folder = pathlib.Path(folder)
    if not folder.exists():
        return []
    found = []
    for bucket in folder.iterdir():
        if BUCKET.fullmatch(bucket.name) and bucket.is_dir():
            found += [f'{bucket.name}/{entry.name}' for entry in bucket.iterdir() if ELEMENT.fullmatch(entry.name)]
    return sorted(found)


def read(folder, name):
    """An element's article; ValueError when it is not whole."""
    data = (pathlib.Path(folder) / name).read_bytes()
    article, line_feed, trailer = data.partition(b'\n')
    if not line_feed or trailer != b'#sha256=' + hashlib.sha256(article).hexdigest().encode() + b'\n':
        raise ValueError(f'{name} does not carry the digest of its article')
    return json.loads(article)


def elements(folder):
    """All articles of the queue, oldest first."""
    return [read(folder, name) for name in names(folder)]


def staged(folder):
    """What lies in tmp/: written and not yet published."""
    tmp = pathlib.Path(folder) / 'tmp'
    return sorted(path.name for path in tmp.iterdir()) if tmp.exists() else []


def alternative(article, role):
    """The value of the article's alternative identity of that role."""
    for identity in article.get('altIds', []):
        if identity.get('role') == role:
            return identity.get('value')
    return None


def text(article, role='text'):
    for body in article.get('bodies', []):
        if body.get('role') == role:
            return body['value']
    return ''


def literal(article, rel):
    for subject in article.get('subjects', []):
        if subject.get('rel') == rel:
            return subject.get('literal') or subject.get('name')
    return None
