"""What is no video with sound is refused with one line; what breaks off is used as far as it goes."""

import importlib.util
import os
from pathlib import Path

import av
import numpy as np
import pytest
from soundspot.core.errors import OptionError, SourceError, SourceLost
from soundspot.core.look import Look
from soundspot.core.values import Sighting, SoundBlock, VideoFrame
from soundspot.stream.container import refuse_picture, refuse_sound
from soundspot.stream.session import Session
from soundspot.stream.source import SourceOptions, open_source


@pytest.fixture(scope="module")
def clips():
    spec = importlib.util.spec_from_file_location("clips", Path(__file__).with_name("clips.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refusal(uri, **options):
    """The line with which a source is refused."""
    with pytest.raises((SourceError, OptionError)) as caught:
        list(open_source(str(uri), SourceOptions(**options)).items())
    assert not isinstance(caught.value, SourceLost)
    line = str(caught.value)
    assert "\n" not in line and "=" in line and ": " in line
    return line


def read_on(source):
    """Items up to the break, and the error there."""
    items = []
    with pytest.raises(SourceLost) as caught:
        for item in source.items():
            items.append(item)
    source.close()
    assert "\n" not in str(caught.value)
    return items, caught.value


def cut(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share) // 2 * 2 + 1])
    return path


def test_no_such_file(tmp_path):
    assert "no such file" in refusal(tmp_path / "none.mp4")
    assert "no such file" in refusal(f"file://{tmp_path}/none.mp4")


def test_a_folder(tmp_path):
    assert "is a folder; name a video file in it" in refusal(tmp_path)


def test_text_and_nothing_that_call_themselves_mp4(tmp_path):
    text, empty = tmp_path / "text.mp4", tmp_path / "empty.mp4"
    text.write_text("no video at all\n" * 500)
    empty.touch()
    assert "cannot be read" in refusal(text)
    assert "0 bytes" in refusal(empty)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(clips, tmp_path):
    path = clips.write_clip(tmp_path / "a.mp4", seconds=0.2)
    path.chmod(0)
    assert "Permission denied" in refusal(path)


def test_a_playlist_opens_no_other_file(clips, tmp_path):
    clips.write_clip(tmp_path / "a.ts")
    playlist = tmp_path / "list.mp4"
    playlist.write_text("ffconcat version 1.0\nfile http://127.0.0.1:9/a.ts\n")
    assert "cannot be read" in refusal(playlist)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_a_recording_without_its_index(clips, tmp_path, name):
    path = cut(clips.write_clip(tmp_path / name), 0.7)
    assert "index (moov) is missing" in refusal(path)


def test_video_without_sound_and_sound_without_video(clips, tmp_path):
    assert "has no sound" in refusal(clips.write_clip(tmp_path / "silent.mp4", sound=None))
    assert "sound but no picture" in refusal(clips.write_clip(tmp_path / "sound.mp4", rate=0))


def test_an_album_cover_is_no_video(clips, tmp_path):
    cover = {"cover": True, "video": "mjpeg", "pixels": "yuvj420p", "times": [0.0]}
    assert "sound but no picture" in refusal(clips.write_clip(tmp_path / "album.mp4", **cover))


@pytest.mark.parametrize("size", [(2, 2), (1000, 1), (1, 1000), (160, 31)])
def test_pictures_too_small_to_see_a_thing_in(clips, tmp_path, size):
    path = clips.write_clip(tmp_path / "a.mkv", seconds=0.2, video="mjpeg", pixels="yuvj444p", size=size)
    assert f"picture={size[0]}x{size[1]} px: want at least 32 px" in refusal(path)


def test_more_than_any_camera_or_recorder_gives(clips, tmp_path):
    huge = {"video": "mjpeg", "pixels": "yuvj420p", "size": (5000, 4000), "times": [0.0]}
    assert "above 16 Mpx; scale it down" in refusal(clips.write_clip(tmp_path / "huge.mkv", **huge))
    with pytest.raises(SourceError, match="picture=5000x4000 px: want at most 16 Mpx"):
        refuse_picture(5000, 4000, 30.0, Path("a.mkv"))
    assert "want at most 240 1/s" in refusal(clips.write_clip(tmp_path / "fast.mkv", seconds=0.5, rate=300))
    shrill = {"audio": "pcm_s16le", "sound_rate": 400_000, "seconds": 0.5}
    assert "400000 Hz: want 1 to 384000 Hz" in refusal(clips.write_clip(tmp_path / "shrill.mkv", **shrill))
    with pytest.raises(SourceError, match="channels=17: want 1 to 16"):
        refuse_sound(48000, 17, Path("a.mkv"))
    refuse_picture(4096, 4096, 240.0, Path("a.mkv"))
    refuse_sound(384_000, 16, Path("a.mkv"))


def test_names_that_are_no_source():
    assert "no such scene; want scene: and one of ball" in refusal("scene:moon")
    assert "not known here" in refusal("gopher://user:password@host/a")
    assert "***@host" in refusal("gopher://user:password@host/a")
    assert "channel=1: the sound has 1 channel; want 0" in refusal("scene:ball", channel=1)[:60]


BREAKS = {
    "a.mkv": {},
    "a.webm": {"video": "libvpx", "audio": "libopus"},
    "a.ts": {},
    "a.avi": {"video": "mjpeg", "pixels": "yuvj420p", "audio": "pcm_s16le"},
    "a.mov": {
        "options": {"movflags": "frag_keyframe+delay_moov+default_base_moof", "frag_duration": "500000"}
    },
    "a.mp4": {"options": {"movflags": "faststart"}},
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_file_that_was_cut_is_used_as_far_as_it_goes(clips, tmp_path, name):
    path = clips.write_clip(tmp_path / name, seconds=4, **BREAKS[name])
    items, error = read_on(open_source(str(cut(path, 0.6)), SourceOptions()))
    frames = [item.time for item in items if isinstance(item, VideoFrame)]
    assert frames == sorted(set(frames))
    assert frames[-1] > 0.5  # the codec decides which tenth of the bytes holds which pictures
    assert any(isinstance(item, SoundBlock) for item in items)
    assert "breaks off at" in str(error)


@pytest.mark.parametrize("name", BREAKS)
def test_a_whole_file_does_not_break_off(clips, tmp_path, name):
    path = clips.write_clip(tmp_path / name, **BREAKS[name])
    assert [item.time for item in open_source(str(path), SourceOptions()).items()][-1] > 1.9


def test_a_whole_file_whose_stamps_begin_late_does_not_break_off(clips, tmp_path):
    path = tmp_path / "late.mkv"
    with av.open(str(clips.write_clip(tmp_path / "a.mp4"))) as early, av.open(str(path), "w") as late:
        streams = [late.add_stream_from_template(stream) for stream in early.streams]
        for packet in early.demux():
            if packet.dts is not None:
                shift = round(1000 / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = streams[packet.stream.index]
                late.mux(packet)
    source = open_source(str(path), SourceOptions())
    assert source.description.duration == pytest.approx(2.0, abs=0.1)
    assert [item.time for item in source.items()][-1] == pytest.approx(2.0, abs=0.1)


def test_a_cut_is_no_matter_to_who_stops_before_it(clips, tmp_path):
    path = cut(clips.write_clip(tmp_path / "a.mkv", seconds=4), 0.6)
    times = [item.time for item in open_source(str(path), SourceOptions(end=1.0)).items()]
    assert 0.9 < times[-1] < 1.0


class Echo:
    """A localizer that answers each frame one frame later."""

    delay = 0.1
    width = 320

    def __init__(self):
        self.held = []

    def look(self, frame):
        return Look(frame, "next", None, None, None, None, (0,))

    def push_look(self, look):
        self.held.append(Sighting(look.frame, "nobody", "silence", None, None))
        return [self.held.pop(0)] if len(self.held) > 1 else []

    def push_sound(self, block):
        return []

    def finish(self):
        return [self.held.pop(0) for _ in list(self.held)]


class Memory:
    """A sink that keeps what it is told."""

    def __init__(self):
        self.headers, self.sightings, self.notices, self.ends = [], [], [], []

    def start(self, header):
        self.headers.append(header)

    def take_sound(self, block):
        pass

    def take(self, sighting):
        self.sightings.append(sighting)

    def notice(self, notice):
        self.notices.append(notice)

    def close(self, end):
        self.ends.append(end)


@pytest.mark.parametrize("realtime", [False, True])
def test_a_session_over_a_cut_file_answers_all_that_was_readable(clips, tmp_path, realtime):
    path = cut(clips.write_clip(tmp_path / "a.mkv", seconds=2), 0.6)
    sink = Memory()
    source = open_source(str(path), SourceOptions())
    summary = Session(source, Echo(), [sink], realtime=realtime).run()
    source.close()
    assert summary.reason == "lost" and "breaks off" in str(summary.error)
    assert [end.reason for end in sink.ends] == ["lost"]
    assert [notice.kind for notice in sink.notices][-1] == "source_lost"
    assert len(sink.sightings) == summary.analysed == summary.sightings > 0
    assert realtime or summary.frames > 20


@pytest.mark.parametrize("level", [0, 255])
def test_black_white_and_frozen_pictures_and_no_sound_are_read(clips, tmp_path, level, monkeypatch):
    flat = np.full((120, 160, 3), level, np.uint8)
    monkeypatch.setattr(clips, "picture", lambda width, height, flash: flat)
    path = clips.write_clip(tmp_path / "a.mp4", seconds=1, sound=np.zeros(48000))
    items = list(open_source(str(path), SourceOptions()).items())
    assert sum(isinstance(item, VideoFrame) for item in items) == 30
    assert not any(np.any(item.samples) for item in items if isinstance(item, SoundBlock))
