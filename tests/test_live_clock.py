"""Picture and sound of a stream are on one clock, whatever its server tells of theirs, and does not."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from soundspot.core.errors import SourceError
from soundspot.core.values import VideoFrame
from soundspot.stream.source import SourceOptions, open_source

GOOD = {"plain": {}, "late": {"late": 0.7}, "reports_alone": {"late": 0.7, "rtp_info": False}}
UNTOLD = {"late": 0.7, "rtp_info": False, "reports": False}
REAL = {"opus": "udp", "pcmu": "udp", "aac": "tcp"}  # codec and transport of gst-rtsp-server
PRIMING = 1024 / 48000  # s of silence that an AAC encoder puts before a live sound, in no time stamp
SECONDS = 7.0  # a busy machine skips pictures, flashes among them
SETTLED = 3.0  # s of a session after which a correction must have been made
AT_ONCE = 6  # streams
LOSS = 0.05  # share of the packets


def listen(server, **options):
    """What comes in that many seconds, and the kinds of faults."""
    with server:
        source = open_source(server.url, SourceOptions(end=SECONDS, **options))
        items = list(source.items())
        source.close()
    return items, [notice.kind for notice in source.faults.take_notices()]


@pytest.fixture(scope="module")
def film(clips, tmp_path_factory):
    """A film with flashes and clicks, longer than it is listened to."""
    return clips.write_clip(tmp_path_factory.mktemp("film") / "film.mp4", seconds=2 * SECONDS)


@pytest.fixture(scope="module")
def web_film(clips, film):
    """The same in a container that can be read from its beginning on."""
    return clips.write_clip(film.with_suffix(".mkv"), seconds=2 * SECONDS)


@pytest.fixture(scope="module")
def lossy(servers, relays):
    """A relay that loses packets of UDP before a real server; those of its sound are of 10 ms."""
    return relays.LossyRelay(servers.GstServer("pcmu"), LOSS)


@pytest.fixture(scope="module")
def heard(servers, relays, film_servers, film, web_film, lossy):
    """By name what was heard of a stream; some at a time, for most of it is waiting."""
    jobs = {name: (servers.RtspServer(**settings), {}) for name, settings in GOOD.items()}
    jobs["untold"] = (servers.RtspServer(**UNTOLD), {})
    jobs["lossy_tcp"] = (servers.RtspServer(loss=LOSS), {})
    jobs["offset"] = (servers.RtspServer(), {"av_offset": 0.25})
    jobs["http"] = (film_servers.HttpFilm(web_film), {})
    if not relays.lacks_openssl():
        jobs["rtsps"] = (relays.TlsRelay(servers.RtspServer(), film.parent), {})
        jobs["https"] = (relays.TlsRelay(film_servers.HttpFilm(web_film), film.parent), {})
    if not film_servers.lacks_ffmpeg():
        jobs["rtmp"] = (film_servers.RtmpFilm(film, servers.free_port()), {})
    if not servers.lacks_gst():
        for codec, transport in REAL.items():
            jobs[codec] = (servers.GstServer(codec), {"rtsp_transport": transport})
        jobs["film"] = (servers.GstServer(film), {})
        jobs["lossy_udp"] = (lossy, {"rtsp_transport": "udp"})
    with ThreadPoolExecutor(AT_ONCE) as pool:
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


@pytest.fixture
def missing(servers, relays, film_servers):
    """By name of what was heard: why it could not be served here, or None."""
    why = dict.fromkeys((*REAL, "film", "lossy_udp"), servers.lacks_gst())
    why |= dict.fromkeys(("rtsps", "https"), relays.lacks_openssl())
    return why | {"rtmp": film_servers.lacks_ffmpeg()}


def heard_of(heard, missing, name):
    """What was heard of it, or the test is skipped."""
    if why := missing.get(name):
        pytest.skip(why)
    return heard[name]


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


@pytest.mark.parametrize("name", ["lossy_tcp", "lossy_udp"])
def test_packets_that_are_lost_are_gaps_and_nothing_worse(heard, missing, lossy, name):
    items, faults = heard_of(heard, missing, name)
    assert name != "lossy_udp" or min(*lossy.lost, *lossy.passed) > 0
    assert "sound_gap" in faults and "offset_corrected" not in faults
    # a click may be among what was lost
    assert np.median(np.abs(offsets(items))) < 0.005
    times = [item.time for item in items if isinstance(item, VideoFrame)]
    assert len(times) > 20 * (SECONDS - 1) and np.diff(times).max() < 0.5
    blocks = [item for item in items if not isinstance(item, VideoFrame)]
    assert any(block.lost for block in blocks)
    assert blocks[-1].time - blocks[0].time > SECONDS - 2


def test_a_known_offset_is_taken_off(heard):
    assert np.median(offsets(heard["offset"][0])) == pytest.approx(-0.25, abs=0.015)


@pytest.mark.parametrize("name", ["film", "http", "https", "rtmp", "rtsps"])
def test_every_other_way_that_picture_and_sound_come_together(heard, missing, name):
    items, faults = heard_of(heard, missing, name)
    assert not {"offset_corrected", "time_jump", "bad_data"} & set(faults)
    assert np.abs(offsets(items, SETTLED)).max() < 0.015
    times = [item.time for item in items if isinstance(item, VideoFrame)]
    assert len(times) > 20 * (SECONDS - 1)


def test_a_protocol_that_is_not_built_in_is_refused():
    with pytest.raises(SourceError, match="built without this protocol"):
        open_source("srt://127.0.0.1:9", SourceOptions())


@pytest.mark.parametrize("codec", REAL)
def test_real_servers_over_tcp_and_udp(heard, missing, codec):
    items, faults = heard_of(heard, missing, codec)
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
