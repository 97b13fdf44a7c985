"""Live sources are watched track by track, and picked up again after whatever happened to them."""

import collections
import gc
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest
from jsonschema import Draft202012Validator
from soundspot.core.errors import OptionError, SourceError
from soundspot.core.values import VideoFrame
from soundspot.stream import events as event_module
from soundspot.stream.session import Session
from soundspot.stream.source import SourceOptions, open_source

PATIENCE = 30.0  # s for what is awaited without a deadline of its own
SLACK = 3  # times a promise that a busy machine is given
SCHEMA = Draft202012Validator(
    json.loads(Path(event_module.__file__).with_name("event.schema.json").read_text())
)


class Watched:
    """A session over a live source, in a thread; its sink's calls with their moments."""

    def __init__(self, doubles, url, **options):
        self.source = open_source(url, SourceOptions(**options))
        self.stop, self.vitals, self.made, self.summary = threading.Event(), [], [], None
        self.calls = []
        outer = self

        class Sink(doubles.Memory):
            may_drop = True

            def _keep(self, name, value):
                outer.calls.append((time.monotonic(), name, value))

        def renew():
            self.made.append(doubles.FakeLocalizer())
            return self.made[-1]

        renew()
        self.session = Session(
            self.source, self.made[0], [Sink()], stop=self.stop, renew=renew, watch=self.vitals.append
        )
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        self.summary = self.session.run()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        self.source.close()

    def until(self, name, holds=lambda value: True, since=0.0):
        """The moment of the first such call after `since`, and its value."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            for moment, kind, value in list(self.calls):
                if kind == name and moment >= since and holds(value):
                    return moment, value
            time.sleep(0.01)
        raise AssertionError(f"no {name}: {[call[1:] for call in self.calls if call[1] == 'notice']}")

    def notice(self, *kinds, since=0.0):
        return self.until("notice", lambda notice: notice.kind in kinds, since)

    def between(self, name, start, end):
        return [value for moment, kind, value in list(self.calls) if kind == name and start < moment < end]


# ---------------------------------------------------------------- it keeps going


def test_a_killed_server_is_told_at_once_and_picked_up_when_it_is_back(servers, doubles):
    with servers.RtspServer() as server, Watched(doubles, server.url) as watched:
        watched.until("sighting")
        port, killed = server.port, time.monotonic()
        server.__exit__()
        moment, notice = watched.notice("source_lost")
        assert moment - killed < 0.5 * SLACK
        assert "neither picture nor sound" in notice.text
        first, absence = watched.until("absence")
        watched.until("absence", since=first + 0.01)
        assert absence.reason == "lost_video"
        back = time.monotonic()
        with servers.RtspServer(port=port):
            moment, sighting = watched.until("sighting", since=back)
            assert moment - back < 3 * SLACK
            assert "back after" in watched.notice("source_back")[1].text
            lost = [value.time for value in watched.between("absence", 0, moment)]
            assert sighting.frame.time > max(lost), "an answer for a frame from before the loss"
            watched.until("sighting", since=moment + 0.5)
    assert watched.summary.reason == "interrupted" and len(watched.made) == 1
    times = [sighting.frame.time for sighting in watched.between("sighting", 0, float("inf"))]
    assert times == sorted(set(times))


def test_a_frozen_server_is_told_and_picked_up(servers, doubles):
    with servers.RtspServer() as server, Watched(doubles, server.url) as watched:
        watched.until("sighting")
        server.frozen, frozen = True, time.monotonic()
        # on a busy machine the last picture comes so late that the two are told of apart
        moment, _ = watched.notice("source_lost", "lost_video", "lost_sound")
        assert 1.9 < moment - frozen < 2.5 * SLACK
        time.sleep(2.0)  # by now it has given the connection up
        server.frozen, back = False, time.monotonic()
        assert watched.until("sighting", since=back)[0] - back < 3 * SLACK


@pytest.mark.parametrize(("track", "reason"), [("picture", "lost_video"), ("sound", "lost_sound")])
def test_one_track_that_stops_is_told_and_its_return_too(servers, doubles, track, reason):
    with servers.RtspServer() as server, Watched(doubles, server.url) as watched:
        watched.until("sighting")
        server.muted, muted = {track}, time.monotonic()
        moment, _ = watched.notice(reason)
        assert 1.9 < moment - muted < 2.5 * SLACK
        if track == "picture":
            assert watched.until("absence")[1].reason == reason
        else:
            # the analysis need not wait for the sound: it is told that there is none
            watched.until("sound", lambda block: block.lost and not block.samples.size)
            assert watched.until("sighting", since=moment + 0.3)
        server.muted = set()
        assert track in watched.notice("source_back")[1].text
    assert not [call for call in watched.calls if call[1] == "notice" and call[2].kind == "source_lost"]


def test_another_size_makes_a_new_localizer_and_is_said(servers, doubles):
    with servers.RtspServer() as server, Watched(doubles, server.url) as watched:
        watched.until("sighting")
        server.size = (320, 240)
        server.drop()
        _, notice = watched.notice("picture_size")
        assert "320x240" in notice.text
        watched.until("sighting", lambda sighting: sighting.frame.pixels.shape == (240, 320, 3))
    assert [len(made.frames) > 0 for made in watched.made] == [True, True]


def test_giving_up_ends_with_what_was_lost(servers, doubles):
    with servers.RtspServer() as server:
        watched = Watched(doubles, server.url, give_up=1.5)
        with watched:
            watched.until("sighting")
            server.__exit__()
            watched.thread.join(PATIENCE)
    assert watched.summary.reason == "lost"
    assert "given up after" in str(watched.summary.error)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not tell what is open")
def test_breaking_off_again_and_again_leaves_nothing_behind(servers, doubles):
    with servers.RtspServer() as server, Watched(doubles, server.url) as watched:
        watched.until("sighting")
        threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
        for _ in range(4):
            dropped = time.monotonic()
            server.drop()
            watched.until("sighting", since=watched.notice("source_back", since=dropped)[0])
        theirs = sum(thread.is_alive() for thread in server._threads)
        assert threading.active_count() - theirs <= threads
        assert len(os.listdir("/proc/self/fd")) <= files + 4


def test_nothing_of_a_stream_waits_for_the_garbage_collector(servers, collector_off):
    """What is tied to itself stays until a collection, which spares what is old: memory would grow."""
    with servers.RtspServer() as server:
        source = open_source(server.url, SourceOptions(end=2.5))
        pictures = sum(isinstance(item, VideoFrame) for item in source.items())
        held = collections.Counter(map(type, gc.get_objects()))
        source.close()
    assert pictures > 20
    assert held[av.VideoFrame] + held[av.AudioFrame] < 10


@pytest.fixture
def collector_off():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_sound_may_come_from_elsewhere(servers, doubles):
    with servers.RtspServer(sound=False) as server, servers.RtspServer() as other:
        with pytest.raises(SourceError, match=r"has no sound; .* --sound"):
            open_source(server.url, SourceOptions())
        with Watched(doubles, server.url, sound=other.url) as watched:
            watched.until("sighting")
            watched.until("sound", lambda block: np.abs(block.samples).max(initial=0) > 0.15)
            other.drop()
            assert "no sound" in watched.notice("lost_sound")[1].text


def test_vitals_come_every_second(servers, doubles):
    with servers.RtspServer() as server, Watched(doubles, server.url) as watched:
        limit = time.monotonic() + PATIENCE
        while len(watched.vitals) < 3 and time.monotonic() < limit:
            time.sleep(0.05)
    newest = watched.vitals[-1]
    assert newest.frames == newest.analysed + newest.skipped and newest.frame_rate > 5
    assert newest.clocks.uncertainty < 0.05 and newest.delay_p95 >= newest.delay_p50 > 0
    assert newest.level is not None and -60 < newest.level < 0


def test_a_live_source_has_no_start_and_a_file_nothing_live(servers):
    with servers.RtspServer() as server, pytest.raises(OptionError, match="is live"):
        open_source(server.url, SourceOptions(start=1.0))
    with pytest.raises(OptionError, match="sound=default: demo is not live"):
        open_source("demo", SourceOptions(sound="default"))


@pytest.mark.parametrize(
    ("uri", "options", "told"),
    [
        ("demo", SourceOptions(playlist=True), "playlist=True: demo is not live"),
        ("demo", SourceOptions(rtsp_transport="udp"), "rtsp_transport=udp: demo is not live"),
        ("http://10.0.0.1/a.mp4", SourceOptions(rtsp_transport="udp"), "a.mp4 is not RTSP"),
        ("demo", SourceOptions(camera_rate=30.0), "camera_rate=30.0: demo is no camera"),
        ("http://10.0.0.1/a.mp4", SourceOptions(camera_size="640x480"), "a.mp4 is no camera"),
    ],
)
def test_an_option_that_a_source_has_no_use_for_is_refused(uri, options, told):
    with pytest.raises(OptionError, match=re.escape(told)):
        open_source(uri, options)


def test_a_real_server_that_is_frozen_killed_and_restarted(servers, doubles):
    if why := servers.lacks_gst():
        pytest.skip(why)
    with servers.GstServer("opus", login="user:se@cret") as server:
        url = server.url.replace("//", "//user:se%40cret@")
        with Watched(doubles, url) as watched:
            watched.until("sighting")
            server.process.send_signal(signal.SIGSTOP)
            moment, _ = watched.notice("source_lost")
            server.process.send_signal(signal.SIGCONT)
            moment, _ = watched.until("sighting", since=moment)
            killed = time.monotonic()
            server.__exit__()
            moment, _ = watched.notice("source_lost", since=killed)
            assert moment - killed < 0.5 * SLACK
            with servers.GstServer("opus", server.port, server.login):
                back = time.monotonic()
                assert watched.until("sighting", since=back)[0] - back < 3 * SLACK


# ---------------------------------------------------------------- the command


def command(*words):
    line = [sys.executable, "-m", "soundspot.tools.main", "run", *map(str, words)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_command_runs_a_stream_and_leaves_whole_files(servers, tmp_path):
    stats = tmp_path / "stats.json"
    with servers.RtspServer(login=("user", "se@cret")) as server:
        url = server.url.replace("//", "//user:se@cret@")
        process = command(url, "--events", tmp_path / "e.jsonl", "--stats", stats, "--end", 5)
        out, err = process.communicate(timeout=4 * PATIENCE)
    assert process.returncode == 0, err
    lines = (tmp_path / "e.jsonl").read_text()
    events = [json.loads(line) for line in lines.splitlines()]
    for event in events:
        SCHEMA.validate(event)
    assert events[-1]["reason"] == "end" and sum(event["type"] == "sighting" for event in events) > 20
    told = json.loads(stats.read_text())
    assert {"frames", "skipped", "level", "offset", "uncertainty", "lag", "lag_doubt", "state"} <= set(told)
    assert "cret" not in out + err + lines + stats.read_text()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a program sees")
@pytest.mark.parametrize("frozen", ["before", "after"])
def test_ctrl_c_ends_it_while_the_network_hangs(servers, tmp_path, frozen):
    events = tmp_path / "e.jsonl"
    with servers.RtspServer(frozen=frozen == "before") as server:
        process = command(server.url, "--events", events)
        limit = time.monotonic() + 4 * PATIENCE
        while not (server._connections if frozen == "before" else events.exists()):
            assert process.poll() is None and time.monotonic() < limit
            time.sleep(0.05)
        server.frozen = True
        time.sleep(0.3)
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
        assert time.monotonic() - asked < 2.0 * SLACK
    assert process.returncode == 130, err
    assert "Traceback" not in err
