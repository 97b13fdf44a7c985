"""The form of the events, one JSON object a line: as event.schema.json holds it."""

import json
import math
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from ..core.values import Candidate, Sighting
from .runlength import mask_to_coco
from .sink import Absence, End, Header, Notice

VERSION = 1
Event = dict[str, Any]


def header_to_event(header: Header) -> Event:
    """The first line: where the data comes from, and how it is looked at."""
    return {
        "v": VERSION,
        "type": "header",
        "soundspot": version("soundspot"),
        "source": header.uri,
        "width": header.width,
        "height": header.height,
        "frame_rate": rounded(header.frame_rate, 6),
        "sound_rate": header.sound_rate,
        "started": header.started,
        "delay": rounded(header.delay, 6),
        "options": {name: plain(value) for name, value in header.options.items()},
    }


def sighting_to_event(sighting: Sighting, masks: bool = False) -> Event:
    """One analysed frame; `masks` adds the outline of every source in COCO's run lengths."""
    sources = [candidate_to_source(sounder) for sounder in sighting.sounders]
    if masks:
        for source, mask in zip(sources, sighting.masks, strict=True):
            source["mask"] = mask_to_coco(mask)
    return {
        "v": VERSION,
        "type": "sighting",
        "t": rounded(sighting.frame.time, 6),
        "frame": sighting.frame.index,
        "state": sighting.state,
        "reason": sighting.reason,
        "p": rounded(sighting.p_value, 4),
        "best": candidate_to_source(sighting.best) if sighting.best else None,
        "sources": sources,
        "lag": rounded(sighting.lag, 6),
        "delay": rounded(sighting.delay, 6),
    }


def absence_to_event(absence: Absence) -> Event:
    """The answer without a frame."""
    return {
        "v": VERSION,
        "type": "sighting",
        "t": rounded(absence.time, 6),
        "frame": None,
        "state": "nobody",
        "reason": absence.reason,
        "p": None,
        "best": None,
        "sources": [],
        "lag": 0.0,
        "delay": 0.0,
    }


def candidate_to_source(candidate: Candidate) -> Event:
    """A candidate as it stands under `best` and `sources`."""
    return {
        "object": int(candidate.object),
        "score": rounded(candidate.score, 4),
        "p": rounded(candidate.p_value, 4),
        "box": [int(edge) for edge in candidate.box],
        "centre": [rounded(place, 2) for place in candidate.centre],
        "area": int(candidate.area),
    }


def notice_to_event(notice: Notice) -> Event:
    """Something that happened."""
    return {
        "v": VERSION,
        "type": "notice",
        "t": rounded(notice.time, 6),
        "kind": notice.kind,
        "text": notice.text,
    }


def end_to_event(end: End) -> Event:
    """The last line: why it ended, and the counts."""
    counts = {name: int(count) for name, count in end.counts.items()}
    return {"v": VERSION, "type": "end", "reason": end.reason, "counts": counts}


def rounded(value: float | None, digits: int) -> float | None:
    """A number that JSON can carry: NaN and infinity become None, numpy's scalars plain floats."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)


def plain(value: Any) -> Any:
    """An option's value in JSON's own types; what JSON has no type for becomes its text."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)


def event_to_line(event: Event) -> bytes:
    """The event as one line of UTF-8."""
    return (json.dumps(event, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "replace")
