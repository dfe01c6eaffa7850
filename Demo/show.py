#!/usr/bin/env python3
"""show.py SPOOL WORDS: print the newest article of a queue whose headline holds the words, shortened to a screen."""
import json
import pathlib
import re
import shutil
import sys
import textwrap


def articles(spool):
    """Articles of the queue, newest first. An element is JSON; what follows it is the element's seal."""
    names = [p for p in pathlib.Path(spool).glob('*/*') if re.fullmatch(r'[0-9a-f]{8}/[0-9a-f]{14}', '/'.join(p.parts[-2:]))]
    for path in sorted(names, reverse=True):
        yield path, json.JSONDecoder().raw_decode(path.read_text('utf-8'))[0]


def shorten(value, room):
    """The same JSON with long texts and long lists cut, so that its shape is what one sees."""
    if isinstance(value, dict):
        return {key: shorten(inner, room) for key, inner in value.items()}
    if isinstance(value, list):
        return [shorten(inner, room) for inner in value[:3]] + (['… %d more' % (len(value) - 3)] if len(value) > 3 else [])
    if isinstance(value, str) and len(value) > room:
        return value[:room].rstrip() + '…'
    return value


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for path, item in articles(sys.argv[1]):
        if sys.argv[2] in item.get('title', ''):
            break
    else:
        sys.exit(f'error: no article with "{sys.argv[2]}" in its headline below {sys.argv[1]}')
    width = max(60, min(shutil.get_terminal_size().columns, 120))
    print('/'.join(path.parts[-2:]))
    for key, value in item.items():
        text = json.dumps(shorten(value, width - 40), ensure_ascii=False)
        for line in lines(key, value, text, width):
            print(line)


def lines(key, value, text, width):
    """One line for what fits one, one line an element for lists."""
    if isinstance(value, list) and len(text) > width - len(key) - 4:
        yield f'  {key}'
        for element in shorten(value, width - 40):
            inner = element if isinstance(element, str) else json.dumps(element, ensure_ascii=False)
            yield textwrap.shorten('    ' + inner, width, placeholder=' …').replace('{', '    {', 1)
    else:
        yield f'  {key} {text[: width - len(key) - 3]}'


if __name__ == '__main__':
    main()
