"""The internet's content: invented papers, their lists that grow, their stories, and what each story must come out as."""
import html
import os
import pathlib
import random
from datetime import datetime, timedelta, timezone

from .. import feeds

MORNING = datetime(2025, 3, 1, 6, 0, tzinfo=timezone.utc)
WORDS = (
    'harbour council bridge winter market orchard engine lantern archive river window teacher tunnel signal meadow captain '
    'letter garden kettle railway mountain shadow village ticket forest mirror basket canal summer paper clock anchor mill '
    'copper valley needle station thunder apron ledger pigeon chapel quarry saddle turnip walnut ferry button cellar'
).split()
VERBS = 'opened closed measured painted counted repaired questioned announced moved praised doubted inspected'.split()
# Of a small paper and of a large one: (requests of a group at once, whole seconds between two starts), by its number.
CAREFUL, QUICK = ((1, 1), (2, 1)), ((1, 0), (2, 0), (3, 0))


class Paper:
    """One publisher: a domain with two hosts, some lists on a domain that it shares with others, its pages on one of the
    hosts or on a domain that carries nothing but pages. Small ones want a second between two requests, large ones do not."""

    def __init__(self, number, sources, shares, is_paged_elsewhere, is_small):
        self.number, self.id = number, f'paper-{number:03}'
        self.domain = f'paper{number:03}.example'
        manners = CAREFUL if is_small else QUICK
        self.concurrency, self.gap = manners[number % len(manners)]
        self.page_host = f'www.pages{number:03}.example' if is_paged_elsewhere else f'www.{self.domain}'
        self.sources = []
        for place in range(sources):
            if place < shares:
                # Shared by papers of the same manners only: what counts between a quick and a careful one depends on who came first.
                host = f'lists.syndicate{number % 6}.example'
            else:
                host = f'{"feeds" if place % 2 else "www"}.{self.domain}'
            kind = ('rss', 'atom')[place % 2]
            self.sources.append(Source(self, kind, host, f'/{self.id}/{place:03}.{kind}'))

    @property
    def hosts(self):
        return {self.page_host, f'www.{self.domain}', *(source.host for source in self.sources)}

    def plugin(self, interval):
        listed = ''.join(f'\n[[sources]]\nkind = "{s.kind}"\nurl = "{s.url}"\n' for s in self.sources)
        hosts = ', '.join(f'"{host}"' for host in sorted(self.hosts))
        return f'''[publisher]
id = "{self.id}"
name = "The {WORDS[self.number % len(WORDS)].title()} {self.number}"
url = "http://www.{self.domain}/"
hosts = [{hosts}]
country = "gb"
language = "en"
zone = "Europe/London"

[fetch]
min_interval = "{interval}s"
max_interval = "{interval}s"
concurrency = {self.concurrency}
gap = "{self.gap}s"
{listed}
[article]
headline = ["css:h1"]
body = ["css:div.story"]
'''


class Source:
    def __init__(self, paper, kind, host, path):
        self.paper, self.kind, self.host, self.path = paper, kind, host, path
        self.stories = []

    @property
    def url(self):
        return f'http://{self.host}{self.path}'


class Story:
    """An article with its present version. All text follows from number and version."""

    def __init__(self, number, paper, sources):
        self.number, self.paper, self.sources, self.version = number, paper, sources, 1

    @property
    def path(self):
        return f'/{self.paper.id}/story/{self.number}'

    @property
    def url(self):
        return f'http://{self.paper.page_host}{self.path}'

    @property
    def title(self):
        return f'Story {self.number}: the {WORDS[self.number % 47]} and the {WORDS[self.number // 47 % 47]}'

    def paragraphs(self, version):
        """Five sentences that no other story and no other version has."""
        dice = random.Random(f'{self.number} {version}')
        return [
            f'In part {part} of story {self.number}, told for the {version}. time, the {dice.choice(WORDS)} {dice.choice(VERBS)} '
            f'the {dice.choice(WORDS)} near the {dice.choice(WORDS)}, and nobody {dice.choice(VERBS)} the {dice.choice(WORDS)} '
            f'before the {dice.choice(WORDS)} of number {dice.randrange(10**6)} came back with a {dice.choice(WORDS)}.'
            for part in range(1, 6)
        ]

    def text(self, version):
        return '\n\n'.join(self.paragraphs(version))

    def page(self):
        body = ''.join(f'<p>{html.escape(words)}</p>' for words in self.paragraphs(self.version))
        title = html.escape(self.title)
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<link rel="canonical" href="{self.url}"></head><body><article><h1>{title}</h1>'
            f'<time datetime="{self.published.isoformat()}"></time><div class="story">{body}</div></article></body></html>'
        ).encode()

    @property
    def published(self):
        """Says in the list that there is something new: a minute later for each version."""
        return MORNING + timedelta(hours=self.number % 5000, minutes=self.version)

    @property
    def entry(self):
        return {'url': self.url, 'title': self.title, 'published': self.published,
                'summary': f'What story {self.number} is about, as its list tells it.'}


class Press:
    """Prints pages and lists into a web server's folder, and knows what must come of them."""

    LARGE, SMALL = 12, 2

    def __init__(self, folder, large, small, seed=1):
        """So many papers of twelve lists and so many of two."""
        self.folder, self.dice = pathlib.Path(folder), random.Random(seed)
        self.papers = [
            Paper(number, self.LARGE if number < large else self.SMALL, shares=2 if number < large and number % 5 < 2 else 0,
                  is_paged_elsewhere=number % 7 == 3, is_small=number >= large)
            for number in range(large + small)]
        self.by_url = {source.url: source for paper in self.papers for source in paper.sources}
        self.stories, self.stamps, self.printed_at = {}, {}, {}
        for source in self.by_url.values():
            self.print_list(source)

    @property
    def sources(self):
        return list(self.by_url.values())

    @property
    def hosts(self):
        return sorted({host for paper in self.papers for host in paper.hosts})

    def group(self, host):
        """The rate group: the registrable domain, which is the last two labels of our names."""
        return '.'.join(host.split('.')[-2:])

    def write(self, host, path, body):
        """Never twice with the same second of modification, of which the server makes its ETag."""
        place = self.folder / host / path[1:]
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(place.name + '.new')
        fresh.write_bytes(body)
        stamp = self.stamps[place] = self.stamps.get(place, 1_750_000_000) + 1
        os.utime(fresh, (stamp, stamp))
        fresh.rename(place)

    def print_list(self, source):
        write = feeds.rss if source.kind == 'rss' else feeds.atom
        entries = [story.entry for story in source.stories]
        body = write(source.host, entries) if entries else (
            feeds.rss(source.host, []) if source.kind == 'rss' else empty_atom(source.host))
        self.write(source.host, source.path, body)

    def publish(self, count, now):
        """New stories, each in one list or two of its paper: its page first, then the lists."""
        changed = []
        for _ in range(count):
            paper = self.dice.choice(self.papers)
            lists = self.dice.sample(paper.sources, 2 if self.dice.random() < 0.3 and len(paper.sources) > 1 else 1)
            story = Story(len(self.stories) + 1, paper, lists)
            self.stories[story.url] = story
            self.write(paper.page_host, story.path, story.page())
            for source in lists:
                source.stories.insert(0, story)
                changed.append(source)
            self.printed_at[story.url] = now
        for source in dict.fromkeys(changed):
            self.print_list(source)

    def change(self, story, now):
        """The next version of a story. Only for one that has come out as it is now, or two changes would be one."""
        story.version += 1
        self.write(story.paper.page_host, story.path, story.page())
        for source in story.sources:
            self.print_list(source)
        self.printed_at[story.url] = now

    @property
    def wanted(self):
        """How many articles with their versions must come out."""
        return sum(story.version for story in self.stories.values())


def empty_atom(site):
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f'<id>https://{site}/</id><title>{site}</title><updated>{MORNING.isoformat()}</updated></feed>\n').encode()
