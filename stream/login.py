"""Logging in at an RTSP server: its challenge -> the answer to it (RFC 2617), as FFmpeg gives it."""

import base64
import hashlib
import re
import secrets

from .address import Address

FIRST = "00000001"  # how often the server's number was used


def authorization(challenges: str, address: Address, method: str, url: str) -> str | None:
    """The answer to one of the challenges, a line each; None where there is none that FFmpeg would answer.

    A wrong answer is worse than none: cameras lock out who logs in wrongly a few times.
    """
    digests = [line for line in challenges.splitlines() if line.lower().startswith("digest")]
    for told in map(read_fields, digests):
        if is_answered(told):
            return digest(told, address, method, url)
    if digests or not challenges.lower().startswith("basic"):
        return None
    plain = f"{address.user}:{address.password}".encode()
    return "Basic " + base64.b64encode(plain).decode()


def read_fields(challenge: str) -> dict[str, str]:
    """The fields of a challenge, quoted or not."""
    found = re.findall(r'(\w+)=(?:"([^"]*)"|([^",\s]+))', challenge)
    return {name.lower(): quoted or bare for name, quoted, bare in found}


def is_answered(told: dict[str, str]) -> bool:
    """Whether it is of the kind that is answered here."""
    qualities = re.split(r"[\s,]+", told.get("qop", "auth").lower())
    return told.get("algorithm", "MD5").upper() == "MD5" and "auth" in qualities


def digest(told: dict[str, str], address: Address, method: str, url: str) -> str:
    """The answer to a Digest challenge of these fields."""
    realm, nonce = told.get("realm", ""), told.get("nonce", "")
    identity, request = md5(f"{address.user}:{realm}:{address.password}"), md5(f"{method}:{url}")
    fields = {"username": address.user, "realm": realm, "nonce": nonce, "uri": url}
    counted = ""
    if "qop" in told:
        own = secrets.token_hex(8)
        fields["response"] = md5(f"{identity}:{nonce}:{FIRST}:{own}:auth:{request}")
        fields["cnonce"] = own
        counted = f", qop=auth, nc={FIRST}"
    else:
        fields["response"] = md5(f"{identity}:{nonce}:{request}")
    if "opaque" in told:
        fields["opaque"] = told["opaque"]
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items()) + counted


def md5(text: str) -> str:
    """The checksum that RFC 2617 asks for."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
