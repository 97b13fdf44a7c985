"""Relays before the servers of the tests: one loses RTP packets as a bad network does, one encrypts."""

import random
import re
import select
import shutil
import socket
import ssl
import struct
import subprocess
import threading
from contextlib import suppress

LONGEST = 65536  # bytes of one datagram
LOOK = 0.2  # s between two looks at whether it is over


class Relay:
    """Accepts connections and hands each, with one to the server behind it, to `_talk` in a thread of its
    own. A `with` block runs it together with that server; `url` is what to call instead of the server's."""

    def __init__(self, server):
        self.server = server
        self._over = threading.Event()
        self._threads = []

    @property
    def url(self):
        return self.server.url.replace(str(self.server.port), str(self._listener.getsockname()[1]))

    def __enter__(self):
        self.server.__enter__()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._start(self._accept)
        return self

    def __exit__(self, *error):
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()
        self.server.__exit__(*error)

    def _start(self, work, *words):
        self._threads.append(threading.Thread(target=work, args=words))
        self._threads[-1].start()

    def _accept(self):
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, client)

    def _serve(self, client):
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self.server.port)) as server:
            self._talk(client, server)


class TlsRelay(Relay):
    """Serves what a server without encryption serves by TLS, as rtsps or https."""

    def __init__(self, server, folder):
        super().__init__(server)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*make_certificate(folder))

    @property
    def url(self):
        return super().url.replace("://", "s://")

    def _talk(self, client, server):
        with self._context.wrap_socket(client, server_side=True) as client:
            ways = {client: server, server: client}
            while not self._over.is_set():
                waiting = [client] if client.pending() else select.select(list(ways), [], [], LOOK)[0]
                for side in waiting:
                    if not (data := side.recv(LONGEST)):
                        return
                    ways[side].sendall(data)


class LossyRelay(Relay):
    """Serves the stream of an RTSP server over UDP and loses some of it.

    `loss`: share of the RTP packets that are dropped, by a drawing with `seed`; RTCP is never dropped.
    `passed` and `lost` count the RTP packets of picture and sound, in the order of their SETUP.
    """

    def __init__(self, server, loss, seed=0):
        super().__init__(server)
        self.loss, self.passed, self.lost = loss, [], []
        self._draws = random.Random(seed)

    def _talk(self, client, server):
        """Hand requests and answers on, with the ports of SETUP made ours."""
        tracks = []
        ways = {client: (server, self._request), server: (client, self._answer)}
        while not self._over.is_set():
            for side in select.select(list(ways), [], [], LOOK)[0]:
                other, change = ways[side]
                if not (message := read_message(side)):
                    return
                other.sendall(change(message, tracks))

    def _request(self, message, tracks):
        found = re.search(rb"client_port=(\d+)-(\d+)", message)
        if not found:
            return message
        pair = bind_pair()
        tracks.append((pair, [int(port) for port in found.groups()]))
        return message.replace(found[0], told_ports(b"client_port", pair))

    def _answer(self, message, tracks):
        found = re.search(rb"server_port=(\d+)-(\d+)", message)
        if not found:
            return message
        pair, clients = tracks[-1]
        self.passed.append(0)
        self.lost.append(0)
        self._start(self._carry, pair, clients, [int(port) for port in found.groups()], len(self.lost) - 1)
        message = message.replace(found[0], told_ports(b"server_port", pair))
        return re.sub(rb"client_port=\d+-\d+", b"client_port=%d-%d" % tuple(clients), message)

    def _carry(self, pair, clients, servers, track):
        """Carry the datagrams of one track, and of its RTCP, both ways."""
        ways = {
            own: {client: server, server: client}
            for own, client, server in zip(pair, clients, servers, strict=True)
        }
        while not self._over.is_set():
            for own in select.select(pair, [], [], LOOK)[0]:
                data, (_, sender) = own.recvfrom(LONGEST)
                if sender in ways[own] and not (sender == servers[0] and self._loses(track)):
                    own.sendto(data, ("127.0.0.1", ways[own][sender]))
        for own in pair:
            own.close()

    def _loses(self, track):
        counts = self.lost if self._draws.random() < self.loss else self.passed
        counts[track] += 1
        return counts is self.lost


def bind_pair():
    """Two sockets on neighbouring ports, the first one even, as RTP has them."""
    while True:
        first, second = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        with suppress(OSError):
            first.bind(("127.0.0.1", 0))
            if first.getsockname()[1] % 2 == 0:
                second.bind(("127.0.0.1", first.getsockname()[1] + 1))
                return [first, second]
        first.close()
        second.close()


def told_ports(name, pair):
    return name + b"=%d-%d" % tuple(own.getsockname()[1] for own in pair)


def read_message(side):
    """One request or answer with its body, or a packet between them; empty at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (part := side.recv(1)):
            return b""
        data += part
        if data == b"$":
            head = side.recv(3, socket.MSG_WAITALL)
            return data + head + side.recv(struct.unpack(">xH", head)[0], socket.MSG_WAITALL)
    length = re.search(rb"(?i)content-length: *(\d+)", data)
    return data + (side.recv(int(length[1]), socket.MSG_WAITALL) if length and int(length[1]) else b"")


def lacks_openssl():
    """Why no certificate can be made here, or None."""
    return None if shutil.which("openssl") else "no openssl to make a certificate with"


def make_certificate(folder):
    """A certificate that signs itself, as cameras' do, and its key: two files."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=camera"]
    subprocess.run([*words, "-out", certificate, "-keyout", key], check=True, capture_output=True)
    return certificate, key
