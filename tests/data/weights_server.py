"""A loopback server for published weights. It can be told to misbehave."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WeightsServer:
    """What the server holds, how it misbehaves, and what it was asked.

    `files` maps a name to its content; `status` answers everything with that error; `cut` ends the next answer after so
    many bytes; `resumes` tells whether it knows ranges; `length` lies about an answer's.
    """

    def __init__(self):
        self.files, self.status, self.cut, self.resumes, self.length = {}, None, None, True, None
        self.version = '"1"'
        self.asked = []
        self.address = ""


@contextmanager
def serving():
    """Run a server; yields its `WeightsServer`."""
    state = WeightsServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            _answer(self, state)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_port}/models"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler, state):
    asked = handler.headers.get("Range"), handler.headers.get("If-Range")
    state.asked.append((handler.path, *asked))
    content = state.files.get(handler.path.rpartition("/")[2])
    if state.status or content is None:
        handler.send_error(state.status or 404)
        return
    start = 0
    if state.resumes and asked[0] and asked[1] == state.version:
        start = int(asked[0].removeprefix("bytes=").removesuffix("-"))
    if start > len(content):
        handler.send_error(416)
        return
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    handler.send_header("Content-Length", str(state.length or len(content) - start))
    if state.version:
        handler.send_header("ETag", state.version)
    handler.end_headers()
    cut, state.cut = state.cut, None
    handler.wfile.write(content[start:] if cut is None else content[start : start + cut])
    handler.close_connection = True
