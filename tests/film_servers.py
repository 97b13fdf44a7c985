"""Servers of a film that are no RTSP servers: HTTP by Python's own, RTMP by FFmpeg's program."""

import functools
import http.server
import shutil
import socket
import subprocess
import threading
import time

PATIENCE = 10.0  # s


class HttpFilm:
    """Serves a film at its address, as any web server does; a `with` block ends it."""

    def __init__(self, path):
        handler = functools.partial(QuietHandler, directory=path.parent)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/{path.name}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Writes no log."""

    def log_message(self, *_):
        pass


class RtmpFilm:
    """Plays a film of H.264 and AAC, once, to the first who calls."""

    def __init__(self, path, port):
        self.port, self._path = port, path
        self.url = f"rtmp://127.0.0.1:{port}/live/t"

    def __enter__(self):
        words = ["ffmpeg", "-nostdin", "-loglevel", "quiet", "-re", "-i", self._path, "-c", "copy"]
        self._process = subprocess.Popen([*words, "-f", "flv", "-listen", "1", self.url])
        limit = time.monotonic() + PATIENCE
        # a call would already be the one that it plays to
        while can_bind(self.port):
            assert self._process.poll() is None and time.monotonic() < limit
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()


def can_bind(port):
    """Whether nobody listens there yet."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def lacks_ffmpeg():
    """Why RTMP cannot be served here, or None."""
    return None if shutil.which("ffmpeg") else "no ffmpeg to serve RTMP; Debian: apt install ffmpeg"
