"""Loss of power at every crash point, on ext4, xfs and btrfs: the publisher stands still, the image of its file system is
copied as it is, the copy is mounted and recovered. Every article comes out once, and orders that skip a sync do not pass."""
import pathlib
import unittest

from support import drill, images

CHECKED = 'ext4 xfs btrfs'.split()


class PowerCut(unittest.TestCase):
    def setUp(self):
        temporary = drill.folder('nw-power-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.wanted = drill.expected()

    def cuts(self, kind, step, *options):
        """Cuts at every step-th point of one run; {point: what was wrong after recovery} and how many were tried."""
        image = images.make(kind, self.folder / f'{kind}.img')
        copies = []
        with images.mounted(kind, image, self.folder / 'mnt') as directory:
            for number, name in drill.follow(directory, *options):
                if number % step == 0:
                    copies.append((f'{number} {name}', images.snapshot(image, self.folder / f'cut-{number}.img')))
        image.unlink()
        wrong = {}
        for point, copy in copies:
            with images.mounted(kind, copy, self.folder / 'mnt') as directory:
                before = drill.consume(directory) if self.consumer_first(point) else []
                drill.run(directory)
                found = drill.verdict(before + drill.consume(directory), self.wanted)
            copy.unlink()
            if found:
                wrong[point] = found
        return wrong, len(copies)

    @staticmethod
    def consumer_first(point):
        """After every other cut the consumers are up before newswired is."""
        return int(point.split()[0]) % 4 < 2

    def test_nothing_lost_nothing_twice(self):
        tried = []
        for kind in CHECKED:
            reason = images.needed(kind)
            if reason:
                self.assertNotEqual(kind, 'ext4' if images.needed('ext4') is None else '')
                tried.append(f'{kind}: not tried, {reason}')
                continue
            with self.subTest(kind):
                wrong, count = self.cuts(kind, 1 if drill.LONG else {'ext4': 4, 'xfs': 9, 'btrfs': 9}[kind])
                self.assertEqual(wrong, {})
                self.assertGreater(count, 60 if drill.LONG else 6)
                tried.append(f'{kind} {count} cuts')
        if all('not tried' in line for line in tried):
            self.skipTest('; '.join(tried))
        print('; '.join(tried), end=' ', flush=True)

    @unittest.skipIf(images.needed('ext4'), images.needed('ext4'))
    def test_wrong_orders_are_caught(self):
        """The test can fail: no fsync before the commit, a commit that does not wait for the disk, and the name before the
        commit are all found out."""
        mistakes = [('no-sync', {'lost', 'damaged'}), ('weak-commit', {'twice'})]
        if drill.LONG:
            # Wrong for an instant of each article only; test_kill catches it as well.
            mistakes.append(('rename-before-commit', {'twice'}))
        for mistake, shows in mistakes:
            with self.subTest(mistake):
                wrong, count = self.cuts('ext4', 1 if drill.LONG else 5, '--mistake', mistake)
                found = set().union(*wrong.values()) if wrong else set()
                self.assertTrue(found & shows, f'{mistake}: {wrong or "no violation"} in {count} cuts')
                print(f'{mistake}: {len(wrong)} of {count} cuts', end='; ', flush=True)


if __name__ == '__main__':
    unittest.main()
