"""Keep-alive connections with pipelined requests, driven by one epoll loop: what a load generator
in Python has to be to keep a C++ service busy."""

import re
import selectors
import socket
import time

STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: (\d+)")
CLOSING = re.compile(rb"\r\n[Cc]onnection: close")
LOST, HUNG = 0, -1  # instead of a status


class Connection:
    """One connection of one actor, made anew whenever it is lost."""

    def __init__(self, engine, port, actor, depth):
        self.engine, self.port, self.actor, self.depth = engine, port, actor, depth
        self.sock = None
        self.buffer = b""
        self.pending = []  # (tag, start), oldest first
        self.wake = 0.0  # no request before

    def fill(self, now):
        """Sends as many requests as may be under way."""
        if self.sock is None and not self._open(now):
            return
        pieces = []
        while len(self.pending) < self.depth and not self.closing:
            following = self.actor.next(now)
            if following is None:
                break
            data, tag = following
            pieces.append(data)
            self.pending.append((tag, time.monotonic()))
        if pieces:
            try:
                self.sock.sendall(b"".join(pieces))
            except OSError:
                self.fail(LOST)

    def _open(self, now):
        try:
            self.sock = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        except OSError:
            self.wake = now + 0.05
            self.engine.refused += 1
            return False
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.closing = False
        self.engine.selector.register(self.sock, selectors.EVENT_READ, self)
        return True

    def read(self):
        try:
            data = self.sock.recv(262144)
        except OSError:
            data = b""
        if not data:
            self.fail(LOST)
            return
        self.buffer = self.buffer + data if self.buffer else data
        end = time.monotonic()
        position = 0
        buffer = self.buffer
        while self.pending:
            head = buffer.find(b"\r\n\r\n", position)
            if head < 0:
                break
            status = int(STATUS.match(buffer, position)[1])
            body = head + 4
            found = LENGTH.search(buffer, position, body)
            following = body + (int(found[1]) if found else 0)
            if following > len(buffer):
                break
            if CLOSING.search(buffer, position, body):
                self.closing = True
            tag, start = self.pending.pop(0)
            self.actor.done(tag, start, end, status, buffer[position:following])
            position = following
        self.buffer = buffer[position:]
        if self.closing and not self.pending:
            self.fail(LOST)

    def fail(self, why):
        """The connection's end: nobody knows what became of what was under way."""
        if self.sock:
            self.engine.selector.unregister(self.sock)
            self.sock.close()
        self.sock, self.buffer = None, b""
        pending, self.pending = self.pending, []
        end = time.monotonic()
        for tag, start in pending:
            self.actor.done(tag, start, end, why, b"")
        self.wake = max(self.wake, end + 0.01)


class Engine:
    def __init__(self, give_up=20.0):
        """`give_up`: seconds after which a request without an answer counts as hung."""
        self.selector = selectors.DefaultSelector()
        self.connections = []
        self.give_up = give_up
        self.refused = 0
        self.stopping = False

    def add(self, port, actor, depth=1):
        self.connections.append(Connection(self, port, actor, depth))

    def step(self, longest=0.005):
        """One turn: sends what may be sent, reads what has come."""
        now = time.monotonic()
        for connection in self.connections:
            if connection.wake <= now and len(connection.pending) < connection.depth:
                connection.fill(now)
            if connection.pending and now - connection.pending[0][1] > self.give_up:
                connection.fail(HUNG)
        for key, _ in self.selector.select(longest):
            if isinstance(key.data, Connection):
                if key.data.sock is key.fileobj:
                    key.data.read()
            else:
                self.stopping = True
                self.selector.unregister(key.fileobj)

    def is_idle(self):
        return not any(connection.pending for connection in self.connections)
