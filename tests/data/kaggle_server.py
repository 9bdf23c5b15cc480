"""A loopback server with the part of Kaggle's API that kagglehub uses. It can be told to misbehave."""

import base64
import hashlib
import io
import json
import socket
import threading
import unicodedata
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

COMPOSED_DURER = "Albrecht_Dürer"
DECOMPOSED_DURER = unicodedata.normalize("NFD", COMPOSED_DURER)
MANGLED_DURER = "Albrecht_DuΓòá├¬rer"
ART_FOLDERS = {"Vincent_van_Gogh": 12, "Claude_Monet": 3, "Pierre-Auguste_Renoir": 2, MANGLED_DURER: 4}


def jpeg(seed: int) -> bytes:
    """A small JPEG that differs from those of other seeds."""
    out = io.BytesIO()
    Image.new("RGB", (16, 12), (seed * 37 % 256, seed * 91 % 256, seed * 13 % 256)).save(out, "JPEG")
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def art_zip(folders: dict[str, int] = ART_FOLDERS, padding: int = 0) -> bytes:
    """The set of paintings with these folders, and this many bytes more to make it long."""
    files = {"artists.csv": b"id,name,years,genre,nationality,bio,wikipedia,paintings\n"}
    for folder, count in folders.items():
        for n in range(1, count + 1):
            files[f"images/images/{folder}/{folder}_{n}.jpg"] = jpeg(n)
            files[f"resized/resized/{folder}_{n}.jpg"] = jpeg(n)
    if padding:
        block = hashlib.sha256(b"padding").digest()
        files["resized/resized/padding.jpg"] = block * (padding // len(block))
    return zipped(files)


def photo_zip(count: int = 5) -> bytes:
    files = {f"Images/{1000 + n}_{n:08x}.jpg": jpeg(n) for n in range(count)}
    return zipped(files | {"captions.txt": b"image,caption\n"})


@dataclass
class KaggleServer:
    """What the server holds, how it misbehaves, and what it was asked.

    `datasets` maps `owner/slug` to the archive; `status` answers every request to the API with that
    error; `credentials_required` answers 401 to whoever sends none; `cuts` holds, for each coming
    download, after how many bytes the connection is cut.
    """

    datasets: dict[str, bytes]
    version: int = 3
    status: int | None = None
    credentials_required: bool = False
    wrong_checksum: bool = False
    cuts: list[int] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)

    def __enter__(self) -> "KaggleServer":
        handler = type("Handler", (_Handler,), {"kaggle": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"


class _Handler(BaseHTTPRequestHandler):
    kaggle: KaggleServer

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        method = self.path.rpartition("/")[2]
        self.kaggle.requests.append(method)
        handle = f"{asked['ownerSlug']}/{asked['datasetSlug']}"
        if self.kaggle.status or (self.kaggle.credentials_required and "Authorization" not in self.headers):
            self._json(self.kaggle.status or 401, {"code": self.kaggle.status or 401, "message": "refused"})
        elif handle not in self.kaggle.datasets:
            self._json(404, {"code": 404, "message": "not found"})
        elif method == "GetDataset":
            self._json(200, {"currentVersionNumber": self.kaggle.version})
        else:
            self.send_response(302)
            self.send_header("Location", f"{self.kaggle.url}/archive/{handle}")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def do_GET(self):
        self.kaggle.requests.append("archive")
        content = self.kaggle.datasets[self.path.removeprefix("/archive/")]
        start = 0
        if wanted := self.headers.get("Range"):
            self.kaggle.ranges.append(wanted)
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Type", "application/zip")
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("X-Goog-Hash", f"crc32c=AAAAAA==,md5={self._md5(content)}")
        self.end_headers()
        self._send(content[start:], cut=self.kaggle.cuts.pop(0) if self.kaggle.cuts else None)

    def _md5(self, content: bytes) -> str:
        content = b"something else" if self.kaggle.wrong_checksum else content
        return base64.b64encode(hashlib.md5(content).digest()).decode()

    def _send(self, content: bytes, cut: int | None) -> None:
        try:
            self.wfile.write(content[:cut])
            self.wfile.flush()
            if cut is not None:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
        except OSError:
            pass  # the client went on by a Range request and left this answer unread

    def _json(self, status: int, answer: dict) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
