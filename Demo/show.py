#!/usr/bin/env python3
"""show.py SPOOL WORDS: print the newest article of a queue whose headline holds the words, a line or two a property."""
import json
import pathlib
import re
import shutil
import sys

NAME = re.compile(r'[0-9a-f]{8}/[0-9a-f]{14}')
# The properties that are the same for every article, and say nothing about this one.
CONSTANT = {'standard', 'type', 'profile', 'pubStatus'}


def articles(spool):
    """Articles of the queue, newest first. An element's first line is the article, its second the digest of the first."""
    paths = [path for path in pathlib.Path(spool).glob('*/*') if NAME.fullmatch('/'.join(path.parts[-2:]))]
    for path in sorted(paths, reverse=True):
        yield '/'.join(path.parts[-2:]), json.loads(path.read_text('utf-8').splitlines()[0])


def rows(article):
    """(property, role, text) a line."""
    for key, value in article.items():
        if key in CONSTANT:
            continue
        if isinstance(value, list):
            for element in value:
                yield key, element.get('role') or element.get('rel') or element.get('name', ''), told(element)
        else:
            yield key, '', str(value)


def told(element):
    """One member of a list in words."""
    if element.get('type') == 'picture':
        caption = next((d['value'] for d in element.get('descriptions', []) if d['role'] == 'caption'), '')
        widths = ', '.join(str(r['width']) for r in element.get('renditions', []) if 'width' in r)
        return f'{caption} (by {element.get("by", "unknown")}; widths {widths})'
    text = element.get('value') or element.get('name') or element.get('title') or element.get('href') or ''
    if 'charCount' in element:
        text = f'({element["wordCount"]} words) {text}'
    return text + (f' <{element["uri"]}>' if 'uri' in element else '')


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for name, article in articles(sys.argv[1]):
        if sys.argv[2] in article.get('title', ''):
            break
    else:
        sys.exit(f'error: no article with "{sys.argv[2]}" in its headline below {sys.argv[1]}')
    width = max(70, min(shutil.get_terminal_size().columns, 140))
    before = None
    for key, role, text in rows(article):
        line = f'  {key if key != before else "":<19} {role:<9} {" ".join(text.split())}'
        print(line if len(line) <= width else line[: width - 1] + '…')
        before = key
    print(f'\nThe whole of it: newswirectl queue show {name} --pretty --spool {sys.argv[1]}')


if __name__ == '__main__':
    main()
