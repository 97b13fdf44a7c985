"""The cameras of a Linux machine and what they can do, asked of the kernel (V4L2, linux/videodev2.h)."""

import importlib
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

READ, READ_WRITE = 2, 3
CAPTURE = 0x1 | 0x1000  # of a device's abilities: pictures come in, in one plane or several
TOLD_BY_NODE = 0x80000000  # the node's own abilities are told beside those of the whole device
SINGLE, MANY = 1, 9  # types of a stream of pictures that come in: in one plane, in several
DISCRETE = 1
MOST = 64  # answers to one question; no driver has as many
Ask = Callable[[int, bytearray], None]


@dataclass(frozen=True, slots=True)
class Mode:
    """A picture size in px and its frame rates in 1/s, fastest first."""

    width: int
    height: int
    rates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Camera:
    """`place` is what OpenCV opens: a path, or a number where there are no paths; `number` counts as the
    system does; largest mode first."""

    place: str | int
    number: int
    name: str
    modes: tuple[Mode, ...] = ()


def list_cameras(folder: Path = Path("/dev")) -> list[Camera]:
    """The cameras that this user may read, by number."""
    numbers = sorted(int(path.name[5:]) for path in folder.glob("video*") if path.name[5:].isdigit())
    cameras = [read_camera(folder / f"video{number}", number) for number in numbers]
    return [camera for camera in cameras if camera is not None]


def read_camera(path: Path, number: int) -> Camera | None:
    """What the node tells of itself, or None when it gives no pictures."""
    ioctl = importlib.import_module("fcntl").ioctl  # late: only Unix has it
    try:
        node = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        return describe_camera(lambda request, answer: ioctl(node, request, answer), path, number)
    except OSError:
        return None
    finally:
        os.close(node)


def describe_camera(ask: Ask, path: Path, number: int) -> Camera | None:
    """The camera that answers, or None when it is none. Raises OSError when it does not answer."""
    answer = bytearray(104)
    ask(request(READ, 0, answer), answer)
    _, card, _, _, whole, node, *_ = struct.unpack("16s32s32s6I", answer)
    if not (node if whole & TOLD_BY_NODE else whole) & CAPTURE:
        return None
    sizes: dict[tuple[int, int], set[float]] = {}
    for pixels in formats(ask):
        for size in picture_sizes(ask, pixels):
            sizes.setdefault(size, set()).update(frame_rates(ask, pixels, *size))
    modes = [Mode(*size, tuple(sorted(rates, reverse=True))) for size, rates in sizes.items()]
    modes.sort(key=lambda mode: mode.width * mode.height, reverse=True)
    return Camera(str(path), number, card.split(b"\0")[0].decode(errors="replace"), tuple(modes))


def formats(ask: Ask) -> Iterator[int]:
    """The codes of the pixel formats."""
    for kind in (SINGLE, MANY):
        for answer in answers(ask, 2, 64, "II", kind):
            yield struct.unpack_from("I", answer, 44)[0]


def picture_sizes(ask: Ask, pixels: int) -> Iterator[tuple[int, int]]:
    """Width and height in px; of a camera that takes any size between two, these."""
    for answer in answers(ask, 74, 44, "II", pixels):
        kind, width, height = struct.unpack_from("3I", answer, 8)
        if kind == DISCRETE:
            yield width, height
            continue
        least_width, most_width, _, least_height, most_height, _ = struct.unpack_from("6I", answer, 12)
        yield from ((least_width, least_height), (most_width, most_height))
        return


def frame_rates(ask: Ask, pixels: int, width: int, height: int) -> Iterator[float]:
    """1/s; of a camera that takes any rate between two, the fastest."""
    for answer in answers(ask, 75, 52, "4I", pixels, width, height):
        # the shortest interval comes first, also where a range is told
        kind, seconds, parts = struct.unpack_from("3I", answer, 16)
        if seconds:
            yield parts / seconds
        if kind != DISCRETE:
            return


def answers(ask: Ask, number: int, size: int, form: str, *about: int) -> Iterator[bytearray]:
    """All answers to a question that is asked with 0, 1, 2 … until the driver says that there are no more."""
    for index in range(MOST):
        answer = bytearray(size)
        struct.pack_into(form, answer, 0, index, *about)
        try:
            ask(request(READ_WRITE, number, answer), answer)
        except OSError:
            return
        yield answer


def request(way: int, number: int, answer: bytearray) -> int:
    """The code of an ioctl, as the kernel's _IOR and _IOWR make it."""
    return way << 30 | len(answer) << 16 | ord("V") << 8 | number
