"""What must hold of a fleet, held against what was seen from outside: nginx's log, the nodes' rows, the stream. Pure."""
import collections
import heapq

# Seconds. nginx's clock has milliseconds and stands still while it works off one turn of its loop.
GRANULARITY = 0.002
# What a request may need from its node's decision to nginx.
TRANSIT = 0.05


def too_many(requests):
    """Requests that began while their group had as many under way as their paper allows.

    A request lasts from the first byte that nginx reads of it, or from its connection where it is that one's first, until nginx
    has written the last of the answer and notes it: all within the time that the daemon counts it as under way. Where one ends in the millisecond in which another begins, the end came first: nginx notes the end before it reads on. Nothing is
    allowed for.
    """
    found = []
    for group, listed in by_group(requests).items():
        under_way = []
        for request in listed:
            while under_way and under_way[0] <= request.start:
                heapq.heappop(under_way)
            if len(under_way) >= request.limit:
                found.append((request, f'{group} had {len(under_way)} under way, {request.limit} are allowed'))
            heapq.heappush(under_way, request.end)
    return found


def too_close(requests, transit=TRANSIT):
    """Requests that began sooner after the group's last start than their paper allows.

    Between two nodes nothing but the clock's granularity is allowed for. Of one node's two requests nginx sees the first later
    than the node began it: by a look-up of the name, a connection, and the turns that threads wait for on a busy machine."""
    found = []
    for request, before, left in gaps(requests):
        is_same = request.node == before.node
        if left > (transit if is_same else GRANULARITY):
            nodes = request.node if is_same else f'{before.node} and {request.node}'
            found.append((request, f'{request.group} was asked {left * 1000:.0f} ms too soon, by {nodes}'))
    return found


def gaps(requests):
    """(request, the one before it in its group, seconds that it came too soon) of all that had a gap to keep."""
    for listed in by_group(requests).values():
        for before, request in zip(listed, listed[1:]):
            if request.gap:
                yield request, before, request.gap - (request.start - before.start)


def by_group(requests):
    groups = collections.defaultdict(list)
    for request in sorted(requests):
        groups[request.group].append(request)
    return groups


def without_lease(requests, beats):
    """Requests of a node that began when its row in the database gave it no time: after the row's end of the lease, and before
    the next beat. `beats` maps a node to (beat, end of the lease) as they were read from the row, in seconds of the same clock as
    nginx's, which is the database's too."""
    found = []
    times = {node: merged(spans) for node, spans in beats.items()}
    for request in sorted(requests):
        spans = times.get(request.node, [])
        if not any(begin - GRANULARITY <= request.start <= end + GRANULARITY for begin, end in spans):
            before = [end for _, end in spans if end < request.start]
            late = f'{request.start - max(before):.3f} s after its lease ended' if before else 'before its first beat'
            found.append((request, f'{request.node} asked {late}'))
    return found


def merged(spans):
    """The spans of time as few that do not touch."""
    result = []
    for begin, end in sorted(set(spans)):
        if result and begin <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((begin, end))
    return result


def not_taken_over(requests, node, moment, patience, lists):
    """The lists among the addresses `lists`, (host, path), that the node was the last to ask for when it died and that nobody
    asked for again in so many seconds; and how many it had, and how long the slowest took."""
    last, after = {}, {}
    for request in sorted(requests):
        key = request.host, request.path
        if key not in lists:
            continue
        if request.start <= moment:
            last[key] = request.node
        elif request.status in (200, 304):
            after.setdefault(key, request.start - moment)
    its = [key for key, holder in last.items() if holder == node]
    took = {key: after.get(key) for key in its}
    found = [(key, f'{key[0]}{key[1]} of the dead {node} was asked for again after '
              + (f'{seconds:.1f} s' if seconds else 'no time that was seen'))
             for key, seconds in took.items() if seconds is None or seconds > patience]
    return found, len(its), max((s for s in took.values() if s is not None), default=0)


def in_the_stream(stories, found, wrong):
    """What is missing, came twice or is not as printed."""
    wanted = {(story.url, version) for story in stories.values() for version in range(1, story.version + 1)}
    problems = [f'lost: {url} version {version}' for url, version in sorted(wanted - set(found))]
    problems += [f'too much: {url} version {version}' for url, version in sorted(set(found) - wanted, key=str)]
    problems += [f'{count} times: {url} version {version}' for (url, version), count in found.items() if count > 1]
    return problems + wrong
