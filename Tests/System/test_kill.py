"""The kill matrix: SIGKILL at every crash point of publishing and recovery, alone and in pairs, beside a consumer that
takes what it likes when it likes. Every article comes out once."""
import pathlib
import random
import unittest

from support import drill


class Kill(unittest.TestCase):
    def setUp(self):
        temporary = drill.folder()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.wanted = drill.expected()
        self.runs = 0

    def trial(self, points, dice, *options):
        """A run killed at each of the points in turn, consumers in between, and a run to the end; what is wrong, and how
        many of the kills came to pass."""
        self.runs += 1
        directory = self.folder / str(self.runs)
        directory.mkdir()
        taken, killed = [], 0
        for point in points:
            killed += drill.killed(directory, point, *options)
            if dice.random() < 0.6:
                taken += drill.consume(directory, dice.choice([1, 2, 3, 99]))
        drill.run(directory, *options)
        taken += drill.consume(directory)
        return drill.verdict(taken, self.wanted), killed

    def points(self):
        """How many crash points an undisturbed run passes."""
        directory = self.folder / 'whole'
        directory.mkdir()
        return drill.run(directory)

    def test_one_kill(self):
        dice, last = random.Random(1), self.points()
        self.assertGreater(last, 60, 'the matrix has shrunk')
        for point in range(1, last + 1, 1 if drill.LONG else 3):
            wrong, killed = self.trial([point], dice)
            self.assertEqual((wrong, killed), (set(), 1), f'killed at point {point}')

    def test_two_kills(self):
        """The second one hits recovery, or what follows it."""
        dice, last = random.Random(2), self.points()
        pairs = [(first, second) for first in range(1, last + 1) for second in range(1, 17)]
        if not drill.LONG:
            pairs = dice.sample(pairs, 60)
        violations, both = [], 0
        for pair in pairs:
            wrong, killed = self.trial(pair, dice)
            both += killed == 2
            if wrong:
                violations.append((pair, wrong))
        self.assertEqual(violations, [])
        self.assertGreater(both, len(pairs) * 3 // 4, 'too few pairs were killed twice')
        print(f'{self.runs} runs, {both} killed twice', end=' ', flush=True)

    def test_wrong_orders_are_caught(self):
        """The test can fail: two orders that look as good and are not."""
        for mistake, shows in (('rename-before-commit', 'twice'), ('commit-before-stage', 'lost')):
            found = set()
            for point in range(1, 60):
                wrong, _ = self.trial([point], random.Random(point), '--mistake', mistake)
                found |= wrong
            self.assertIn(shows, found, mistake)


if __name__ == '__main__':
    unittest.main()
