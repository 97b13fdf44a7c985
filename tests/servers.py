"""RTSP servers for the tests: a small one of our own that can misbehave on demand, and gst-rtsp-server.

What they send: 30 pictures a second, every second one of them white, and with it a click of 5 ms.
"""

import base64
import hashlib
import random
import re
import socket
import struct
import subprocess
import threading
import time
from collections import deque
from contextlib import suppress
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np

FRAME_RATE, SOUND_RATE, PACKET = 30, 8000, 160  # 1/s, Hz, samples
FLASH = 15  # frame of each second that is white
REALM, NONCE = "test", "0123456789"
GST_SCRIPT = Path(__file__).with_name("gst_server.py")
SYSTEM_PYTHON = "/usr/bin/python3"
GST_PACKAGES = (
    "python3-gi gir1.2-gst-rtsp-server-1.0 gir1.2-gst-plugins-base-1.0 gstreamer1.0-plugins-base "
    "gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav"
)
NEEDS_GST = "import gi; gi.require_version('GstRtspServer', '1.0'); gi.require_version('GstApp', '1.0')"


@cache
def encoded_second(width=160, height=120):
    """For each frame of a second its H.264 units, the first with the parameter sets before it."""
    codec = av.CodecContext.create("libx264", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.framerate, codec.time_base = Fraction(FRAME_RATE), Fraction(1, FRAME_RATE)
    codec.options = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "g": "30"}
    packets = []
    for k in range(FRAME_RATE):
        pixels = np.full((height, width, 3), 255 if k == FLASH else 30, np.uint8)
        if k != FLASH:
            pixels[20:60, 20 + 2 * k : 60 + 2 * k] = (40, 40, 220)
        frame = av.VideoFrame.from_ndarray(pixels, "bgr24")
        frame.pts = k
        packets += codec.encode(frame)
    packets += codec.encode(None)
    return [units_of(bytes(packet)) for packet in packets]


def units_of(data):
    """The NAL units of an annex B stream."""
    return [part for part in re.split(b"\x00\x00\x00?\x01", data) if part]


@cache
def encoded_click():
    """A second of sound in packets of G.711, the click at the white picture."""
    sound = np.zeros(SOUND_RATE)
    start = SOUND_RATE * FLASH // FRAME_RATE
    length = SOUND_RATE // 200
    sound[start : start + length] = 0.8 * np.sin(2 * np.pi * 2000 * np.arange(length) / SOUND_RATE + 0.3)
    codec = av.CodecContext.create("pcm_mulaw", "w")
    codec.sample_rate, codec.layout, codec.format = SOUND_RATE, "mono", "s16"
    frame = av.AudioFrame.from_ndarray((sound[None] * 32767).astype(np.int16), "s16", "mono")
    frame.sample_rate = SOUND_RATE
    data = b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])
    return [data[k : k + PACKET] for k in range(0, len(data), PACKET)]


class RtspServer:
    """Serves rtsp://127.0.0.1:PORT/t over TCP from threads of its own; a `with` block ends them.

    Attributes may be changed while it runs: `muted` tracks ("picture", "sound") are not sent, `frozen` sends
    and answers nothing, `size` of the pictures. `late` s: when the sound begins after the picture.
    `loss`: share of the packets that are lost on the way. `shift` s: added to all time stamps.
    """

    def __init__(self, port=0, **settings):
        self.muted, self.frozen, self.size = set(), False, (160, 120)
        self.loss = self.shift = 0.0
        self.late, self.rtp_info, self.reports, self.sound = 0.0, True, True, True
        self.login, self.moved_to = None, None
        self.requests = deque(maxlen=100)
        self.__dict__.update(settings)
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        self._over = threading.Event()
        self._connections = []
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def url(self):
        return f"rtsp://127.0.0.1:{self.port}/t"

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for thread in self._threads:
            thread.join()

    def drop(self):
        """Break every connection off."""
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self):
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection):
        lock, done = threading.Lock(), threading.Event()
        with connection, suppress(OSError), connection.makefile("rb") as lines:
            while request := read_request(lines):
                while self.frozen and not self._over.wait(0.01):
                    pass
                self.requests.append(request)
                with lock:
                    connection.sendall(self._answer(*request))
                if request[0] == "PLAY":
                    sender = threading.Thread(target=self._send, args=(connection, lock, done))
                    self._threads.append(sender)
                    sender.start()
        done.set()

    def _answer(self, method, url, headers):
        head, body, status = f"CSeq: {headers.get('cseq', '0')}\r\n", "", "200 OK"
        if self.login and not self._allows(method, url, headers.get("authorization", "")):
            status = "401 Unauthorized"
            head += f'WWW-Authenticate: Digest realm="{REALM}", nonce="{NONCE}"\r\n'
        elif self.moved_to:
            status, head = "302 Found", head + f"Location: {self.moved_to}\r\n"
        elif method == "OPTIONS":
            head += "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif method == "DESCRIBE":
            body = self._describe()
            head += f"Content-Base: {url}/\r\nContent-Type: application/sdp\r\n"
        elif method == "SETUP":
            channels = re.search(r"interleaved=(\d+-\d+)", headers.get("transport", ""))
            if channels:
                head += f"Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved={channels[1]}\r\n"
            else:
                status = "461 Unsupported transport"
        elif method == "PLAY":
            head += "Session: 1\r\nRange: npt=0.000-\r\n" + self._rtp_info(url)
        return f"RTSP/1.0 {status}\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()

    def _allows(self, method, url, answer):
        user, password = self.login
        told = dict(re.findall(r'(\w+)="([^"]*)"', answer))
        first, second = (md5(f"{user}:{REALM}:{password}"), md5(f"{method}:{told.get('uri', url)}"))
        return told.get("username") == user and told.get("response") == md5(f"{first}:{NONCE}:{second}")

    def _describe(self):
        units = encoded_second(*self.size)[0]
        sets = ",".join(base64.b64encode(unit).decode() for unit in units if unit[0] & 31 in (7, 8))
        lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=t", "t=0 0", "a=control:*", "m=video 0 RTP/AVP 96"]
        lines += ["a=rtpmap:96 H264/90000", f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}"]
        lines += ["a=control:v"]
        if self.sound:
            lines += ["m=audio 0 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=control:a"]
        return "\r\n".join(lines) + "\r\n"

    def _rtp_info(self, url):
        base = url.rstrip("/")
        told = f"url={base}/v;seq=0;rtptime=90000,url={base}/a;seq=0;rtptime=80000"
        return f"RTP-Info: {told}\r\n" if self.rtp_info else ""

    def _send(self, connection, lock, done):
        begun, frame, piece, sequence = time.monotonic(), 0, 0, {0: 0, 2: 0}
        next_report, draws = 0.5, random.Random(1)

        def packet(channel, kind, stamp, payload, marker=True):
            stamp += round(self.shift * (SOUND_RATE if channel else 90000))
            number = sequence[channel] = sequence[channel] + 1
            if draws.random() < self.loss:
                return
            head = struct.pack(
                ">BBHII", 0x80, kind | 0x80 * marker, number & 0xFFFF, stamp & 0xFFFFFFFF, channel
            )
            with lock:
                connection.sendall(struct.pack(">cBH", b"$", channel, 12 + len(payload)) + head + payload)

        with suppress(OSError):
            while not (self._over.is_set() or done.is_set()):
                now = time.monotonic() - begun
                while frame / FRAME_RATE <= now:
                    if not (self.frozen or "picture" in self.muted):
                        send_frame(packet, encoded_second(*self.size)[frame % FRAME_RATE], frame)
                    frame += 1
                while (piece + 1) * PACKET / SOUND_RATE <= now:
                    begins = self.sound and piece * PACKET / SOUND_RATE >= self.late - 1e-9
                    if begins and not (self.frozen or "sound" in self.muted):
                        data = encoded_click()[piece % (SOUND_RATE // PACKET)]
                        packet(2, 0, 80000 + piece * PACKET, data, marker=False)
                    piece += 1
                if self.reports and now > next_report:
                    next_report += 1
                    self._report(connection, lock, now)
                time.sleep(0.002)

    def _report(self, connection, lock, now):
        for channel, first, rate in ((1, 90000, 90000), (3, 80000, SOUND_RATE)):
            ntp, stamp = 3_900_000_000 + now, first + round((now + self.shift) * rate) & 0xFFFFFFFF
            body = struct.pack(
                ">BBHIIIIII", 0x80, 200, 6, channel - 1, int(ntp), int(ntp % 1 * 2**32), stamp, 0, 0
            )
            with lock:
                connection.sendall(struct.pack(">cBH", b"$", channel, len(body)) + body)


def send_frame(packet, units, frame):
    """A frame's units, those that are too long in fragments (RFC 6184 section 5.8)."""
    stamp = 90000 + frame * 90000 // FRAME_RATE
    for k, unit in enumerate(units):
        last = k == len(units) - 1
        pieces = [unit[1:][at : at + 1300] for at in range(0, len(unit) - 1, 1300)]
        if len(pieces) <= 1:
            packet(0, 96, stamp, unit, last)
            continue
        for number, piece in enumerate(pieces):
            ends = number == len(pieces) - 1
            flags = 0x80 * (number == 0) | 0x40 * ends
            head = bytes([unit[0] & 0xE0 | 28, flags | unit[0] & 31])
            packet(0, 96, stamp, head + piece, last and ends)


def read_request(lines):
    """(method, url, headers) of the next request, None at the end; what comes in frames is left out."""
    while first := lines.read(1):
        if first == b"$":
            _, size = struct.unpack(">BH", lines.read(3))
            lines.read(size)
            continue
        line = (first + lines.readline()).decode().split()
        headers = {}
        while (text := lines.readline().decode().strip()) != "":
            name, _, value = text.partition(":")
            headers[name.lower()] = value.strip()
        return line[0], line[1], headers
    return None


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


class GstServer:
    """gst-rtsp-server in a process of its own, with the same flashes and clicks, or those of a film."""

    def __init__(self, codec, port=0, login=""):
        self.codec, self.login = codec, login
        self.port = port or free_port()
        self.process = None

    @property
    def url(self):
        return f"rtsp://127.0.0.1:{self.port}/t"

    def __enter__(self):
        words = [SYSTEM_PYTHON, GST_SCRIPT, str(self.port), self.codec, self.login]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout.readline().strip() == "ready"
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@cache
def lacks_gst():
    """Why gst-rtsp-server cannot be used here, or None."""
    if not Path(SYSTEM_PYTHON).exists():
        return f"no {SYSTEM_PYTHON}, so no gst-rtsp-server"
    done = subprocess.run([SYSTEM_PYTHON, "-c", NEEDS_GST], capture_output=True, check=False)
    return None if done.returncode == 0 else f"no gst-rtsp-server; Debian: apt install {GST_PACKAGES}"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
