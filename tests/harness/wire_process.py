"""The network between a service and one server: forwards TCP, and can be made to fail.

usage: wire_process.py <port> <target port>; then a command a line on stdin, each answered "ok":
  pass              forwards again, what was held back included
  cut               resets all connections and refuses new ones
  blackhole         no byte passes; connections stay, new ones are not even answered (SYN dropped)
  delay <seconds>   every piece arrives so much later
Runs in a process of its own, so that it doesn't wait for the interpreter lock of the tests.
"""

import collections
import selectors
import socket
import struct
import sys
import time

PIECE = 65536
HELD = 1 << 20  # bytes waiting to be written, beyond which the source isn't read
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close() sends RST


class End:
    """One socket of a link, and what has still to be written to it."""

    def __init__(self, link, sock):
        self.link, self.sock, self.peer = link, sock, None
        self.waiting = collections.deque()  # (due, bytes); b"": the end
        self.held = 0
        self.connected = True
        self.events = 0


class Wire:
    def __init__(self, port, target):
        self.port, self.target = port, target
        self.selector = selectors.DefaultSelector()
        self.links = set()
        self.delay = 0.0
        self.holding = False
        self.stuffing = []
        self.listener = None
        self.listen()
        self.selector.register(sys.stdin, selectors.EVENT_READ)

    def listen(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ)

    # Commands

    def command(self, words):
        if words[0] == "delay":
            self.delay = float(words[1])
        elif words[0] == "cut":
            self.heal()
            if self.listener:
                self.selector.unregister(self.listener)
                self.listener.close()
                self.listener = None
            for link in list(self.links):
                self.close(link, reset=True)
        elif words[0] == "blackhole":
            self.hold()
        else:
            self.heal()

    def hold(self):
        if self.listener is None:
            self.listen()
        self.holding = True
        self.selector.unregister(self.listener)
        for link in self.links:
            for end in link:
                self.watch(end)
        # With its queue full, a listener drops further SYNs, as a network that swallows them.
        self.listener.listen(0)
        for _ in range(8):
            probe = socket.socket()
            probe.settimeout(0.05)
            self.stuffing.append(probe)
            try:
                probe.connect(("127.0.0.1", self.port))
            except OSError:
                break

    def heal(self):
        if self.listener is None:
            self.listen()
        if not self.holding:
            return
        self.holding = False
        self.listener.listen(512)
        for probe in self.stuffing:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            probe.close()
        self.stuffing = []
        self.selector.register(self.listener, selectors.EVENT_READ)
        for link in self.links:
            for end in link:
                self.watch(end)

    # Forwarding

    def accept(self):
        try:
            client, _ = self.listener.accept()
        except OSError:
            return
        upstream = socket.socket()
        for sock in (client, upstream):
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = []
        near, far = End(link, client), End(link, upstream)
        near.peer, far.peer = far, near
        far.connected = False
        link += [near, far]
        link = tuple(link)
        near.link = far.link = link
        self.links.add(link)
        upstream.connect_ex(("127.0.0.1", self.target))
        self.watch(near)
        self.watch(far)

    def watch(self, end):
        """Asks for the events that `end` has a use for now."""
        events = 0
        if not self.holding:
            if end.connected and end.peer.held < HELD:
                events |= selectors.EVENT_READ
            due = end.waiting and end.waiting[0][0] <= time.monotonic()
            if due or not end.connected:
                events |= selectors.EVENT_WRITE
        if events == end.events:
            return
        if not end.events:
            self.selector.register(end.sock, events, end)
        elif not events:
            self.selector.unregister(end.sock)
        else:
            self.selector.modify(end.sock, events, end)
        end.events = events

    def read(self, end):
        try:
            data = end.sock.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            self.close(end.link, reset=True)
            return
        other = end.peer
        other.waiting.append((time.monotonic() + self.delay, data))
        other.held += len(data) if data else HELD  # after the end nothing more is read
        if not self.delay and other.connected:
            self.write(other)
        else:
            self.watch(other)
        if end.link in self.links:
            self.watch(end)

    def write(self, end):
        if not end.connected:
            if end.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.close(end.link, reset=True)
                return
            end.connected = True
        while end.waiting and end.waiting[0][0] <= time.monotonic():
            due, data = end.waiting[0]
            if not data:
                self.close(end.link)
                return
            try:
                sent = end.sock.send(data)
            except BlockingIOError:
                break
            except OSError:
                self.close(end.link, reset=True)
                return
            end.held -= sent
            end.waiting.popleft()
            if sent < len(data):
                end.waiting.appendleft((due, data[sent:]))
                break
        self.watch(end)
        self.watch(end.peer)

    def close(self, link, reset=False):
        self.links.discard(link)
        for end in link:
            if end.events:
                self.selector.unregister(end.sock)
                end.events = 0
            if reset:
                end.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.sock.close()

    def run(self):
        while True:
            for key, events in self.selector.select(0.005 if self.delay else None):
                if key.fileobj is sys.stdin:
                    line = sys.stdin.readline()
                    if not line:
                        return
                    self.command(line.split())
                    print("ok", flush=True)
                elif key.fileobj is self.listener:
                    self.accept()
                elif key.data and key.data.link in self.links and not self.holding:
                    if events & selectors.EVENT_WRITE:
                        self.write(key.data)
                    if events & selectors.EVENT_READ and key.data.link in self.links:
                        self.read(key.data)
            if self.delay and not self.holding:
                for link in list(self.links):
                    for end in link:
                        self.watch(end)


if __name__ == "__main__":
    Wire(int(sys.argv[1]), int(sys.argv[2])).run()
