"""What a media file holds comes out as meant: pictures as displayed, sound as heard, each at its time."""

import importlib.util
import itertools
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from soundspot.core.errors import OptionError, SoundspotError
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.stream import packets
from soundspot.stream.source import SourceOptions, open_source, redact
from soundspot.stream.waveform import JITTER

FORMS = {
    "mp4": ("a.mp4", {}),
    "ntsc": ("a.mp4", {"rate": "30000/1001", "sound_rate": 44100, "layout": "stereo"}),
    "matroska": ("a.mkv", {"audio": "libopus"}),
    "surround": ("a.mkv", {"layout": "5.1"}),
    "webm": ("a.webm", {"video": "libvpx", "audio": "libopus"}),
    "quicktime": ("a.mov", {"audio": "pcm_s16le"}),
    "avi": ("a.avi", {"video": "mjpeg", "pixels": "yuvj420p", "audio": "pcm_u8", "sound_rate": 8000}),
    "transport stream": ("a.ts", {}),
    "fragmented": ("a.mp4", {"options": {"movflags": "frag_keyframe+delay_moov"}, "sound_rate": 96000}),
    "variable rate": ("a.mp4", {"times": [0, 0.1, 0.11, 0.5, 0.9, 1, 1.2, 1.5, 1.51]}),
}


@pytest.fixture(scope="module")
def clips():
    spec = importlib.util.spec_from_file_location("clips", Path(__file__).with_name("clips.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Medium:
    """Everything that a source gave."""

    source: object
    items: list

    @property
    def frames(self):
        return [item for item in self.items if isinstance(item, VideoFrame)]

    @property
    def blocks(self):
        return [item for item in self.items if isinstance(item, SoundBlock)]

    @property
    def flashes(self):
        return [frame.time for frame in self.frames if frame.pixels.mean() > 200]

    @property
    def clicks(self):
        hits = [(block, np.flatnonzero(np.abs(block.samples) > 0.4)) for block in self.blocks]
        moments = [block.time + hit / block.rate for block, found in hits for hit in found]
        return [moment for k, moment in enumerate(moments) if k == 0 or moment - moments[k - 1] > 0.1]


def read(uri, **options):
    source = open_source(str(uri), SourceOptions(**options))
    try:
        return Medium(source, list(source.items()))
    finally:
        source.close()


def check_contract(medium):
    """What every source promises."""
    description, frames, blocks = medium.source.description, medium.frames, medium.blocks
    assert frames and blocks
    assert all(a.time < b.time and a.index < b.index for a, b in itertools.pairwise(frames))
    assert all(a.time < b.time for a, b in itertools.pairwise(blocks))
    assert all(a.time <= b.time for a, b in zip(medium.items, medium.items[1:], strict=False))
    assert {frame.pixels.shape for frame in frames} == {(description.height, description.width, 3)}
    assert {block.rate for block in blocks} == {description.sound_rate}
    for a, b in itertools.pairwise(blocks):
        gap = b.first - a.first - a.samples.size
        assert gap == 0 or (gap > 0 and b.lost)
        assert b.time - a.time == pytest.approx((b.first - a.first) / a.rate, abs=0.001)
    assert not any(frame.pixels.flags.writeable for frame in frames)
    assert not any(block.samples.flags.writeable for block in blocks)
    medium.source.close()
    medium.source.close()


def is_near(pixels, colour):
    """Within what coding costs; a wrong colour range or matrix costs 15 and more."""
    return np.abs(pixels.astype(int) - colour).max() <= 6


@pytest.mark.parametrize("form", FORMS)
def test_every_form_keeps_the_contract_and_its_flashes_sound_with_their_clicks(clips, tmp_path, form):
    name, settings = FORMS[form]
    medium = read(clips.write_clip(tmp_path / name, **settings))
    check_contract(medium)
    assert len(medium.flashes) >= 2
    for flash in medium.flashes:
        assert min(abs(flash - click) for click in medium.clicks) < 0.005
    assert medium.source.faults.counts == {}


def test_a_scene_keeps_the_contract_too():
    medium = read("scene:hammer", start=0.5, end=1.0)
    check_contract(medium)
    assert 0.5 <= medium.frames[0].time < 0.54
    assert medium.frames[-1].time < 1.0


def test_times_are_the_frames_own(clips, tmp_path):
    times = [0, 0.1, 0.11, 0.5, 0.9, 1, 1.5]
    medium = read(clips.write_clip(tmp_path / "variable.mp4", times=times))
    assert [frame.time for frame in medium.frames] == pytest.approx(times, abs=1e-3)


def test_start_skips_and_end_stops_and_neither_shifts_the_times(clips, tmp_path):
    path = clips.write_clip(tmp_path / "a.mp4", seconds=4)
    whole = {frame.index: frame for frame in read(path).frames}
    medium = read(path, start=2.25, end=3.2)
    check_contract(medium)
    assert [medium.frames[0].time, medium.frames[-1].time] == pytest.approx([2.267, 3.167], abs=0.002)
    assert medium.flashes == pytest.approx([2.5, 3.0], abs=0.001)
    assert medium.clicks == pytest.approx([2.5, 3.0], abs=0.001)
    for frame in medium.frames:
        assert frame.time == pytest.approx(whole[frame.index].time)
    assert medium.blocks[0].time <= 2.25 < medium.blocks[1].time + 0.05


def test_a_start_past_the_end_is_refused(clips, tmp_path):
    path = clips.write_clip(tmp_path / "a.mp4", seconds=1)
    with pytest.raises(OptionError, match=r"start=7 s: want less than the medium's length, 1\.0. s"):
        open_source(str(path), SourceOptions(start=7))
    with pytest.raises(OptionError, match="end=1 s: want more than start=2 s"):
        SourceOptions(start=2, end=1)


def test_channels_are_mixed_or_chosen(clips, tmp_path):
    stereo = np.stack([np.full(48000, 0.5), np.full(48000, -0.1)])
    path = clips.write_clip(tmp_path / "a.mov", seconds=1, audio="pcm_s16le", layout="stereo", sound=stereo)
    for channel, level in ((None, 0.2), (0, 0.5), (1, -0.1)):
        blocks = read(path, channel=channel).blocks
        assert np.concatenate([block.samples for block in blocks]) == pytest.approx(level, abs=1e-3)
    with pytest.raises(OptionError, match="channel=2: the sound has 2 channels; want 0 to 1"):
        read(path, channel=2)


@pytest.mark.parametrize("rotation", [0, 90, 180, -90])
@pytest.mark.parametrize("mirror", [False, True])
def test_a_turned_or_mirrored_video_comes_out_as_displayed(clips, tmp_path, rotation, mirror):
    path = clips.write_clip(tmp_path / "a.mp4", seconds=0.2, rotation=rotation, mirror=mirror)
    [first, *_] = read(path).frames
    stored = clips.picture(160, 120)
    # av_display_matrix_flip mirrors what is turned already; turns count counter-clockwise
    turned = np.rot90(stored, rotation // 90)
    shown = turned[:, ::-1] if mirror else turned
    assert first.pixels.shape == shown.shape
    assert np.abs(first.pixels.astype(int) - shown).mean() < 8


def test_anamorphic_pictures_are_widened_to_what_is_displayed(clips, tmp_path):
    path = clips.write_clip(tmp_path / "a.mp4", seconds=0.2, aspect=Fraction(4, 3))
    medium = read(path)
    assert (medium.source.description.width, medium.source.description.height) == (213, 120)
    assert is_near(medium.frames[0].pixels[10, 100], clips.PATCH)
    assert is_near(medium.frames[0].pixels[10, 112], clips.GREY)


@pytest.mark.parametrize(
    ("pixels", "codec", "size"),
    [
        ("yuv420p", "libx264", (160, 120)),
        ("yuvj420p", "mjpeg", (160, 120)),
        ("yuv444p", "libx264", (161, 121)),
        ("yuv420p10le", "libx264", (162, 122)),
        ("yuv444p", "ffv1", (33, 47)),
    ],
)
def test_colours_come_out_right_in_every_pixel_format(clips, tmp_path, pixels, codec, size):
    settings = {"video": codec, "pixels": pixels, "size": size}
    medium = read(clips.write_clip(tmp_path / "a.mkv", seconds=0.6, **settings))
    assert medium.frames[0].pixels.shape == (size[1], size[0], 3)
    assert is_near(medium.frames[0].pixels[5, 5], clips.PATCH)
    assert is_near(medium.frames[0].pixels[-5, -5], clips.GREY)
    assert is_near(medium.frames[15].pixels, clips.WHITE)


def test_grey_pictures_are_grey(clips, tmp_path):
    medium = read(clips.write_clip(tmp_path / "a.mkv", seconds=0.2, video="ffv1", pixels="gray"))
    assert np.ptp(medium.frames[0].pixels, axis=2).max() <= 1
    assert is_near(medium.frames[0].pixels[-5, -5], clips.GREY)


def test_one_frame_is_a_video(clips, tmp_path):
    medium = read(clips.write_clip(tmp_path / "a.mp4", times=[0.0]))
    assert len(medium.frames) == 1
    assert medium.clicks == pytest.approx([0.5, 1.0, 1.5], abs=0.001)


def test_lost_sound_is_told_and_the_rest_keeps_its_time(clips, tmp_path):
    path = clips.write_clip(tmp_path / "a.mkv", audio="pcm_s16le", hole=(0.8, 1.1))
    medium = read(path)
    check_contract(medium)
    [after] = [block for block in medium.blocks if block.lost]
    assert after.time == pytest.approx(1.1, abs=0.03)
    assert medium.clicks == pytest.approx([0.5, 1.5], abs=0.001)
    assert "missing" in medium.source.faults.take_notices()[0].text


def test_numbers_that_are_none_become_silence(clips, tmp_path):
    sound = np.full(48000, 0.25, np.float32)
    sound[9600:9700], sound[20000] = np.nan, np.inf
    medium = read(clips.write_clip(tmp_path / "a.mkv", seconds=1, audio="pcm_f32le", sound=sound))
    heard = np.concatenate([block.samples for block in medium.blocks])
    assert np.flatnonzero(heard == 0).tolist() == [*range(9600, 9700), 20000]
    assert medium.source.faults.counts["bad_sound"] == 2


@pytest.mark.parametrize("look_ahead", [20_000, 32 * 2**20])
def test_a_stream_that_ends_early_holds_up_nothing(clips, tmp_path, monkeypatch, look_ahead):
    monkeypatch.setattr(packets, "LOOK_AHEAD", look_ahead)
    path = clips.write_clip(tmp_path / "a.mp4", seconds=4, sound=clips.clicks(1.0, 48000))
    medium = read(path)
    check_contract(medium)
    assert len(medium.frames) == 120
    assert medium.blocks[-1].time < 1.1


def test_sound_that_goes_on_after_the_picture_is_kept(clips, tmp_path):
    medium = read(clips.write_clip(tmp_path / "a.mp4", seconds=0.5, sound=clips.clicks(3.0, 48000)))
    assert medium.frames[-1].time < 0.5
    assert medium.blocks[-1].time > 2.9


def test_time_stamps_that_begin_anew_go_on_and_stay_in_step(clips, tmp_path):
    once = clips.write_clip(tmp_path / "once.ts", seconds=2).read_bytes()
    (tmp_path / "twice.ts").write_bytes(once + once)
    medium = read(tmp_path / "twice.ts")
    check_contract(medium)
    assert len(medium.frames) >= 115
    assert medium.source.faults.counts["time_jump"] == 2
    assert len(medium.flashes) == 6
    for flash in medium.flashes:
        assert min(abs(flash - click) for click in medium.clicks) <= JITTER


@pytest.mark.parametrize("name", ["a.mkv", "a.ts"])
def test_damage_in_the_middle_costs_a_piece_and_no_more(clips, tmp_path, name):
    clusters = {"cluster_time_limit": "500"} if name == "a.mkv" else {}
    path = clips.write_clip(tmp_path / name, seconds=4, options=clusters)
    data = bytearray(path.read_bytes())
    middle, size = len(data) // 2, len(data) // 20
    data[middle : middle + size] = np.random.default_rng(0).integers(0, 256, size, np.uint8).tobytes()
    path.write_bytes(data)
    medium = read(path)
    check_contract(medium)
    assert medium.frames[-1].time > 3.9
    assert len(medium.frames) > 80
    assert medium.clicks[0] == pytest.approx(0.5, abs=0.05)
    assert medium.clicks[-1] == pytest.approx(3.5, abs=0.05)


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://user:secret@camera.local/stream",
        "rtsp://user:secret@@host:554/a?b=c",
        "rtsps://user:sec/ret@host/live",
        "http://host/x?user=me&password=secret&n=1",
        "http://host/x?token=secret",
        "rtsp://:secret@host",
    ],
)
def test_no_password_is_ever_told(url):
    assert "secret" not in redact(f"cannot open {url}: refused")
    assert "sec/ret" not in redact(url)
    with pytest.raises(SoundspotError) as caught:
        open_source(url, SourceOptions())
    assert "sec" not in str(caught.value)
    assert "://" in str(caught.value)
