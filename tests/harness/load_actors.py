"""Who makes the load, and what each notes down. An actor gives one request after another and is told
each one's end; a tag says which it was."""

import collections
import itertools
import random
import re
import time

from .history import CREATE, DELETE, GONE, READ, UNKNOWN, WRITE, Event

ETAG = re.compile(rb'\r\n[Ee][Tt]ag: "(\d+)-(\d+)"')
EMAIL = re.compile(rb'"email":"n(\d+)@')
ID = re.compile(rb'"id":(\d+)')
HOST = b" HTTP/1.1\r\nHost: t\r\n"
PAUSE_AFTER_FAILURE = 0.02


class World:
    """What the actors of one generator share."""

    def __init__(self, run, first_content):
        self.run = run
        self.events = []
        self.heard = set()  # actors that had an answer, or a failure
        self.changes = {}  # of users with one writer: [acknowledged, still open]
        self.gone = []  # ids of deleted users
        self._contents = itertools.count(first_content)
        self.stopping = False

    def content(self):
        """A number that no other write has: its text is made from it."""
        return next(self._contents)

    def note(self, kind, key, tag_content, start, end, status, answer, actor=0):
        """Adds the event; what was seen is taken from the answer."""
        version, content = UNKNOWN, tag_content
        if status == 200:
            found = ETAG.search(answer)
            key, version = int(found[1]), int(found[2])
            content = int(EMAIL.search(answer)[1])
        elif status == 204 or (status == 404 and kind != CREATE):
            version = GONE
        event = Event(kind, key, start, end, status, version, content, actor)
        self.events.append(event)
        self.heard.add(actor)
        return event


def get(key):
    return b"GET /users/%d" % key + HOST + b"\r\n"


def delete(key):
    return b"DELETE /users/%d" % key + HOST + b"\r\n"


def with_body(method, target, body, idempotency_key=None):
    keyed = b"Idempotency-Key: %s\r\n" % idempotency_key if idempotency_key else b""
    return (method + b" " + target + HOST + keyed + b"Content-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body)


def patch(world, key, content, idempotency_key=None):
    body = b'{"email":"n%d@%s.example.com"}' % (content, world.run)
    return with_body(b"PATCH", b"/users/%d" % key, body, idempotency_key)


def post(world, content, idempotency_key=None):
    body = b'{"username":"c-%s-%d","email":"n%d@%s.example.com"}' % (world.run, content, content, world.run)
    return with_body(b"POST", b"/users", body, idempotency_key)


class Actor:
    """`period`: seconds from one answer to the next request."""

    def __init__(self, world, number, period):
        self.world, self.number, self.period = world, number, period
        self.not_before = 0.0

    def may_go(self, now):
        return now >= self.not_before and not self.world.stopping

    def pause(self, status, end):
        self.not_before = end + (self.period if 200 <= status < 500 else
                                 max(self.period, PAUSE_AFTER_FAILURE))


class Reader(Actor):
    """Reads users at random, and sometimes those that are gone, to see that they stay so."""

    def __init__(self, world, number, period, keys):
        super().__init__(world, number, period)
        self.keys = keys

    def next(self, now):
        if not self.may_go(now):
            return None
        gone = self.world.gone
        key = random.choice(gone) if gone and random.random() < 0.1 else random.choice(self.keys)
        return get(key), key

    def done(self, key, start, end, status, answer):
        self.world.note(READ, key, 0, start, end, status, answer, self.number)
        self.pause(status, end)


class Writer(Actor):
    """Changes users that others change too; what fails is left at that."""

    def __init__(self, world, number, period, keys):
        super().__init__(world, number, period)
        self.keys = keys

    def next(self, now):
        if not self.may_go(now):
            return None
        key, content = random.choice(self.keys), self.world.content()
        return patch(self.world, key, content), (key, content)

    def done(self, tag, start, end, status, answer):
        self.world.note(WRITE, *tag, start, end, status, answer, self.number)
        self.pause(status, end)


class Deleter(Actor):
    """Deletes its users one after another."""

    def __init__(self, world, number, period, keys):
        super().__init__(world, number, period)
        self.keys = list(keys)

    def next(self, now):
        if not self.may_go(now) or not self.keys:
            return None
        key = self.keys.pop()
        return delete(key), key

    def done(self, key, start, end, status, answer):
        event = self.world.note(DELETE, key, 0, start, end, status, answer, self.number)
        if event.version == GONE:
            self.world.gone.append(key)
        elif end - start >= 0:
            self.keys.append(key)  # again, some other time
        self.pause(status, end)


class Retrier(Actor):
    """Makes changes with an Idempotency-Key, each sent again until it is answered for good."""

    FINAL = (200, 204, 400, 404, 412, 422)

    def __init__(self, world, number, period):
        super().__init__(world, number, period)
        self.open = None  # (request, key, content)

    def next(self, now):
        if self.open is None:
            if not self.may_go(now):
                return None
            self.open = self.begin()
        elif now < self.not_before:
            return None
        return self.open[0], self.open[1:]

    def done(self, tag, start, end, status, answer):
        event = self.world.note(self.KIND, *tag, start, end, status, answer, self.number)
        if status in self.FINAL:
            self.open = None
        self.finish(event, answer)
        self.pause(status, end)

    def idempotency_key(self, content):
        return b"%s-%d" % (self.world.run, content)


class OnlyWriter(Retrier):
    """The one writer of its user: its version tells how many changes were applied."""

    KIND = WRITE

    def __init__(self, world, number, period, key):
        super().__init__(world, number, period)
        self.key = key
        world.changes[key] = [0, 0]

    def begin(self):
        content = self.world.content()
        self.world.changes[self.key][1] = 1
        return (patch(self.world, self.key, content, self.idempotency_key(content)), self.key, content)

    def finish(self, event, _):
        if self.open is None:
            self.world.changes[self.key][0] += event.status == 200
            self.world.changes[self.key][1] = 0


class Creator(Retrier):
    KIND = CREATE

    def begin(self):
        content = self.world.content()
        return post(self.world, content, self.idempotency_key(content)), 0, content

    def finish(self, event, answer):
        pass


class Racer(Actor):
    """Reads, changes, deletes and makes users, everybody the same few at any moment. Runs until
    `operations` were made."""

    HOT = 8  # users that half of the operations are about
    ROTATION = 3000  # operations until others are the hot ones

    def __init__(self, world, number, race):
        super().__init__(world, number, 0)
        self.race = race

    def next(self, now):
        race = self.race
        if race.left <= 0 or self.world.stopping:
            return None
        race.left -= 1
        slots = race.slots
        if random.random() < 0.5:
            slot = (race.left // self.ROTATION * self.HOT + random.randrange(self.HOT)) % len(slots)
        else:
            slot = random.randrange(len(slots))
        key = slots[slot]
        dice = random.random()
        if race.empty and dice < 0.2:
            content = self.world.content()
            return post(self.world, content), (CREATE, 0, content, race.empty.pop())
        if dice < 0.70:
            if dice < 0.12 and race.recently_gone:
                key = random.choice(race.recently_gone)
            return get(key), (READ, key, 0, slot)
        if dice < 0.98:
            content = self.world.content()
            return patch(self.world, key, content), (WRITE, key, content, slot)
        return delete(key), (DELETE, key, 0, slot)

    def done(self, tag, start, end, status, answer):
        kind, key, content, slot = tag
        event = self.world.note(kind, key, content, start, end, status, answer, self.number)
        race = self.race
        if kind == DELETE and status == 204:
            race.recently_gone.append(key)
            race.empty.append(slot)
        elif kind == CREATE and event.version == 1:
            race.slots[slot] = event.key
        race.finished += 1


class Race:
    """What the racers share."""

    def __init__(self, keys, operations):
        self.slots = list(keys)
        self.left = operations
        self.finished = 0
        self.empty = []  # slots whose user was deleted
        self.recently_gone = collections.deque(maxlen=50)
        self.begun = time.monotonic()


class Seeder(Actor):
    """Makes `count` users; their ids are in the world's events."""

    def __init__(self, world, count):
        super().__init__(world, 0, 0)
        self.left = count

    def next(self, now):
        if self.left == 0:
            return None
        self.left -= 1
        content = self.world.content()
        return post(self.world, content), content

    def done(self, content, start, end, status, answer):
        assert status == 200, f"a user could not be made: {status} {answer!r}"
        self.world.note(CREATE, 0, content, start, end, status, answer)
