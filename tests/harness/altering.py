"""A proxy that changes the answers of a real service: what a broken deployment would say. It cannot
be had from the service itself, which is not broken."""

import http.client
import socketserver
import ssl
import threading
from http.server import BaseHTTPRequestHandler


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def drop(self, name):
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()]


class AlteringProxy:
    """`alter(request, answer)` changes an answer in place; `request` has `command` and `path`.
    `before(request)` may give an Answer without asking the service."""

    def __init__(self, port, alter=None, before=None, certificate=None):
        proxy = self
        self.requests = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def answer(self):
                proxy.requests.append((self.command, self.path))
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                answer = before(self) if before else None
                if answer is None:
                    answer = proxy.ask(self, body)
                    if alter:
                        alter(self, answer)
                self.send_response_only(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self.upstream = port
        self.server = Server(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def ask(self, request, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=30)
        headers = {name: value for name, value in request.headers.items()
                   if name.lower() not in ("connection", "content-length")}
        connection.request(request.command, request.path, body or None, headers)
        answer = connection.getresponse()
        kept = [pair for pair in answer.getheaders()
                if pair[0].lower() not in ("connection", "content-length", "transfer-encoding")]
        result = Answer(answer.status, kept, answer.read())
        connection.close()
        return result

    def close(self):
        self.server.shutdown()
        self.server.server_close()
