"""Free ports for servers that can't be told to take port 0."""

import random
import socket

# Below the range that outgoing connections get their ports from: nobody takes one of these by
# chance while the server that has it is stopped for a moment.
LOWEST, HIGHEST = 15000, 32000
_given = set()


def free_port(host="127.0.0.1"):
    for _ in range(1000):
        port = random.randint(LOWEST, HIGHEST)
        if port in _given:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        _given.add(port)
        return port
    raise AssertionError(f"no free port between {LOWEST} and {HIGHEST}")


def is_open(port, host="127.0.0.1"):
    try:
        socket.create_connection((host, port), timeout=1).close()
        return True
    except OSError:
        return False
