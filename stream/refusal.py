"""Why a network stream cannot be had or broke off, in a line, without anything that holds the address."""

import av

from .address import PASSWORD, USER

OPENING = 5.0  # s for connecting, and again for looking into the stream


def is_refused_transport(error: Exception) -> bool:
    """Whether a server speaks RTSP, but not over this transport."""
    return isinstance(error, OSError) and "rotocol not supported" in str(error.strerror)


def reason_of(error: Exception) -> str:
    """Why it cannot be opened, and what to do."""
    if isinstance(error, av.HTTPUnauthorizedError | av.HTTPForbiddenError):
        return f"wrong user or password; want USER:PASSWORD@HOST, or them in {USER} and {PASSWORD}"
    if isinstance(error, av.HTTPNotFoundError):
        return "the server has no such stream; look for the address in the camera's manual"
    if isinstance(error, ConnectionRefusedError):
        return "nobody answers at this address and port; is it switched on?"
    if isinstance(error, TimeoutError | av.ExitError):
        return f"no answer within {OPENING:g} s; is it switched on, and the address right?"
    if is_refused_transport(error):
        return "the server does not speak RTSP this way; want another --rtsp-transport"
    if isinstance(error, av.ProtocolNotFoundError):
        return "PyAV's FFmpeg was built without this protocol; want another one, as rtsp"
    if isinstance(error, av.InvalidDataError):
        return "no stream that can be read, or no answer; want RTSP, RTMP, SRT or HTTP with picture and sound"
    return f"cannot be opened ({told(error)}); want an address with picture and sound"


def told(error: Exception) -> str:
    """What the system says of it; an error of FFmpeg names the address behind a colon."""
    return str(getattr(error, "strerror", None) or type(error).__name__).split(":")[0]
