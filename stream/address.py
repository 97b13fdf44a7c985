"""Addresses of network sources: user and password out of them, and what a server may make us open.

A server is not trusted: it must not make us read local files, other hosts, or what it says is a playlist.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from ..core.errors import SourceError
from .container import LARGEST_PICTURE

# by scheme: the protocols of FFmpeg that it needs, and no other
PROTOCOLS = {
    "rtsp": "rtsp,rtp,udp,tcp",
    "rtsps": "rtsps,rtsp,srtp,rtp,udp,tls,tcp,crypto",
    "rtmp": "rtmp,tcp",
    "rtmps": "rtmps,rtmp,tls,tcp",
    "http": "http,tcp",
    "https": "https,http,tls,tcp",
    "srt": "srt,udp",
}
PLAYLIST_PROTOCOLS = "http,https,tls,tcp,crypto"
CONTAINERS = "rtsp,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,flv,live_flv,avi,ogg,nut,asf"
PLAYLISTS = "hls,dash"
# what can be nothing but a host: with a port, a dot or brackets
CERTAIN = r"\[[^\]]*\](:\d+)?|[^:\[\]]+:\d+|[^:\[\]]*\.[^:\[\]]*(:\d+)?"
HOST = r"(\[[0-9A-Fa-f:.%]+\]|[^\s:/?#@\[\]]+)(:\d{1,5})?"
USER, PASSWORD = "SOUNDSPOT_RTSP_USER", "SOUNDSPOT_RTSP_PASSWORD"


@dataclass(frozen=True, slots=True)
class Address:
    """A network address in its parts; `rest` is the path with what follows it."""

    scheme: str
    user: str
    password: str
    host: str
    rest: str

    @property
    def is_rtsp(self) -> bool:
        """Whether picture and sound come as two streams with clocks of their own."""
        return self.scheme in ("rtsp", "rtsps")

    @property
    def machine(self) -> tuple[str, str]:
        """Its name, without the brackets of IPv6, and its port, empty where none is told."""
        has_port = re.search(r":\d+$", self.host)
        name, _, port = self.host.rpartition(":") if has_port else (self.host, "", "")
        return name.strip("[]"), port

    @property
    def url(self) -> str:
        """What FFmpeg is given: user and password with every unusual character escaped."""
        login = quote(self.user, safe="") + (":" + quote(self.password, safe="") if self.password else "")
        return f"{self.scheme}://{login + '@' if login else ''}{self.host}{self.rest}"


def read_address(uri: str, environment: Mapping[str, str] = os.environ) -> Address:
    """The address in its parts; what is missing of user and password comes from the environment.

    A password may hold @, / and : unescaped, as users type them. Raises SourceError without a host.
    """
    scheme, _, tail = uri.partition("://")
    login, host, rest = split_tail(tail)
    if not re.fullmatch(HOST, host):
        raise SourceError(
            f"source={scheme}://…: has no host that can be called; want {scheme}://HOST/PATH, with user and "
            f"password, if any, as USER:PASSWORD@HOST or in {USER} and {PASSWORD}"
        )
    user, _, password = login.partition(":")
    if not login:
        user, password = quote(environment.get(USER, "")), quote(environment.get(PASSWORD, ""))
    return Address(scheme.lower(), unquote(user), unquote(password), host, rest)


def split_tail(tail: str) -> tuple[str, str, str]:
    """What follows `scheme://` -> login, host with port, rest."""
    place, last = re.split(r"[/?#]", tail)[0].rfind("@"), tail.rfind("@")
    host, other = host_after(tail, place), host_after(tail, last)
    if not re.fullmatch(CERTAIN, host) and (re.fullmatch(CERTAIN, other) or not re.fullmatch(HOST, host)):
        # the password goes on past the slash
        place = last
    login, after = (tail[:place], tail[place + 1 :]) if place >= 0 else ("", tail)
    end = re.search(r"[/?#]", after)
    return (login, after[: end.start()], after[end.start() :]) if end else (login, after, "")


def host_after(tail: str, place: int) -> str:
    """What lies between a place and the next end of a host."""
    return re.split(r"[/?#]", tail[place + 1 :])[0]


def limits(address: Address, playlist: bool) -> dict[str, str]:
    """FFmpeg's options that hold a server to its own stream, and a picture to 16 Mpx."""
    protocols, containers = PROTOCOLS[address.scheme], CONTAINERS
    if playlist:
        protocols, containers = f"{protocols},{PLAYLIST_PROTOCOLS}", f"{containers},{PLAYLISTS}"
    limited = {
        "protocol_whitelist": protocols,
        "format_whitelist": containers,
        "max_pixels": str(LARGEST_PICTURE),
    }
    return {**limited, "max_redirects": "0"} if address.scheme.startswith("http") else limited
