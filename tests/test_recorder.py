"""The recorded file holds what went in: pictures and sound, each at its own time, however it ended."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from soundspot.core.errors import OptionError, SinkError
from soundspot.core.values import Sighting, SoundBlock, VideoFrame
from soundspot.stream.recorder import RecorderSink
from soundspot.stream.sink import End, Header
from soundspot.stream.soundtrack import SoundTrack

RATE = 16_000


def header(width=96, height=64, rate=RATE):
    return Header("test", width, height, 30.0, rate, "2000-01-01T00:00:00Z", 0.0)


def sighting(time, level=128, width=96, height=64):
    pixels = np.full((height, width, 3), level, np.uint8)
    return Sighting(VideoFrame(pixels, time, round(time * 30)), "warming_up", None, None, None)


def block(time, samples, rate=RATE, lost=False):
    return SoundBlock(np.asarray(samples, np.float32), round(time * rate), rate, time, lost)


def plain(sighting):
    return sighting.frame.pixels


def recorded(path, sightings=(), blocks=(), head=None, draw=plain):
    sink = RecorderSink(str(path), draw)
    sink.start(head or header())
    for item in blocks:
        sink.take_sound(item)
    for item in sightings:
        sink.take(item)
    sink.close(End("end"))
    return sink


def pictures(path):
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="bgr24")) for frame in container.decode(video=0)]


def sound(path):
    """Decoded sound on a grid that starts at time 0, and its rate."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    rate = frames[0].sample_rate
    track = np.zeros(round((frames[-1].time + 1) * rate), np.float32)
    for frame in frames:
        samples = frame.to_ndarray()[0]
        first = round(frame.time * rate)
        samples = samples[max(-first, 0) :]
        track[max(first, 0) :][: len(samples)] = samples
    return track, rate


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "A.MP4"])
def test_every_picture_comes_back_at_its_own_time(tmp_path, name):
    times = np.cumsum([0.0, 0.04, 0.01, 0.1, 0.033, 0.5, 0.033, 1.7, 0.02]) + 0.05
    recorded(tmp_path / name, [sighting(time, level=20 * i + 20) for i, time in enumerate(times)])
    back = pictures(tmp_path / name)
    assert [time for time, _ in back] == pytest.approx(times, abs=0.0006)  # Matroska counts milliseconds
    assert [picture.mean() for _, picture in back] == pytest.approx(20 * np.arange(9) + 20, abs=3)
    assert not (tmp_path / f"{name}.part").exists()


def test_colours_survive(tmp_path):
    def coloured(sighting):
        picture = sighting.frame.pixels.copy()
        picture[:, :32], picture[:, 32:64], picture[:, 64:] = (200, 60, 40), (40, 180, 60), (50, 60, 210)
        return picture

    recorded(tmp_path / "a.mp4", [sighting(0.0)], draw=coloured)
    (_, back), *_ = pictures(tmp_path / "a.mp4")
    for x, colour in ((16, (200, 60, 40)), (48, (40, 180, 60)), (80, (50, 60, 210))):
        assert back[32, x] == pytest.approx(colour, abs=6)


@pytest.mark.parametrize("size", [(97, 65), (96, 65), (97, 64)])
def test_odd_sides_become_even_without_moving_the_picture(tmp_path, size):
    width, height = size
    recorded(tmp_path / "a.mp4", [sighting(0.0, 90, width, height)], head=header(width, height))
    (_, back), *_ = pictures(tmp_path / "a.mp4")
    assert back.shape == (height + height % 2, width + width % 2, 3)
    assert np.abs(back.astype(int) - 90).max() < 5


def test_a_source_that_changes_its_size_is_fitted(tmp_path):
    recorded(tmp_path / "a.mp4", [sighting(0.0, 90), sighting(0.1, 90, width=48, height=64)])
    (_, _), (_, second) = pictures(tmp_path / "a.mp4")
    assert second.shape == (64, 96, 3)
    assert second[32, 48] == pytest.approx(90, abs=5) and second[32, 5].max() < 20


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
@pytest.mark.parametrize("rate", [8000, 44_100, 48_000, 10_000, 192_000])
@pytest.mark.parametrize("sound_first", [True, False])
def test_flash_and_click_stay_together(tmp_path, name, rate, sound_first):
    flashes = [0.5, 1.3, 2.4]
    flash_indices = [round(at * 30) for at in flashes]
    frames = [sighting(i / 30, 255 if i in flash_indices else 0) for i in range(90)]
    samples = np.zeros(3 * rate, np.float32)
    for at in flashes:
        samples[round(at * rate) :][: rate // 100] = np.sin(np.arange(rate // 100) * 2 * np.pi * 1000 / rate)
    blocks = [block(i * 441 / rate, samples[i * 441 :][:441], rate) for i in range(len(samples) // 441)]
    sink = RecorderSink(str(tmp_path / name), plain)
    sink.start(header(rate=rate))
    for item in [*blocks, *frames] if sound_first else [*frames, *blocks]:
        sink.take_sound(item) if isinstance(item, SoundBlock) else sink.take(item)
    sink.close(End("end"))
    seen = [time for time, picture in pictures(tmp_path / name) if picture.mean() > 128]
    track, rate = sound(tmp_path / name)
    heard = np.flatnonzero(np.abs(track) > 0.4) / rate
    assert seen == pytest.approx(flashes, abs=0.02)
    for at in flashes:
        assert heard[np.abs(heard - at) < 0.2].min() == pytest.approx(at, abs=0.004)
    assert all(min(abs(time - at) for at in flashes) < 0.02 for time in heard)


def test_lost_sound_becomes_silence_of_the_same_length(tmp_path):
    tone = np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE) * 0.5
    blocks = [block(0.7, tone), block(3.2, tone, lost=True)]
    recorded(tmp_path / "a.mp4", [sighting(i / 10) for i in range(45)], blocks)
    track, rate = sound(tmp_path / "a.mp4")
    starts = np.arange(0, 4.2, 0.05)
    loud = np.array([np.abs(track[round(t * rate) :][: rate // 20]).max() > 0.1 for t in starts])
    middle = starts + 0.025
    expected = ((middle > 0.7) & (middle < 1.7)) | (middle > 3.2)
    clear = np.min(np.abs(middle[:, None] - [0.7, 1.7, 3.2]), axis=1) > 0.04
    assert np.array_equal(loud[clear], expected[clear])


def test_broken_samples_do_not_stop_the_recording(tmp_path):
    recorded(tmp_path / "a.mp4", [sighting(0.0), sighting(1.0)], [block(0.0, np.full(RATE, np.nan))])
    assert len(pictures(tmp_path / "a.mp4")) == 2
    assert np.abs(sound(tmp_path / "a.mp4")[0]).max() < 0.01


def test_without_sound_there_is_no_sound_track(tmp_path):
    recorded(tmp_path / "a.mp4", [sighting(0.0)], head=header(rate=0))
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_the_file_begins_where_it_is_told_to(tmp_path):
    sink = RecorderSink(str(tmp_path / "a.mp4"), plain, start=30.0)
    sink.start(header())
    sink.take_sound(block(29.5, np.full(RATE, 0.5)))
    for time in (30.0, 30.5):
        sink.take(sighting(time))
    sink.close(End("interrupted"))
    assert [time for time, _ in pictures(tmp_path / "a.mp4")] == pytest.approx([0.0, 0.5], abs=0.001)
    track, rate = sound(tmp_path / "a.mp4")
    assert np.flatnonzero(np.abs(track) > 0.25).max() / rate == pytest.approx(0.5, abs=0.05)


def test_the_track_lays_overlapping_and_late_blocks_once():
    track = SoundTrack(100, start=0.0)
    laid = [*track.lay(block(0.0, np.ones(100), 100)), *track.lay(block(0.5, np.full(100, 0.5), 100))]
    assert np.concatenate(laid) == pytest.approx([1.0] * 100 + [0.5] * 50)
    assert [*track.lay(block(0.2, np.ones(30), 100)), *track.fill(1.0)] == []
    assert sum(len(piece) for piece in track.fill(7.5)) == 600 and track.length == 750


@pytest.mark.parametrize("drift", [2e-4, -2e-4, 1e-3, -1e-3])
def test_an_hour_of_a_clock_that_drifts_is_followed_without_a_break(drift):
    rate, size = 8000, 2000
    track, tone = SoundTrack(rate, start=0.0), np.sin(np.arange(3600 * rate) / 20).astype(np.float32)
    worst, end = 0.0, float(tone[0])
    for first in range(0, tone.size, size):
        time = first / rate * (1 + drift)
        begins = track.length
        [piece] = track.lay(SoundBlock(tone[first : first + size], first, rate, time))
        worst = max(worst, abs(begins / rate - time))
        steps = np.abs(np.diff(piece, prepend=end))
        assert steps.max() < 0.06, "a break: the tone moves by 0.05 a sample"
        end = float(piece[-1])
    assert worst < 0.007


@pytest.mark.parametrize("size", [0, 1, 2])
@pytest.mark.parametrize("off", [-0.01, 0.01])
def test_the_smallest_blocks_of_a_clock_that_drifts_are_laid_too(size, off):
    track = SoundTrack(8000, start=0.0)
    list(track.lay(block(0.0, np.ones(8000), 8000)))
    list(track.lay(block(1.0 + off, np.ones(size), 8000)))
    assert abs(track.length - 8000 - size) <= (size > 1)


def test_an_unknown_suffix_names_the_known_ones(tmp_path):
    with pytest.raises(OptionError, match=r"video=.*a\.webm: want a name that ends in \.mp4, \.mov, \.mkv"):
        RecorderSink(str(tmp_path / "a.webm"))


@pytest.mark.parametrize("place", ["missing/a.mp4", "/dev/null/a.mp4", "folder.mp4"])
def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path, place):
    (tmp_path / "folder.mp4").mkdir()
    sink = RecorderSink(str(tmp_path / place))
    with pytest.raises(SinkError, match=r"^video=[^\n]*; want [^\n]*$"):
        sink.start(header())
    sink.close(End("error"))


def test_an_old_file_stays_until_the_good_close(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"old")
    sink = RecorderSink(str(path), plain)
    sink.start(header())
    sink.take(sighting(0.0))
    assert path.read_bytes() == b"old"
    sink.close(End("end"))
    sink.close(End("end"))
    assert len(pictures(path)) == 1


def test_a_session_without_a_picture_leaves_no_file(tmp_path):
    recorded(tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


ENDLESS = """
import resource, sys
import numpy as np
from soundspot.core.errors import SinkError
from soundspot.core.values import Sighting, SoundBlock, VideoFrame
from soundspot.stream.recorder import RecorderSink
from soundspot.stream.sink import End, Header

path, limit = sys.argv[1], int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
random = np.random.default_rng(1)
sink = RecorderSink(path)
sink.start(Header("test", 96, 64, 30.0, 16000, "2000-01-01T00:00:00Z", 0.0))
try:
    for i in range(1800):
        sound = random.normal(0, 0.1, 1600).astype(np.float32)
        sink.take_sound(SoundBlock(sound, i * 1600, 16000, i / 10))
        for k in range(3):
            pixels = random.integers(0, 255, (64, 96, 3), np.uint8)
            time = i / 10 + k / 30
            sink.take(Sighting(VideoFrame(pixels, time, 3 * i + k), "warming_up", None, None, None))
        print(i, flush=True)
    sink.close(End("end"))
except SinkError as error:
    print(error, flush=True)
    sink.close(End("error"))
"""


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_kill_leaves_a_playable_part(tmp_path, name):
    command = [sys.executable, "-c", ENDLESS, str(tmp_path / name), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.strip() == "60":
                os.kill(process.pid, signal.SIGKILL)
                break
    assert not (tmp_path / name).exists()
    assert_playable(tmp_path / f"{name}.part", seconds=3)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file size on Windows")
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_file_that_cannot_grow_leaves_a_playable_part(tmp_path, name):
    command = [sys.executable, "-c", ENDLESS, str(tmp_path / name), "700000"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{name}: File too large; what was written" in done.stdout.splitlines()[-1]
    assert_playable(tmp_path / f"{name}.part", seconds=1)


def test_a_full_disk_leaves_a_playable_part(tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k", "none", str(tmp_path)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        command = [sys.executable, "-c", ENDLESS, str(tmp_path / "a.mp4"), "0"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stderr) == (0, "")
        assert "a.mp4: No space left on device; what was written" in done.stdout.splitlines()[-1]
        assert_playable(tmp_path / "a.mp4.part", seconds=1)
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def assert_playable(path: Path, seconds: float) -> None:
    """The part decodes from its start and holds at least so much of picture and sound."""
    for kind in ("video", "audio"):
        times = []
        with av.open(str(path)) as container:
            try:
                for frame in container.decode(**{kind: 0}):
                    times.append(frame.time)
            except av.FFmpegError:
                pass  # the fragment that was cut off
        assert times and times[0] < 0.1 and times[-1] > seconds
