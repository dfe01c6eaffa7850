"""What has come into the stream, read on as it grows, and held against what the papers printed."""
import base64
import json

from .. import nats

PORT = 4222


class Server:
    def __init__(self, folder, place, hub, address):
        self.folder, self.place, self.hub, self.address = folder, place, hub, address
        self.folder.mkdir(parents=True)
        self.config = folder / 'nats.conf'
        self.config.write_text(f'listen: "{address}:{PORT}"\njetstream {{ store_dir: "{folder}/store" }}\n')
        self.log = folder / 'nats.log'
        self.process, self.is_wanted = None, False

    @property
    def url(self):
        return f'nats://{self.address}:{PORT}'

    def start(self):
        self.is_wanted = True
        with open(self.log, 'ab') as log:
            self.process = self.place.start(nats.PROGRAM, '-c', self.config, stdout=log, stderr=log)

    def revive(self):
        if not self.is_alive:
            self.start()

    @property
    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.is_wanted = False
        if self.is_alive:
            self.process.kill()
            self.process.wait()

    def client(self):
        return nats.Client(link=self.hub.connect(self.address, PORT))

    close = kill


class Watch:
    """Reads each message once. `found` maps (address of the story, version) to how often it came; `wrong` says what is
    not as its paper printed it."""

    def __init__(self, server, press):
        self.server, self.press, self.client = server, press, None
        self.seen, self.found, self.wrong, self.uris = 0, {}, [], {}
        self.came_at = {}

    def look(self, now):
        """False while the server is away."""
        try:
            if self.client is None:
                self.client = self.server.client()
            while True:
                last = self.client.api('STREAM.INFO.NEWS')['state']['last_seq']
                if last <= self.seen:
                    return True
                asked = [{'seq': number} for number in range(self.seen + 1, min(last, self.seen + 200) + 1)]
                for answer in self.client.ask('$JS.API.STREAM.MSG.GET.NEWS', asked):
                    # After its restart the server may answer before it has read its store.
                    if 'message' not in answer:
                        return False
                    self.take(json.loads(base64.b64decode(answer['message']['data'])), now)
                    self.seen += 1
        except (OSError, AssertionError, ValueError):
            if self.client:
                self.client.close()
            self.client = None
            return False

    def take(self, article, now):
        url = next((i['value'] for i in article.get('altIds', []) if i.get('role') == 'canonical'), None)
        version, uri = int(article['version']), article['uri']
        key = url, version
        self.found[key] = self.found.get(key, 0) + 1
        self.came_at[key] = now
        story = self.press.stories.get(url)
        if story is None:
            self.wrong.append(f'{uri}@{version}: no paper printed {url}')
            return
        if self.uris.setdefault(url, uri) != uri:
            self.wrong.append(f'{url} came as {self.uris[url]} and as {uri}')
        reason = difference(article, story, version)
        if reason:
            self.wrong.append(f'{uri}@{version} of {url}: {reason}')

    def has(self, story):
        """Whether the story has come out as it is now."""
        return (story.url, story.version) in self.found


def difference(article, story, version):
    """None, or in what the article is not the story as printed."""
    text = next((body['value'] for body in article.get('bodies', []) if body.get('role') == 'text'), None)
    if article.get('title') != story.title:
        return f'its title is {article.get("title")!r}'
    if article.get('representationType') == 'partial':
        return 'it is partial'
    if text != story.text(version):
        return f'its text is {str(text)[:120]!r}…'
    return None
