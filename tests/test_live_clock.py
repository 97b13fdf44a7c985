"""Picture and sound of a stream are on one clock, whatever its server tells of theirs, and does not."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from soundspot.core.values import VideoFrame
from soundspot.stream.source import SourceOptions, open_source

GOOD = {"plain": {}, "late": {"late": 0.7}, "reports_alone": {"late": 0.7, "rtp_info": False}}
UNTOLD = {"late": 0.7, "rtp_info": False, "reports": False}
REAL = {"opus": "udp", "pcmu": "udp", "aac": "tcp"}  # codec and transport of gst-rtsp-server
PRIMING = 1024 / 48000  # s of silence that an AAC encoder puts before a live sound, in no time stamp
SECONDS = 5.0
SETTLED = 3.0  # s of a session after which a correction must have been made


def listen(server, **options):
    """What comes in that many seconds, and the kinds of faults."""
    with server:
        source = open_source(server.url, SourceOptions(end=SECONDS, **options))
        items = list(source.items())
        source.close()
    return items, [notice.kind for notice in source.faults.take_notices()]


@pytest.fixture(scope="module")
def heard(servers):
    """By name what was heard of a stream; all at a time, for most of it is waiting."""
    jobs = {name: (servers.RtspServer(**settings), {}) for name, settings in GOOD.items()}
    jobs["untold"] = (servers.RtspServer(**UNTOLD), {})
    jobs["lossy"] = (servers.RtspServer(loss=0.05), {})
    jobs["offset"] = (servers.RtspServer(), {"av_offset": 0.25})
    if not servers.lacks_gst():
        for codec, transport in REAL.items():
            jobs[codec] = (servers.GstServer(codec), {"rtsp_transport": transport})
    with ThreadPoolExecutor(len(jobs)) as pool:
        running = {name: pool.submit(listen, *job[:1], **job[1]) for name, job in jobs.items()}
        return {name: job.result() for name, job in running.items()}


def offsets(items, after=0.0):
    """By how many s each click comes after its flash, of the flashes after so many s."""
    flashes, clicks, bright = [], [], False
    for item in items:
        if isinstance(item, VideoFrame):
            before, bright = bright, item.pixels.mean() > 180
            flashes += [item.time] if bright and not before else []
        else:
            loud = np.flatnonzero(np.abs(item.samples) > 0.15)
            start = item.time + loud[0] / item.rate if loud.size else -1.0
            clicks += [start] if start > (clicks[-1] if clicks else -1) + 0.3 else []
    nearest = [min((click - flash for click in clicks), key=abs) for flash in flashes[:-1] if flash > after]
    assert nearest
    return nearest


@pytest.mark.parametrize("name", GOOD)
def test_a_good_stream_is_never_altered(heard, name):
    items, faults = heard[name]
    assert "offset_corrected" not in faults
    assert np.abs(offsets(items, SETTLED)).max() < 0.015
    times = [item.time for item in items if isinstance(item, VideoFrame)]
    assert all(before < after for before, after in pairwise(times))


def test_late_sound_that_no_stamp_tells_of_is_corrected_and_said(heard):
    items, faults = heard["untold"]
    assert "offset_corrected" in faults
    assert np.abs(offsets(items, SETTLED)).max() < 0.08


def test_packets_that_are_lost_are_gaps_and_nothing_worse(heard):
    items, faults = heard["lossy"]
    assert "sound_gap" in faults and "offset_corrected" not in faults
    assert np.abs(offsets(items, SETTLED)).max() < 0.05
    blocks = [item for item in items if not isinstance(item, VideoFrame)]
    assert any(block.lost for block in blocks)
    assert blocks[-1].time - blocks[0].time > SECONDS - 2


def test_a_known_offset_is_taken_off(heard):
    assert np.median(offsets(heard["offset"][0])) == pytest.approx(-0.25, abs=0.015)


@pytest.mark.parametrize("codec", REAL)
def test_real_servers_over_tcp_and_udp(heard, servers, codec):
    if why := servers.lacks_gst():
        pytest.skip(why)
    items, faults = heard[codec]
    assert "offset_corrected" not in faults
    priming = PRIMING if codec == "aac" else 0.0
    assert np.abs(np.subtract(offsets(items, SETTLED), priming)).max() < 0.015
    assert ("sound_offset" in faults) == (codec == "aac")


def test_a_known_offset_is_taken_off_a_recording_too(clips, tmp_path):
    path = clips.write_clip(tmp_path / "a.mp4", seconds=2.5)
    plain, moved = (
        [item for item in open_source(str(path), SourceOptions(av_offset=offset)).items()]
        for offset in (0.0, 0.25)
    )
    assert np.median(offsets(moved)) == pytest.approx(np.median(offsets(plain)) - 0.25, abs=1e-6)
