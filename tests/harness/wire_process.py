"""The network between services and servers: forwards TCP, and can be made to fail.

A command a line on stdin, each answered "ok"; <port> is the near end of a cable:
  lay <port> <target port>   a new cable
  pass <port>                forwards again, what was held back included
  cut <port>                 resets all connections and refuses new ones
  blackhole <port>           no byte passes; connections stay, new ones are not even answered (SYN
                             dropped)
  delay <port> <seconds>     every piece arrives so much later
  delay <port> <seconds> asked   only what comes from the near end, and no answer to it
Runs in a process of its own, so that it doesn't wait for the interpreter lock of the tests; and all
cables in the same one: what was sent first on one of them doesn't arrive after what followed from it
on others, however busy the machine is.
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

    def __init__(self, wire, sock):
        self.wire, self.sock, self.peer = wire, sock, None
        self.link = ()
        self.waiting = collections.deque()  # (due, bytes); b"": the end
        self.held = 0
        self.connected = True
        self.events = 0


class Wire:
    def __init__(self, selector, port, target):
        self.selector, self.port, self.target = selector, port, target
        self.links = set()
        self.delay = 0.0
        self.slows_answers = True
        self.holding = False
        self.stuffing = []
        self.listener = None
        self.listen()

    def listen(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ, self)

    # Faults

    def cut(self):
        self.heal()
        if self.listener:
            self.selector.unregister(self.listener)
            self.listener.close()
            self.listener = None
        for link in list(self.links):
            self.close(link, reset=True)

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
        self.selector.register(self.listener, selectors.EVENT_READ, self)
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
        near, far = End(self, client), End(self, upstream)
        near.peer, far.peer = far, near
        far.connected = False
        near.link = far.link = link = (near, far)
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
        delay = self.delay if self.slows_answers or end is end.link[0] else 0.0
        other.waiting.append((time.monotonic() + delay, data))
        other.held += len(data) if data else HELD  # after the end nothing more is read
        if not delay and other.connected:
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

    def handle(self, end, events):
        if self.holding:
            return
        if events & selectors.EVENT_WRITE:
            self.write(end)
        if events & selectors.EVENT_READ and end.link in self.links:
            self.read(end)

    def look_at_the_clock(self):
        if self.delay and not self.holding:
            for link in list(self.links):
                for end in link:
                    self.watch(end)


class Network:
    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.selector.register(sys.stdin, selectors.EVENT_READ)
        self.wires = {}

    def command(self, name, port, *more):
        if name == "lay":
            self.wires[port] = Wire(self.selector, int(port), int(more[0]))
        elif name == "delay":
            self.wires[port].delay = float(more[0])
            self.wires[port].slows_answers = "asked" not in more
        elif name == "cut":
            self.wires[port].cut()
        elif name == "blackhole":
            self.wires[port].hold()
        else:
            self.wires[port].heal()

    def run(self):
        while True:
            delayed = any(wire.delay for wire in self.wires.values())
            for key, events in self.selector.select(0.005 if delayed else None):
                if key.fileobj is sys.stdin:
                    line = sys.stdin.readline()
                    if not line:
                        return
                    self.command(*line.split())
                    print("ok", flush=True)
                elif isinstance(key.data, Wire):
                    if key.fileobj is key.data.listener:
                        key.data.accept()
                elif key.data.link in key.data.wire.links:
                    key.data.wire.handle(key.data, events)
            for wire in self.wires.values():
                wire.look_at_the_clock()


if __name__ == "__main__":
    Network().run()
