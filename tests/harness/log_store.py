"""A stand-in for Elasticsearch, which can't be had here: it speaks as much of the `_bulk` API as a
shipper needs, remembers what it took, and can be away, busy or picky."""

import base64
import contextlib
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .ports import free_port


class StandInStore:
    def __init__(self, password, host="127.0.0.1"):
        self.host, self.port = host, free_port()
        self.documents = {}  # by id
        self.repeated = 0  # sent again though taken before
        self.requests = 0
        self.busy = 0  # how many documents are still to be answered "too many requests"
        self.refuses = lambda document: False
        self.settings = {}  # by path: what an administrator put
        self.administrator = "Basic " + base64.b64encode(b"elastic:secret").decode()
        self._authorization = "Basic " + base64.b64encode(f"logs_writer:{password}".encode()).decode()
        self._lock = threading.Lock()
        self._server = None
        self._connections = []
        self.start()

    def start(self):
        store = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                store._connections.append(self.connection)

            def do_GET(self):
                self.answer(200, {})

            do_HEAD = do_GET

            def do_PUT(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.headers["Authorization"] != store.administrator:
                    self.answer(401, {"error": {"type": "security_exception"}})
                else:
                    store.settings[self.path] = body
                    self.answer(200, {"acknowledged": True})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["Authorization"] != store._authorization:
                    self.answer(401, {"error": {"type": "security_exception"}})
                elif self.path.split("?")[0] != "/_bulk":
                    self.answer(404, {})
                else:
                    self.answer(200, store.take(body))

            def answer(self, status, body):
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer((self.host, self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """As if it were switched off: what it took stays."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._connections.clear()

    def take(self, body):
        lines = [json.loads(line) for line in body.splitlines() if line.strip()]
        assert len(lines) % 2 == 0, body
        with self._lock:
            self.requests += 1
            items = [{"create": self._take_one(action, document)}
                     for action, document in zip(lines[::2], lines[1::2], strict=True)]
        return {"took": 1, "errors": any(item["create"]["status"] >= 300 for item in items), "items": items}

    def _take_one(self, action, document):
        (kind, where), = action.items()
        assert kind == "create" and where["_index"] == "slipway-logs", action
        key = where["_id"]
        said = {"_index": where["_index"], "_id": key}
        if key in self.documents:
            self.repeated += 1
            return {**said, "status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "exists"}}
        if self.refuses(document):
            return {**said, "status": 400, "error": {"type": "document_parsing_exception", "reason": "refused"}}
        if self.busy > 0:
            self.busy -= 1
            return {**said, "status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "busy"}}
        self.documents[key] = document
        return {**said, "status": 201, "result": "created"}

    def find(self, **fields):
        """Documents that have all `fields`, in the order of their time."""
        with self._lock:
            found = [document for document in self.documents.values()
                     if all(document.get(name) == value for name, value in fields.items())]
        return sorted(found, key=lambda document: document["@timestamp"])

    close = stop
