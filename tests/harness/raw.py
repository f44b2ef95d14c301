"""An HTTP client that sends exactly the bytes it is given and shows exactly what comes back."""

import json
import socket
from dataclasses import dataclass, field


@dataclass
class RawResponse:
    version: str
    status: int
    reason: str
    header_list: list
    body: bytes = b""
    interim: list = field(default_factory=list)  # status codes of the 1xx before it

    def header(self, name):
        """The value of a header that may come once at most; None when absent."""
        values = [value for key, value in self.header_list if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)


class RawConnection:
    def __init__(self, port, host="127.0.0.1", timeout=30.0):
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self._buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"closed by the peer; got {self._buffer[:200]!r}")
        self._buffer += data

    def _read_head(self):
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        version, status, reason = lines[0].split(" ", 2)
        headers = [tuple(part.strip(" ") for part in line.split(":", 1)) for line in lines[1:]]
        return RawResponse(version, int(status), reason, headers)

    def read_response(self, head_only=False):
        """The next final response."""
        interim = []
        response = self._read_head()
        while response.status < 200:
            interim.append(response.status)
            response = self._read_head()
        response.interim = interim
        if head_only or response.status in (204, 304):
            return response
        length = int(response.header("content-length"))
        while len(self._buffer) < length:
            self._more()
        response.body, self._buffer = self._buffer[:length], self._buffer[length:]
        return response

    def read_interim(self):
        """The status of the next 1xx response."""
        response = self._read_head()
        assert response.status < 200, f"expected 1xx, got {response.status}"
        return response.status

    def at_end(self):
        """Waits until the peer says something or closes: True when it closed, having said nothing."""
        if self._buffer:
            return False
        try:
            self._buffer = self.socket.recv(65536)
        except ConnectionResetError:
            return True
        return not self._buffer

    def is_quiet(self, seconds):
        """True when nothing comes, not even an end, within `seconds`."""
        if self._buffer:
            return False
        before = self.socket.gettimeout()
        self.socket.settimeout(seconds)
        try:
            self._buffer = self.socket.recv(65536)
            return False
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(before)


class KeptConnection:
    """One connection for many exchanges, made anew when the other side has closed it."""

    def __init__(self, port):
        self._port = port
        self._connection = None

    def exchange(self, data, head_only=False):
        if self._connection is None:
            self._connection = RawConnection(self._port)
        try:
            self._connection.send(data)
            response = self._connection.read_response(head_only)
        except (EOFError, OSError):
            self.close()
            raise
        # uvicorn closes after a failure of the application without saying so.
        if response.header("connection") == "close" or response.status >= 500:
            self.close()
        return response

    def close(self):
        if self._connection:
            self._connection.close()
            self._connection = None


def exchange(port, data, head_only=False):
    """Sends `data` on a connection of its own and reads one response."""
    with RawConnection(port) as connection:
        connection.send(data)
        return connection.read_response(head_only)


def request(method, target, headers=None, body=b"", version="HTTP/1.1"):
    """The bytes of a request; Host is set unless given, Content-Length when there is a body."""
    fields = {"Host": "test"}
    if body:
        fields["Content-Length"] = str(len(body))
    fields.update(headers or {})
    if not isinstance(target, bytes):
        target = target.encode("latin-1")
    lines = b"".join(
        name.encode() + b": " + (value if isinstance(value, bytes) else value.encode("latin-1")) + b"\r\n"
        for name, value in fields.items()
        if value is not None
    )
    return method.encode() + b" " + target + b" " + version.encode() + b"\r\n" + lines + b"\r\n" + body
