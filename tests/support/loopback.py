"""A small HTTP server on loopback whose answers are raw bytes, for tests of the network door."""

import socket
import threading
from contextlib import contextmanager


class Loopback:
    """Answers each path with the bytes, or the function of the connection, that `routes` names; over `tls` if given."""

    def __init__(self, routes, tls=None):
        self.routes = routes
        self._tls = tls
        self.requests = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def _accept(self):
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        connection.settimeout(10)
        if self._tls:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:  # whoever called did not like the certificate
                connection.close()
                return
        with connection:
            try:
                request = b""
                while b"\r\n\r\n" not in request:
                    part = connection.recv(65536)
                    if not part:
                        return
                    request += part
                self.requests.append(request.decode("latin-1"))
                path = request.split(b" ", 2)[1].decode("latin-1")
                answer = self.routes.get(path.partition("?")[0], response(b"", status="404 Not Found"))
                if callable(answer):
                    answer(connection, request)
                else:
                    connection.sendall(answer)
            except OSError:
                pass

    def close(self):
        self._stop.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)


def response(body, *headers, status="200 OK", length=None):
    """Return the raw bytes of an HTTP answer that closes the connection."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@contextmanager
def serving(routes, tls=None):
    """Serve the routes while the block runs; `tls` is the server's side of TLS."""
    server = Loopback(routes, tls)
    try:
        yield server
    finally:
        server.close()


def free_port():
    """Return a port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
