"""Whether an article is what we promise: ninjs 3.1 by its schema, and the formats that the schema only names."""
import json
import re

from . import programs

DATE_TIME = re.compile(r'\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})')
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
DATES = {'firstCreated', 'versionCreated', 'contentCreated', 'embargoed', 'expires'}
URIS = {'uri', 'href'}
ALLOWED = set(
    'p h2 h3 h4 h5 h6 ul ol li blockquote a em strong br figure img figcaption table thead tbody tr th td pre code'.split()
)


def validator():
    """A function article → list of the schema's complaints; None when schema or library are not here."""
    if not programs.SCHEMA.exists():
        return None
    import jsonschema

    checker = jsonschema.Draft202012Validator(json.loads(programs.SCHEMA.read_text()))

    def complaints(article):
        return [f'{"/".join(map(str, e.absolute_path)) or "."}: {e.message[:200]}' for e in checker.iter_errors(article)]

    return complaints


def problems(article):
    """What is wrong with the article beyond the schema's reach."""
    found = []
    for path, key, value in walk(article):
        if key in DATES and not DATE_TIME.fullmatch(str(value)):
            found.append(f'{path}: {value!r} is not a date-time with offset')
        if key in URIS and not URI.fullmatch(str(value)):
            found.append(f'{path}: {value!r} is not an absolute URI')
    for key in ('uri', 'version', 'versionCreated', 'firstCreated', 'title', 'bodies', 'altIds', 'infoSources'):
        if not article.get(key):
            found.append(f'{key} is missing')
    if not re.fullmatch(r'urn:newswire:[a-z0-9-]+:[A-Za-z0-9._-]+', article.get('uri', '')):
        found.append(f'uri: {article.get("uri")!r} is not urn:newswire:<plugin>:<hash>')
    if not re.fullmatch(r'[1-9][0-9]*', str(article.get('version'))):
        found.append(f'version: {article.get("version")!r} is not a number from 1')
    for body in article.get('bodies', []):
        if body.get('role') == 'text':
            if body.get('charCount') != len(body['value']) and body.get('charCount') is not None:
                # Swift counts grapheme clusters, Python code points: equal but for combining marks and the like.
                if body['charCount'] > len(body['value']):
                    found.append(f'bodies/text: charCount {body["charCount"]} for {len(body["value"])} characters')
        if body.get('role') == 'html':
            tags = set(re.findall(r'<([a-z][a-z0-9]*)', body['value']))
            if tags - ALLOWED:
                found.append(f'bodies/html: holds {sorted(tags - ALLOWED)}')
    return found


def walk(value, path=''):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f'{path}/{key}', key, inner
            yield from walk(inner, f'{path}/{key}')
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, f'{path}/{index}')
