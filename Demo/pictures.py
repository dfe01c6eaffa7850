"""The Harbour Courier's pictures: small scenes drawn by arithmetic, so that the demo needs no image files and no library.

`png(name, width)` is a pure function of its arguments; the name alone decides palette, weather and what floats.
Pictures are 8:5, drawn at 160 x 100 cells and scaled up by whole rows, which keeps a picture below 10 ms and 20 kB.
"""
import hashlib
import struct
import zlib

CELLS, ROWS = 160, 100
SKIES = {  # top, horizon, sea, ink
    'dusk': ((38, 30, 74), (240, 140, 92), (44, 58, 104), (20, 16, 36)),
    'noon': ((96, 164, 214), (216, 236, 244), (40, 110, 140), (24, 40, 56)),
    'storm': ((52, 58, 66), (128, 134, 138), (46, 62, 70), (18, 22, 26)),
    'night': ((8, 10, 28), (24, 34, 72), (10, 20, 44), (2, 4, 10)),
    'fog': ((188, 192, 190), (214, 214, 208), (150, 164, 164), (72, 80, 84)),
}


def height(width):
    return width * ROWS // CELLS


def png(name, width):
    """The picture as PNG bytes, `width` pixels wide (a multiple of 160)."""
    scale = width // CELLS
    rows = []
    for row in scene(name):
        line = b''.join(bytes(cell) * scale for cell in row)
        rows.extend([b'\0' + line] * scale)
    return (
        b'\x89PNG\r\n\x1a\n'
        + chunk(b'IHDR', struct.pack('>IIBBBBB', CELLS * scale, ROWS * scale, 8, 2, 0, 0, 0))
        + chunk(b'IDAT', zlib.compress(b''.join(rows), 6))
        + chunk(b'IEND', b'')
    )


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def scene(name):
    dice = Dice(name)
    sky = SKIES[mood(name, dice)]
    top, low, sea, ink = sky
    horizon = 52 + dice.up_to(14)
    cells = []
    for y in range(ROWS):
        if y < horizon:
            cells.append([mix(top, low, y / horizon)] * CELLS)
        else:
            depth = (y - horizon) / (ROWS - horizon)
            cells.append([
                mix(mix(low, sea, 0.4 + 0.6 * depth), (255, 255, 255), 0.10 if wave(x, y, horizon) else 0)
                for x in range(CELLS)
            ])
    disc(cells, 20 + dice.up_to(120), 12 + dice.up_to(24), 5 + dice.up_to(5), mix(low, (255, 250, 220), 0.8), horizon)
    hills(cells, dice, horizon, mix(low, ink, 0.5))
    for _ in range(1 + dice.up_to(3)):
        boat(cells, 16 + dice.up_to(110), horizon + 6 + dice.up_to(20), 8 + dice.up_to(14), ink, mix(ink, low, 0.7))
    if dice.up_to(2) or 'light' in name or 'skerry' in name:
        lighthouse(cells, 12 + dice.up_to(130), horizon, ink, (250, 240, 190))
    return cells


def mood(name, dice):
    for word, sky in (('storm', 'storm'), ('dusk', 'dusk'), ('skerry', 'night'), ('fish', 'fog'), ('herring', 'fog')):
        if word in name:
            return sky
    return list(SKIES)[dice.up_to(len(SKIES))]


class Dice:
    """Numbers that depend on nothing but the picture's name."""

    def __init__(self, name):
        self.bytes = list(hashlib.sha256(name.encode()).digest() * 4)

    def up_to(self, n):
        return self.bytes.pop() % n


def mix(a, b, share):
    return tuple(int(p + (q - p) * share) for p, q in zip(a, b))


def wave(x, y, horizon):
    step = 3 + (y - horizon) // 6
    return (y - horizon) % step == 0 and (x * 7 + y * 13) % 23 < 9


def put(cells, x, y, colour):
    if 0 <= x < CELLS and 0 <= y < ROWS:
        cells[y][x] = colour


def disc(cells, cx, cy, r, colour, horizon):
    for y in range(cy - r, cy + r + 1):
        for x in range(cx - r, cx + r + 1):
            if y < horizon and (x - cx) ** 2 + (y - cy) ** 2 <= r * r:
                put(cells, x, y, colour)


def hills(cells, dice, horizon, colour):
    tall, from_x, wide = 6 + dice.up_to(10), dice.up_to(CELLS), 40 + dice.up_to(60)
    for x in range(from_x - wide, from_x + wide):
        lift = int(tall * (1 - ((x - from_x) / wide) ** 2))
        for y in range(horizon - lift, horizon):
            put(cells, x, y, colour)


def boat(cells, x, y, size, ink, sail):
    for row in range(size // 3 + 1):
        for column in range(row, 2 * size - row):
            put(cells, x + column, y + row, ink)
    for row in range(size):
        put(cells, x + size, y - row - 1, ink)
        for column in range(1, (size - row) * 2 // 3):
            put(cells, x + size + column, y - row - 1, sail)


def lighthouse(cells, x, base, ink, glow):
    for row in range(26):
        half = 2 + row // 8
        for column in range(-half, half + 1):
            put(cells, x + column, base - 26 + row, (236, 232, 226) if row // 5 % 2 else (178, 52, 48))
    for row in range(4):
        for column in range(-2, 3):
            put(cells, x + column, base - 30 + row, glow)
    for column in range(-3, 4):
        put(cells, x + column, base - 31, ink)
