"""What can be wrong around a fleet: each says what it is and what to do, and costs no article."""
import contextlib
import os
import pathlib
import time
import unittest

import fleet_world
import test_fleet
from support import daemon, programs
from support.fleet import postgres


@unittest.skipIf(fleet_world.needed(), fleet_world.needed())
class FleetInput(unittest.TestCase):
    """One world for all: node a works while the others are given what is wrong."""

    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        place = stack.enter_context(test_fleet.folder())
        cls.world = stack.enter_context(fleet_world.World(place, large=2, small=6, lease=5, interval=3))
        # 78 until the schema is there would be right too; so the first start makes it, alone.
        cls.world.start('a')
        if not cls.world.run(20, lambda: cls.world.asked_lists() == len(cls.world.lists)):
            raise AssertionError('the lists were not asked for\n' + test_fleet.tails(cls.world))

    def publish(self, count=5):
        self.world.press.publish(count, time.time())

    def complete(self, patience=25):
        self.assertTrue(self.world.run(patience, lambda: self.world.is_complete),
                        f'{test_fleet.state(self.world)}\n{test_fleet.tails(self.world)}')
        self.assertEqual(self.world.problems()['stream'], [])

    def start(self, settings, node='b', program='newswired', password=None):
        """newswired with other settings on a node that does not run; the process and the file of what it says."""
        machine = self.world.nodes[node]
        config = machine.folder / 'wrong.toml'
        config.write_text(daemon.toml(daemon.merged(machine.settings, settings)))
        machine.give('postgres', postgres.PASSWORD if password is None else password)
        said = machine.folder / 'wrong.txt'
        with said.open('wb') as errors:
            process = machine.place.start(
                programs.program(program), '--config', config, stdout=errors, stderr=errors, env={**os.environ, 'NO_COLOR': '1'})
        self.addCleanup(lambda: process.poll() is None and (process.kill(), process.wait()))
        return process, said

    def ends(self, settings, status, words, patience=20, **options):
        """It ends with one of the statuses, says what is to be done, and never the password."""
        process, said = self.start(settings, **options)
        ended = self.world.run(patience, lambda: process.poll() is not None)
        text = said.read_text()
        self.assertTrue(ended, f'it goes on:\n{text}')
        self.assertEqual(process.returncode, status, text)
        self.assertRegex(text, words)
        self.assertNotIn(postgres.PASSWORD, text)
        return text

    def url(self, **parts):
        host, database, user = (parts.get(k, v) for k, v in (
            ('host', self.world.postgres.address), ('database', 'newswire'), ('user', 'newswire')))
        return {'state': {'url': f'postgresql://{user}@{host}/{database}'}}

    def test_wrong_addresses(self):
        for url, words in (
                ('mysql://db/newswire', r'state\W+url'), ('postgresql://newswire:hunter2@db/newswire', 'credential'),
                ('not an address', r'state\W+url')):
            text = self.ends({'state': {'url': url}}, 78, words)
            self.assertNotIn('hunter2', text)
        # Nobody at that address, nobody at that port, no such database.
        self.ends(self.url(host='10.77.2.99'), 75, r'(?i)10\.77\.2\.99')
        self.ends(self.url(host=f'{self.world.postgres.address}:5433'), 75, '(?i)refused')
        self.ends(self.url(database='nothing'), 78, 'database "nothing" does not exist')

    def test_a_wrong_password(self):
        self.ends({}, 78, 'password authentication failed', password='battery-staple')
        self.ends({'state': {'credential': 'absent'}}, 78, 'absent')

    def test_without_the_library(self):
        place = self.world.nodes['c'].place
        library = next(pathlib.Path('/usr/lib').glob('*/libpq.so.5')).resolve()
        place.bind('/dev/null', library)
        try:
            self.ends({}, 78, 'apt(-get)? install libpq5', node='c')
        finally:
            place.run('umount', library)

    def test_two_of_one_name(self):
        self.publish()
        self.ends({'fleet': {'node': 'a'}}, 75, r'node a.* of this name is alive on another machine.*\[fleet\] node')
        self.complete()
        self.assertTrue(self.world.nodes['a'].daemon.is_alive)
        self.assertEqual(self.world.nodes['a'].daemon.ends, [])

    def test_a_newer_schema(self):
        server = self.world.postgres
        (version, oldest), = server.ask('select version, oldest_compatible from newswire.schema_version')
        try:
            server.ask('update newswire.schema_version set version = 99, oldest_compatible = 99')
            self.ends({}, 78, '(?i)newer')
            # One that says that today's programs can go on with it.
            server.ask(f'update newswire.schema_version set oldest_compatible = {version}')
            process, said = self.start({})
            self.assertTrue(self.world.run(15, lambda: 'daemon.ready' in said.read_text()), said.read_text())
            process.terminate()
            self.assertTrue(self.world.run(15, lambda: process.poll() is not None))
        finally:
            server.ask(f'update newswire.schema_version set version = {version}, oldest_compatible = {oldest}')
        self.complete()

    def test_a_read_only_database(self):
        server = self.world.postgres
        name = self.world.nodes['a']
        before = len(name.daemon.said())
        server.ask('alter system set default_transaction_read_only = on')
        server.ask('select pg_reload_conf()')
        try:
            self.publish()
            self.world.run(8)
            self.assertRegex(name.daemon.said()[before:], '(?i)read-only')
            process, said = self.start({})
            self.world.run(10, lambda: process.poll() is not None)
            self.assertRegex(said.read_text(), '(?i)read-only')
            if process.poll() is None:
                process.terminate()
        finally:
            server.ask('alter system reset default_transaction_read_only')
            server.ask('select pg_reload_conf()')
        self.complete(60)

    def test_a_full_stream(self):
        client = self.world.nats.client()
        self.addCleanup(client.close)
        config = client.api('STREAM.INFO.NEWS')['config']
        client.api('STREAM.UPDATE.NEWS', {**config, 'max_msgs': max(1, self.world.watch.seen + 2)})
        self.publish(8)
        a = self.world.nodes['a']
        self.assertTrue(self.world.run(30, lambda: 'maximum messages exceeded' in a.forwarder.said()), test_fleet.tails(self.world))
        client.api('STREAM.UPDATE.NEWS', {**config, 'max_msgs': -1})
        self.complete(45)


if __name__ == '__main__':
    unittest.main()
