"""A small invented newspaper for tests: a plugin, a page for every number, and feeds over them."""
import html
from datetime import datetime, timedelta, timezone

MORNING = datetime(2025, 3, 1, 6, 0, tzinfo=timezone.utc)


def plugin(id, host, sources, scheme='http', article='', fetch=''):
    """A plugin's text. `sources` is a list of (kind, path)."""
    listed = ''.join(f'\n[[sources]]\nkind = "{kind}"\nurl = "{scheme}://{host}{path}"\n' for kind, path in sources)
    return f'''[publisher]
id = "{id}"
name = "The {id.title()}"
url = "{scheme}://{host}/"
country = "gb"
language = "en"
zone = "Europe/London"

[fetch]
min_interval = "1m"
concurrency = 4
gap = "0s"
{fetch}
{listed}
[article]
headline = ["css:h1"]
body = ["css:div.story"]
{article}
'''


def entry(host, number, scheme='http'):
    return {
        'url': f'{scheme}://{host}/story/{number}', 'title': f'Story number {number} of {host}',
        'summary': f'What story {number} is about.', 'published': MORNING + timedelta(minutes=number),
    }


def page(entry, more=''):
    """A page whose every paragraph is its own, so that nothing is taken for boilerplate."""
    words = entry['title']
    paragraphs = ''.join(
        f'<p>{html.escape(words)}, paragraph {n}: the council met in the {n}th hour and agreed on point {n * 7}, '
        'which it had not agreed on before; the public gallery took note and went home.</p>'
        for n in range(1, 6)
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(words)}</title>'
        f'<link rel="canonical" href="{html.escape(entry["url"])}"></head><body><article><h1>{html.escape(words)}</h1>'
        f'<time datetime="{entry["published"].isoformat()}"></time>'
        f'<div class="story">{paragraphs}{more}</div></article></body></html>'
    ).encode()
