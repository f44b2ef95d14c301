"""A stand-in for an OpenTelemetry collector: takes spans by OTLP over HTTP in JSON, and can be away."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .ports import free_port

SERVER, CLIENT, INTERNAL = 2, 3, 1


class Span:
    def __init__(self, data):
        self.data, self.name, self.kind = data, data["name"], data["kind"]
        self.trace, self.id, self.parent = data["traceId"], data["spanId"], data.get("parentSpanId")
        self.begin, self.end = int(data["startTimeUnixNano"]), int(data["endTimeUnixNano"])
        self.attributes = {each["key"]: next(iter(each["value"].values())) for each in data["attributes"]}


class StandInCollector:
    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.bodies = []
        self._server = None
        self.start()

    def start(self):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                good = handler.path == "/v1/traces" and handler.headers["Content-Type"] == "application/json"
                if good:
                    self.bodies.append(body.decode())
                handler.send_response(200 if good else 400)
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            def log_message(handler, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """What it took stays."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    close = stop

    def spans(self, trace):
        """Of that trace, the earliest first."""
        found = [Span(data) for body in list(self.bodies) for resource in json.loads(body)["resourceSpans"]
                 for scope in resource["scopeSpans"] for data in scope["spans"] if data["traceId"] == trace]
        return sorted(found, key=lambda span: (span.begin, span.kind != SERVER))
