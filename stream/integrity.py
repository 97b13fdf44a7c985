"""Whether a media file is whole, told from its outermost structure: what no decoder says."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

BOX_HEAD = 8  # bytes: length and name, ISO/IEC 14496-12 section 4.2
MATROSKA_SEGMENT = b"\x18\x53\x80\x67"
EBML_HEAD_LIMIT = 4096  # bytes within which a Matroska file's segment begins
TS_SYNC = 0x47
TS_PACKETS = ((188, 0), (192, 4))  # bytes: packet and place of its sync byte, plain and as Blu-ray has it


def lacks_index(path: Path) -> bool:
    """Whether this is an mp4 or mov without a whole index (`moov`): a recording that was never finished."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        found = list(boxes(file))
    is_mp4 = bool(found) and any(name in (b"ftyp", b"mdat", b"moov") for name, _ in found)
    return is_mp4 and not any(name == b"moov" and end <= size for name, end in found)


def is_cut_off(path: Path, formats: str) -> bool:
    """Whether the file ends before its own structure does; `formats` as the demuxer calls them."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if "mp4" in formats:
            return any(end > size for _, end in boxes(file))
        if "matroska" in formats:
            return segment_end(file) > size
        if "avi" in formats:
            return riff_end(file) > size
        if "mpegts" in formats:
            return ends_within_packet(file, size)
    return False


def boxes(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Name and end (bytes) of every outermost box of an mp4; nothing for what is none."""
    start, size = 0, os.fstat(file.fileno()).st_size
    while start + BOX_HEAD <= size:
        file.seek(start)
        length, name = int.from_bytes(file.read(4)), file.read(4)
        if length == 1:
            length = int.from_bytes(file.read(8))
        if length == 0:
            length = size - start
        if length < BOX_HEAD or not name.isascii():
            return
        start += length
        yield name, start


def segment_end(file: BinaryIO) -> int:
    """Where a Matroska segment says that it ends, in bytes; 0 when it does not say."""
    head = file.read(EBML_HEAD_LIMIT)
    place = head.find(MATROSKA_SEGMENT) + len(MATROSKA_SEGMENT)
    if place < len(MATROSKA_SEGMENT) or place >= len(head) or not head[place]:
        return 0
    width = 9 - head[place].bit_length()  # a variable-length number: leading zeros tell its bytes
    mask = (1 << 7 * width) - 1
    length = int.from_bytes(head[place : place + width]) & mask
    return 0 if length == mask else place + width + length


def riff_end(file: BinaryIO) -> int:
    """Where an AVI's last RIFF chunk says that it ends, in bytes (files past 1 GB have several)."""
    start, size = 0, os.fstat(file.fileno()).st_size
    while start + BOX_HEAD <= size:
        file.seek(start)
        name, length = file.read(4), int.from_bytes(file.read(4), "little")
        if name != b"RIFF":
            break
        start += BOX_HEAD + length + length % 2
    return start


def ends_within_packet(file: BinaryIO, size: int) -> bool:
    """Whether a transport stream stops inside a packet."""
    head = file.read(4 * max(packet for packet, _ in TS_PACKETS))
    for packet, sync in TS_PACKETS:
        if len(head) > packet + sync and head[sync] == head[packet + sync] == TS_SYNC:
            return size % packet != 0
    return False
