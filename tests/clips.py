"""Small media files for the tests: a flash and a click at the same moments, in any container and codec."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.stream import Disposition

GREY, WHITE = 60, 255
PATCH = (40, 120, 200)  # blue, green, red of the upper left quarter
EVERY = 0.5  # s between two flashes; the first at EVERY
SIZE = (96, 72)  # px of the pictures with something that moves
RATE = 48000  # Hz, of their sound
HITS = np.cumsum(np.random.default_rng(3).uniform(0.2, 0.6, 40))  # s: when it moves, and sounds
CODEC_OPTIONS = {
    "libx264": {"preset": "veryfast", "crf": "12"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
}


def picture(width, height, flash=False):
    """uint8 (h, w, 3): grey with a coloured upper left quarter, or all white."""
    pixels = np.full((height, width, 3), WHITE if flash else GREY, np.uint8)
    if not flash:
        pixels[: height // 2, : width // 2] = PATCH
    return pixels


def clicks(seconds, rate):
    """float32 (n,): 2 ms of noise-free level at every EVERY s."""
    sound = np.zeros(round(seconds * rate), np.float32)
    for moment in np.arange(EVERY, seconds, EVERY):
        start = round(moment * rate)
        sound[start : start + rate // 500 + 1] = 0.8
    return sound


def write_clip(path, *, seconds=2.0, rate=30, times=None, sound="clicks", **settings):
    """Write a medium: `times` of the frames in s (default: steady), `sound` (channels, n), (n,) or None.

    A picture `rate` of 0 leaves the picture out; the setting `hole` (s, s) leaves a piece of the sound out,
    `draw` (s -> uint8 (h, w, 3) BGR) makes the pictures.
    """
    path = Path(path)
    sound_rate = settings.get("sound_rate", 48000)
    if times is None and rate:
        times = [float(k / Fraction(rate)) for k in range(round(seconds * Fraction(rate)))]
    if isinstance(sound, str):
        sound = clicks(seconds, sound_rate)
    with av.open(str(path), "w", format=settings.get("format"), options=settings.get("options", {})) as out:
        video = _add_video(out, rate, settings) if rate else None
        audio = None if sound is None else _add_audio(out, sound_rate, settings)
        packets = [
            *_pictures(video, times, settings.get("draw")),
            *_sound(audio, sound, sound_rate, settings),
        ]
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            out.mux(packet)
    return path


def _add_video(out, rate, settings):
    codec = settings.get("video", "libx264")
    video = out.add_stream(codec, rate=Fraction(rate), options=CODEC_OPTIONS.get(codec, {}))
    video.width, video.height = settings.get("size", (160, 120))
    video.pix_fmt = settings.get("pixels", "yuv420p")
    video.codec_context.time_base = Fraction(1, 90000) if codec == "libx264" else 1 / Fraction(rate)
    if "rotation" in settings:
        video.set_display_rotation(settings["rotation"], hflip=settings.get("mirror", False))
    if "aspect" in settings:
        video.codec_context.sample_aspect_ratio = video.sample_aspect_ratio = settings["aspect"]
    if settings.get("cover"):
        video.disposition = Disposition.attached_pic
    return video


def _pictures(video, times, draw=None):
    if video is None:
        return []
    packets = []
    for time in times:
        near = time % EVERY
        flash = time > EVERY / 2 and (near < 1e-3 or EVERY - near < 1e-3)
        pixels = draw(time) if draw else picture(video.width, video.height, flash)
        frame = av.VideoFrame.from_ndarray(pixels, "bgr24")
        full_range = 2 if video.pix_fmt.startswith("yuvj") else 0
        # more threads of swscale leave odd pixels where their slices meet
        frame = frame.reformat(format=video.pix_fmt, dst_color_range=full_range, threads=1)
        frame.time_base = video.codec_context.time_base
        frame.pts = round(time / frame.time_base)
        packets += video.encode(frame)
    return packets + video.encode(None)


def _add_audio(out, sound_rate, settings):
    audio = out.add_stream(settings.get("audio", "aac"), rate=sound_rate)
    audio.layout = settings.get("layout", "mono")
    if "samples" in settings:
        audio.format = settings["samples"]
    return audio


def _sound(audio, sound, sound_rate, settings):
    if audio is None:
        return []
    sound = np.atleast_2d(sound).astype(np.float32)
    sound = np.repeat(sound, len(audio.layout.channels), 0) if len(sound) == 1 else sound
    hole = [round(edge * sound_rate) for edge in settings.get("hole", (0, 0))]
    size = audio.codec_context.frame_size or 1024
    resampler = av.AudioResampler(format=audio.format, layout=audio.layout, rate=sound_rate)
    packets = []
    for start in range(0, sound.shape[1], size):
        if hole[0] <= start < hole[1]:
            continue
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(sound[:, start : start + size]), "fltp", audio.layout
        )
        frame.sample_rate, frame.time_base = sound_rate, Fraction(1, sound_rate)
        frame.pts = start
        for part in resampler.resample(frame):
            part.pts = frame.pts
            packets += audio.encode(part)
    return packets + audio.encode(None)


def noise(seed, width=SIZE[0], height=SIZE[1]):
    """A textured picture uint8 (h, w, 3)."""
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)
    return cv2.normalize(cv2.GaussianBlur(pixels, (0, 0), 2), None, 30, 220, cv2.NORM_MINMAX)


def hopping(width=SIZE[0], height=SIZE[1]):
    """A thing that hops with every hit, before a textured wall."""
    wall, thing = noise(1, width, height), noise(2, max(1, width // 5), max(1, height // 4))

    def draw(time):
        since = time - max([hit for hit in HITS if hit <= time], default=-9.0)
        top = round(height * (0.6 - 0.3 * np.sin(np.pi * min(since / 0.2, 1.0))))
        pixels = wall.copy()
        pixels[top : top + thing.shape[0], width // 8 : width // 8 + thing.shape[1]] = thing
        return pixels

    return draw


def shots(time):
    """Another still picture with every hit."""
    return noise(100 + int(np.searchsorted(HITS, time, side="right")))


def bangs(seconds):
    """float32 (n,): a burst of noise with every hit."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    burst = np.random.default_rng(5).uniform(-0.6, 0.6, RATE // 20)
    for hit in HITS[seconds - 0.1 > HITS]:
        sound[round(hit * RATE) :][: burst.size] += burst
    return np.clip(sound, -1, 1)


def flat(level):
    return lambda time: np.full((SIZE[1], SIZE[0], 3), level, np.uint8)


def write_moving(path, seconds=1.0, still=False, doubled=False, **settings):
    """A clip of the hopping thing, unless told otherwise."""
    draw = settings.pop("draw", None) or hopping(*settings.get("size", SIZE))
    if still:
        drawn = draw

        def draw(time):
            return drawn(0.0)
    elif doubled:
        drawn = draw

        def draw(time):
            return drawn(int(time * 15 + 1e-6) / 15)

    given = {"size": SIZE, "sound": bangs(seconds), "draw": draw, **settings}
    return write_clip(path, seconds=seconds, **given)
