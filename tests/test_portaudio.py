"""A sound card through PortAudio: channels, rates, time stamps, what is lost, names, refusals."""

import os
import subprocess
import sys
import threading
import time
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
from soundspot.core.errors import OptionError, SourceError
from soundspot.stream.adc import AdcTime
from soundspot.stream.device_clock import ClockFit
from soundspot.stream.heard import Heard, Listener
from soundspot.stream.microphone import MicrophoneFeed
from soundspot.stream.portaudio import Input, choose_input, hushed
from soundspot.stream.source import Faults, SourceOptions

RATE = 48000
BLOCK = RATE // 100
NEVER = threading.Event()


def test_without_portaudio_one_line_tells_what_to_install(monkeypatch):
    def missing(name):
        raise OSError("PortAudio library not found")

    monkeypatch.setattr("soundspot.stream.portaudio.importlib", SimpleNamespace(import_module=missing))
    with pytest.raises(SourceError, match="apt install libportaudio2") as refusal:
        MicrophoneFeed("desk").open(NEVER)
    assert str(refusal.value).startswith("sound=desk: PortAudio is missing")
    assert "\n" not in str(refusal.value)


class FakeAudio:
    """As much of sounddevice as a microphone needs; `refuse` (rate, channels) -> an error's code, or None."""

    class PortAudioError(Exception):
        pass

    def __init__(self, devices, refuse=lambda rate, channels: None):
        self.devices, self.refuse = devices, refuse
        self.default = SimpleNamespace(device=(0, 0))
        self.renewed, self.asked, self.stream = 0, [], None

    def query_devices(self):
        return self.devices

    def _terminate(self):
        self.renewed += 1

    def _initialize(self):
        pass

    def InputStream(self, *, samplerate, channels, callback, finished_callback, **settings):
        self.asked.append((samplerate, channels))
        code = self.refuse(samplerate, channels)
        if code is not None:
            raise self.PortAudioError(f"Error opening InputStream: refused {code}", code)
        idle = SimpleNamespace(start=lambda: None, abort=lambda: None, close=lambda: None)
        self.stream = SimpleNamespace(callback=callback, finished=finished_callback, channels=channels)
        return idle

    def speak(self, samples, overflow=False, at=0.0):
        times = SimpleNamespace(inputBufferAdcTime=at, currentTime=at)
        samples = np.asarray(samples, np.float32)
        self.stream.callback(samples, len(samples), times, SimpleNamespace(input_overflow=overflow))


def device(name, channels=2, rate=44100.0):
    return {"name": name, "max_input_channels": channels, "default_samplerate": rate}


def test_a_device_of_several_channels_only_is_mixed():
    audio = FakeAudio([device("Line")], lambda rate, channels: -9998 if channels == 1 else None)
    feed = MicrophoneFeed(portaudio=audio)
    assert feed.open(NEVER).sound_rate == RATE
    audio.speak([[0.5, 0.1], [0.2, 0.4]])
    np.testing.assert_allclose(next(feed.arrivals(NEVER)).samples, [0.3, 0.3], atol=1e-6)


def test_a_device_of_many_channels_is_asked_for_two_before_all():
    audio = FakeAudio([device("Mixer", 32)], lambda rate, channels: -9997 if channels == 1 else None)
    MicrophoneFeed(portaudio=audio).open(NEVER)
    assert audio.asked == [(RATE, 1), (RATE, 2)]


def test_a_channel_can_be_chosen_and_must_exist():
    audio = FakeAudio([device("Line")])
    feed = MicrophoneFeed(options=SourceOptions(channel=1), portaudio=audio)
    feed.open(NEVER)
    audio.speak([[0.5, 0.1], [0.2, 0.4]])
    np.testing.assert_allclose(next(feed.arrivals(NEVER)).samples, [0.1, 0.4], atol=1e-6)
    with pytest.raises(OptionError, match=r"channel=5: Line has 2; want 0 to 1"):
        MicrophoneFeed(options=SourceOptions(channel=5), portaudio=audio).open(NEVER)


def test_a_device_that_comes_back_with_another_rate_is_resampled():
    audio = FakeAudio([device("Desk")])
    feed = MicrophoneFeed(portaudio=audio)
    assert feed.open(NEVER).sound_rate == RATE
    audio.devices, audio.refuse = (
        [device("Desk", rate=16000.0)],
        lambda rate, _: -9997 if rate == RATE else None,
    )
    assert feed.open(NEVER).sound_rate == RATE
    assert audio.renewed == 1
    tone = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    for start in range(0, 16000, 160):
        audio.speak(tone[start : start + 160, None])
    sound = np.concatenate([piece.samples for piece in islice(feed.arrivals(NEVER), 100)])
    assert sound.size == pytest.approx(RATE, rel=0.01)
    assert np.abs(np.fft.rfft(sound)).argmax() * RATE / sound.size == pytest.approx(440, abs=2)


@pytest.mark.parametrize("code", [-9985, -9993])
def test_a_device_that_refuses_is_told_with_its_reason(code):
    audio = FakeAudio([device("Desk")], lambda rate, channels: code)
    with pytest.raises(SourceError, match=rf"sound=0: Desk cannot be opened \(refused {code}\); see"):
        MicrophoneFeed("0", portaudio=audio).open(NEVER)
    assert len(audio.asked) == 1


def test_a_wish_to_end_opens_nothing():
    stop, audio = threading.Event(), FakeAudio([device("Desk")])
    stop.set()
    with pytest.raises(SourceError, match="the end was asked for"):
        MicrophoneFeed(portaudio=audio).open(stop)
    assert not audio.asked


def test_sound_that_nobody_reads_falls_out_and_is_counted():
    audio = FakeAudio([device("Desk")])
    feed = MicrophoneFeed(portaudio=audio)
    feed.open(NEVER)
    second = np.zeros((RATE, 1), np.float32)
    for _ in range(7):
        audio.speak(second)
    kept = list(islice(feed.arrivals(NEVER), 5))
    assert [piece.stamp for piece in kept] == [2, 3, 4, 5, 6]
    assert [piece.lost for piece in kept] == [True, False, False, False, False]
    assert feed.faults.counts["sound_gap"] == 1
    assert "2.00 s" in feed.faults.take_notices()[0].text


def heard(first, now, lost=False, size=BLOCK, recorded=None):
    return Heard(
        np.zeros((size, 1), np.float32),
        first,
        lost,
        now,
        now - size / RATE if recorded is None else recorded,
        now,
    )


def test_an_overflow_that_is_flagged_is_counted_into_the_stamps():
    faults = Faults()
    listener = Listener(RATE, RATE, None, faults)
    before = listener.piece(heard(0, 10.01))
    after = listener.piece(heard(BLOCK, 10.27, lost=True))
    assert (before.lost, after.lost) == (False, True)
    assert after.stamp == pytest.approx(0.26, abs=1e-3)
    assert faults.counts == {"sound_gap": 1}
    assert listener.piece(heard(2 * BLOCK, 10.28)).stamp == pytest.approx(0.27, abs=1e-3)


def test_half_a_second_lost_without_a_flag_is_found_from_count_and_arrival():
    fit = ClockFit()
    listener = Listener(RATE, RATE, None, Faults())
    rng = np.random.default_rng(2)
    errors = []
    for k in range(3000):
        true = k * 0.01 + (0.5 if k >= 1500 else 0.0)
        piece = listener.piece(heard(k * BLOCK, true + 0.01 + rng.exponential(0.003)))
        fit.add(piece.stamp + 0.01, piece.arrived)
        errors.append(abs(fit.time_at(piece.stamp) - true))
    assert max(errors[100:1499]) < 0.02
    assert max(errors[1500:1520]) > 0.4
    assert max(errors[2000:]) < 0.02
    assert fit.take_step() == pytest.approx(0.5, abs=0.02)


def dates(recorded, told_now, seconds=4):
    """When a block's last sample was there, less its count (n,); the two times are functions of s."""
    adc, rng = AdcTime(RATE), np.random.default_rng(3)
    found = []
    for k in range(round(seconds * 100)):
        begin, now = 0.01 * k, 0.01 * k + 0.02 + rng.uniform(0, 0.01)
        found.append(adc.arrived(k * BLOCK, BLOCK, now, recorded(begin), told_now(now)) - begin - 0.01)
    return adc, np.array(found)


def test_portaudios_time_is_taken_where_it_is_steady():
    adc, found = dates(lambda begin: begin + 5000, lambda now: now + 5000)
    assert adc.trusted
    assert np.abs(found[150:]).max() < 1e-6
    assert found[:90].std() > 1e-3


@pytest.mark.parametrize(
    ("recorded", "told_now"),
    [
        (lambda begin: 0.0, lambda now: 0.0),
        (lambda begin: begin + 0.01 * np.sin(9 * begin), lambda now: now),
        (lambda begin: begin * 1.01, lambda now: now),
        (lambda begin: begin + 3.0, lambda now: now),
        (lambda begin: begin - 9.0, lambda now: now),
    ],
    ids=["none", "unsteady", "drifting", "in the future", "too old"],
)
def test_portaudios_time_is_left_where_it_does_not_fit(recorded, told_now):
    adc, found = dates(recorded, told_now)
    assert not adc.trusted
    assert found.min() >= 0.009
    assert found.max() <= 0.021


INPUTS = [
    Input(0, "HDA Intel PCH: ALC257", 2, 44100, False),
    Input(3, "USB Webcam: Audio (hw:1,0)", 1, 48000, True),
    Input(4, "USB Desk", 1, 48000, False),
]


@pytest.mark.parametrize(
    ("asked", "index"), [("default", 3), ("0", 0), ("4", 4), ("webcam", 3), ("usb desk", 4), ("alc257", 0)]
)
def test_a_microphone_is_named_by_number_or_part_of_its_name(asked, index):
    assert choose_input(INPUTS, asked).index == index


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (
            "usb",
            r"sound=usb: fits 2 microphones; want one of 3 \(USB Webcam: Audio \(hw:1,0\)\), 4 \(USB Desk\)",
        ),
        ("1", r"sound=1: no such microphone; want one of 0 \(HDA.*\), 3 .*, 4 .*"),
        ("bluetooth", r"sound=bluetooth: no such microphone; want one of 0 "),
    ],
)
def test_a_name_that_means_none_or_several_is_refused_with_what_exists(asked, line):
    with pytest.raises(SourceError, match=line) as refusal:
        choose_input(INPUTS, asked)
    assert "\n" not in str(refusal.value)


def test_only_portaudios_own_chatter_is_kept_quiet(capfd):
    with hushed():
        os.write(2, b"ALSA lib pcm.c:2664: Unknown PCM cards.pcm.rear\nsoundspot: something else\n")
        os.write(2, b"Expression 'paErr' failed in 'pa_linux_alsa.c'\n")
        print("a word", file=sys.__stderr__, flush=True)
    assert capfd.readouterr().err == "soundspot: something else\na word\n"


def test_quiet_in_several_threads_leaves_the_standard_error_as_it_was(capfd):
    def work():
        for _ in range(20):
            with hushed():
                time.sleep(0.001)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(2, b"still here")
    assert capfd.readouterr().err == "still here"


def test_importing_the_microphone_needs_no_portaudio():
    program = "import sys, soundspot.stream.microphone; print('sounddevice' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
