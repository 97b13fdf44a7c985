"""The microphone: what is played is what is captured, what is lost is counted, what is missing is told."""

import threading
import time
import wave

import numpy as np
import pytest
from soundspot.core.errors import SourceError, SourceLost
from soundspot.stream.device_clock import ClockFit
from soundspot.stream.heard import Heard
from soundspot.stream.microphone import MicrophoneFeed

RATE = 48000
BLOCK = RATE // 100
NEVER = threading.Event()


@pytest.fixture
def server(virtual_sound, tmp_path):
    if not virtual_sound.is_installed():
        pytest.skip(virtual_sound.MISSING)
    with virtual_sound.sound_server(tmp_path) as server:
        yield server


def pieces(arrivals, seconds):
    """What comes for so long."""
    until = time.monotonic() + seconds
    kept = []
    for piece in arrivals:
        if piece is not None:
            kept.append(piece)
        if time.monotonic() > until:
            break
    return kept


def write_noise(path, seconds):
    """A file of loud noise; its samples (n,) in -1 … 1."""
    samples = np.random.default_rng(1).integers(-9000, 9000, round(seconds * RATE)).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return samples / 32768


def holds(sound, part):
    """Whether the part (n,) is somewhere in the sound, sample for sample."""
    start = int(np.correlate(sound, part[:2000].astype(np.float32), "valid").argmax())
    found = sound[start : start + part.size]
    return found.size == part.size and np.abs(found - part).max() < 1e-3


def captured(server, path):
    """What a microphone hears while the file is played."""
    feed = MicrophoneFeed()
    assert feed.open(NEVER).sound_rate == RATE
    server.play(path)
    try:
        heard = pieces(feed.arrivals(NEVER), 3.0)
    finally:
        feed.close()
    assert not feed.faults.counts
    return heard


def test_what_is_played_is_captured_whole_and_dated_steadily(server, tmp_path):
    parts = np.split(write_noise(tmp_path / "noise.wav", 1.5), 15)
    for _ in range(3):  # on a busy machine the player stops for breath now and then
        heard = captured(server, tmp_path / "noise.wav")
        sound = np.concatenate([piece.samples for piece in heard])
        whole = sum(holds(sound, part) for part in parts)
        if whole >= 10:
            break
    assert whole >= 5
    assert not any(piece.lost for piece in heard)
    assert np.allclose(np.diff([piece.stamp for piece in heard]), BLOCK / RATE)
    fit = ClockFit()
    late = follow(fit, heard)
    assert fit.take_step() == 0
    assert 0 <= late[50:].min() < 0.05


def follow(fit, heard):
    """How much after the time told for its end each piece arrived, s (n,)."""
    late = []
    for piece in heard:
        end = piece.stamp + piece.samples.size / RATE
        fit.add(end, piece.arrived)
        late.append(piece.arrived - fit.time_at(end))
    return np.array(late) + 1e-9


def test_sound_that_a_hesitating_machine_loses_in_silence_is_found(server, monkeypatch):
    hesitate = threading.Event()

    def hear(*values):
        if hesitate.is_set():
            hesitate.clear()
            time.sleep(1.0)  # in PortAudio's thread: PipeWire throws away what nobody takes, and says nothing
        return Heard(*values)

    monkeypatch.setattr("soundspot.stream.microphone.Heard", hear)
    feed = MicrophoneFeed()
    feed.open(NEVER)
    fit, arrivals = ClockFit(), feed.arrivals(NEVER)
    try:
        before = pieces(arrivals, 2.5)
        late_before = follow(fit, before)[100:]
        hesitate.set()
        after = pieces(arrivals, 6.0)
    finally:
        feed.close()
    late_after = follow(fit, after)[-100:]
    behind = [min(piece.arrived - piece.stamp for piece in heard[-100:]) for heard in (before, after)]
    lost = behind[1] - behind[0]
    assert lost > 0.5  # by the count alone all that follows is dated so much too early
    assert not any(piece.lost for piece in after)
    # on a busy machine several losses too small to notice may come on top
    assert late_before.min() < 0.15
    assert late_after.min() < 0.15
    assert fit.take_step() == pytest.approx(lost, abs=0.15)


def test_a_server_that_dies_is_told_and_one_that_returns_is_taken_up(server):
    feed = MicrophoneFeed()
    offer = feed.open(NEVER)
    arrivals = feed.arrivals(NEVER)
    assert next(piece for piece in arrivals if piece is not None).samples.size == BLOCK
    server.stop()
    with pytest.raises(SourceLost, match=r"sound=default: .* plug it in again"):
        list(arrivals)
    with pytest.raises(SourceError, match="no microphone; plug one in or start the sound server"):
        feed.open(NEVER)
    server.start()
    assert feed.open(NEVER) == offer
    try:
        assert len(pieces(feed.arrivals(NEVER), 0.5)) > 10
    finally:
        feed.close()
        feed.close()


def test_a_frozen_server_never_blocks(server):
    feed = MicrophoneFeed()
    feed.open(NEVER)
    server.freeze()
    try:
        begun = time.monotonic()
        assert None in feed.arrivals(NEVER)
        feed.close()
        assert time.monotonic() - begun < 3
    finally:
        server.thaw()
        feed.close()
