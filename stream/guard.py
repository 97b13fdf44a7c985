"""Asks an RTSP server what it would answer, before FFmpeg does, which follows a redirection anywhere.

FFmpeg has an option against that for HTTP and none for RTSP.
"""

import base64
import hashlib
import re
import socket
import ssl
from collections.abc import Iterator
from typing import BinaryIO

import av

from ..core.errors import SourceError
from .address import Address

PORTS = {"rtsp": 554, "rtsps": 322}
ASKING = 2.0  # s for each answer
# a server should not tell us from FFmpeg
AGENT = "Lavf" + ".".join(map(str, av.library_versions["libavformat"]))
LONGEST = 64 * 2**10  # bytes of an answer's head and body
Answer = tuple[int, dict[str, str]]


def refuse_redirection(address: Address) -> None:
    """Raises SourceError when the server sends its callers elsewhere; all other errors are left to FFmpeg."""
    try:
        answers = list(ask(address))
    except (OSError, ValueError):
        return
    for status, headers in answers:
        if 300 <= status < 400:
            # another address may hold a password of its own
            place = re.sub(r"^(\w+://)?\S*@", r"\1", headers.get("location", "nowhere"))
            raise SourceError(f"the server sends its callers on to {place[:80]}; want that address itself")


def ask(address: Address) -> Iterator[Answer]:
    """The answers to OPTIONS, to DESCRIBE, and to DESCRIBE with user and password where they are wanted."""
    url = f"{address.scheme}://{address.host}{address.rest}"
    with connect(address) as connection, connection.makefile("rb") as lines:
        yield exchange(connection, lines, "OPTIONS", url, 1)
        status, headers = exchange(connection, lines, "DESCRIBE", url, 2)
        yield status, headers
        if status == 401 and address.user:
            login = authorization(headers.get("www-authenticate", ""), address, "DESCRIBE", url)
            yield exchange(connection, lines, "DESCRIBE", url, 3, f"Authorization: {login}\r\n")


def connect(address: Address) -> socket.socket:
    """A connection to the server, encrypted for rtsps. Raises OSError."""
    host, _, port = (
        address.host.rpartition(":") if re.search(r":\d+$", address.host) else (address.host, "", "")
    )
    host = host.strip("[]")
    connection = socket.create_connection((host, int(port or PORTS[address.scheme])), ASKING)
    if address.scheme == "rtsp":
        return connection
    context = ssl.create_default_context()
    # as FFmpeg does: cameras sign their certificates themselves
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(connection, server_hostname=host)


def exchange(
    connection: socket.socket, lines: BinaryIO, method: str, url: str, number: int, more: str = ""
) -> Answer:
    """One request, and status and headers of its answer. Raises OSError or ValueError."""
    head = f"{method} {url} RTSP/1.0\r\nCSeq: {number}\r\nUser-Agent: {AGENT}\r\n"
    accept = "Accept: application/sdp\r\n" if method == "DESCRIBE" else ""
    connection.sendall(f"{head}{accept}{more}\r\n".encode())
    status = int(lines.readline(LONGEST).split()[1])
    headers: dict[str, str] = {}
    while text := lines.readline(LONGEST).decode("latin-1").strip():
        name, _, value = text.partition(":")
        # of several ways to log in, Digest is the better one
        if name.lower() not in headers or value.strip().lower().startswith("digest"):
            headers[name.lower()] = value.strip()
    lines.read(min(int(headers.get("content-length", "0")), LONGEST))
    return status, headers


def authorization(challenge: str, address: Address, method: str, url: str) -> str:
    """The answer to a server's challenge (RFC 2617), as FFmpeg gives it."""
    if not challenge.lower().startswith("digest"):
        plain = f"{address.user}:{address.password}".encode()
        return "Basic " + base64.b64encode(plain).decode()
    told = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    realm, nonce = told.get("realm", ""), told.get("nonce", "")
    secret = md5(f"{md5(f'{address.user}:{realm}:{address.password}')}:{nonce}:{md5(f'{method}:{url}')}")
    fields = {"username": address.user, "realm": realm, "nonce": nonce, "uri": url, "response": secret}
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items())


def md5(text: str) -> str:
    """The checksum that RFC 2617 asks for."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
