"""Asks an RTSP server what it would answer, before FFmpeg does, which follows a redirection anywhere.

FFmpeg has an option against that for HTTP and none for RTSP.
"""

import re
import socket
import ssl
import time
from collections.abc import Iterator

import av

from ..core.errors import SourceError
from .address import Address
from .login import authorization
from .source import redact

PORTS = {"rtsp": 554, "rtsps": 322}
ASKING = 2.0  # s for each answer
# a server should not tell us from FFmpeg
AGENT = "Lavf" + ".".join(map(str, av.library_versions["libavformat"]))
LONGEST = 64 * 2**10  # bytes of an answer, head and body
BLANK = b"\r\n\r\n"
Answer = tuple[int, dict[str, str]]  # status; headers by name in small letters, several of a name as lines


def refuse_redirection(address: Address) -> None:
    """Raises SourceError when the server sends its callers elsewhere; all other errors are left to FFmpeg."""
    try:
        answers = list(ask(address))
    except (OSError, ValueError):
        return
    for status, headers in answers:
        if 300 <= status < 400:
            place = safe_place(headers.get("location", "nowhere"))
            raise SourceError(f"the server sends its callers on to {place}; want that address itself")


def safe_place(location: str) -> str:
    """Where a server sends us, fit to be shown: without a password or a terminal's commands."""
    place = re.sub(r"^(\w+://)?\S*@", r"\1", location.partition("\n")[0])
    return "".join(letter for letter in redact(place) if letter.isprintable())[:80]


def ask(address: Address) -> Iterator[Answer]:
    """The answers to OPTIONS, to DESCRIBE, and to DESCRIBE with user and password where they are wanted.

    Raises OSError or ValueError for what is no answer, or takes too long.
    """
    url = f"{address.scheme}://{address.host}{address.rest}"
    with connect(address) as connection:
        yield exchange(connection, "OPTIONS", url, 1)
        status, headers = exchange(connection, "DESCRIBE", url, 2)
        yield status, headers
        if status == 401 and address.user:
            login = authorization(headers.get("www-authenticate", ""), address, "DESCRIBE", url)
            if login is not None:
                yield exchange(connection, "DESCRIBE", url, 3, f"Authorization: {login}\r\n")


def connect(address: Address) -> socket.socket:
    """A connection to the server, encrypted for rtsps. Raises OSError."""
    host, port = address.machine
    connection = socket.create_connection((host, int(port or PORTS[address.scheme])), ASKING)
    if address.scheme == "rtsp":
        return connection
    context = ssl.create_default_context()
    # as FFmpeg does: cameras sign their certificates themselves
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(connection, server_hostname=host)


def exchange(connection: socket.socket, method: str, url: str, number: int, more: str = "") -> Answer:
    """One request, and status and headers of its answer. Raises OSError or ValueError."""
    head = f"{method} {url} RTSP/1.0\r\nCSeq: {number}\r\nUser-Agent: {AGENT}\r\n"
    accept = "Accept: application/sdp\r\n" if method == "DESCRIBE" else ""
    connection.sendall(f"{head}{accept}{more}\r\n".encode())
    return read_answer(connection)


def read_answer(connection: socket.socket) -> Answer:
    """An answer, with its body out of the way. Raises OSError or ValueError, also for one that drips in."""
    limit, data, end = time.monotonic() + ASKING, b"", LONGEST
    answer: Answer | None = None
    while len(data) < end:
        connection.settimeout(max(limit - time.monotonic(), 0.001))
        part = connection.recv(end - len(data))
        if not part:
            raise ConnectionError("the server broke off")
        data += part
        head, blank, _ = data.partition(BLANK)
        if blank and answer is None:
            answer = read_head(head)
            end = min(LONGEST, len(head) + len(BLANK) + int(answer[1].get("content-length", "0")))
    if answer is None:
        raise ValueError("the answer has no end")
    return answer


def read_head(head: bytes) -> Answer:
    """Status and headers. Raises ValueError."""
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers[name] = f"{headers[name]}\n{value.strip()}" if name in headers else value.strip()
    _, status, *_ = [*first.split(), "", ""]
    return int(status), headers
