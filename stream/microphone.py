"""A microphone as a feed: blocks from PortAudio's callback, counted by sample."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import numpy as np

from ..core.errors import OptionError, SourceError, SourceLost
from .feed import Offer, Piece, Track
from .heard import Heard, Listener, Samples
from .portaudio import DEFAULT, Input, choose_input, hushed, list_inputs, load_portaudio, renew
from .ring import Ring
from .source import Faults, SourceOptions

BLOCKS = 100  # a second; a block size left to PortAudio makes its times useless (measured)
RATE = 48_000  # Hz, tried before the device's own: sound servers and webcams run at it
STEREO = 2
BUFFER = 0.06  # s; "low" is 0.01, and loses sound whenever the machine hesitates (measured on bare ALSA)
KEPT = 5.0  # s of sound that may wait to be read
WAIT = 0.2  # s of one wait for sound, between two looks at the stop event
ANOTHER_WAY = {-9998, -9997}  # PortAudio's refusals of a number of channels, and of a sample rate


class MicrophoneFeed:
    """A microphone by PortAudio; `asked` is `default`, an index or (a part of) a name of `soundspot devices`.

    Without `options.channel` one channel is recorded, or the mean of all where the device has only several.
    """

    provides: frozenset[Track] = frozenset({"sound"})

    def __init__(
        self, asked: str = DEFAULT, options: SourceOptions | None = None, portaudio: Any = None
    ) -> None:
        self.name = f"microphone {asked}"
        self.faults = Faults()
        self._asked = asked
        self._channel = (options or SourceOptions()).channel
        self._portaudio = portaudio
        self._tried = False
        self._rate = 0  # Hz of what is given: that of the first opening ever after
        self._recorded_rate = 0
        self._stream: Any = None
        self._ring: Ring[Heard] = Ring(0)

    def open(self, stop: threading.Event) -> Offer:
        """Open it; the second time after a look for devices that came since. Raises SourceError, or
        OptionError for a channel that the device has not got."""
        self.close()
        if stop.is_set():
            raise SourceError(f"sound={self._asked}: not opened, as the end was asked for")
        if self._portaudio is None:
            self._portaudio = load_portaudio(self._asked)
        if self._tried:
            renew(self._portaudio)
        self._tried = True
        device = choose_input(list_inputs(self._portaudio), self._asked)
        with hushed():
            self._stream = self._start(device)
        self._rate = self._rate or self._recorded_rate
        self._listener = Listener(self._recorded_rate, self._rate, self._channel, self.faults)
        return Offer(sound_rate=self._rate)

    def arrivals(self, stop: threading.Event) -> Iterator[Piece | None]:
        """The sound as it comes; raises SourceLost when the device is gone."""
        while not stop.is_set():
            waiting = self._ring.take(WAIT)
            if not waiting and self._ring.ended:
                raise SourceLost(f"sound={self._asked}: the microphone has gone; plug it in again")
            for heard in waiting:
                yield self._listener.piece(heard)
            if not waiting:
                yield None

    def close(self) -> None:
        """Let go of the device; may be called twice."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with hushed():
                # what has gone may refuse either
                for end in (stream.abort, stream.close):
                    with suppress(self._portaudio.PortAudioError):
                        end()
        self._ring.close()

    def _start(self, device: Input) -> Any:
        """A stream that runs: at the wanted rate or else the device's, of few channels or else of all."""
        channels = 1 if self._channel is None else self._channel + 1
        if channels > device.channels:
            raise OptionError(
                f"channel={self._channel}: {device.name} has {device.channels}; "
                f"want 0 to {device.channels - 1}"
            )
        counts = sorted({channels, min(max(channels, STEREO), device.channels), device.channels})
        for rate, count in product((self._rate or RATE, device.rate), counts):
            try:
                return self._record(device, rate, count)
            except self._portaudio.PortAudioError as error:
                refusal = error
                if error.args[1:2] and error.args[1] not in ANOTHER_WAY:
                    break
        raise self._refused(device, refusal) from refusal

    def _refused(self, device: Input, error: Exception) -> SourceError:
        why = str(error.args[0]).removeprefix("Error opening InputStream: ")
        return SourceError(
            f"sound={self._asked}: {device.name} cannot be opened ({why}); see whether another program "
            "holds it, or take another one of `soundspot devices`"
        )

    def _record(self, device: Input, rate: int, channels: int) -> Any:
        ring: Ring[Heard] = Ring(KEPT, lambda heard: len(heard.samples) / rate)
        count = 0

        def hear(samples: Samples, length: int, times: Any, status: Any) -> None:
            # PortAudio's own thread: whatever takes long here loses sound
            nonlocal count
            lost = bool(status and status.input_overflow)
            ring.put(
                Heard(
                    samples.copy(), count, lost, time.monotonic(), times.inputBufferAdcTime, times.currentTime
                )
            )
            count += length

        stream = self._portaudio.InputStream(
            samplerate=rate,
            channels=channels,
            blocksize=rate // BLOCKS,
            dtype=np.float32,
            latency=BUFFER,
            device=device.index,
            callback=hear,
            finished_callback=ring.close,
        )
        try:
            stream.start()
        except self._portaudio.PortAudioError:
            stream.close()
            raise
        self._ring, self._recorded_rate = ring, rate
        return stream


def open_microphone(name: str, options: SourceOptions) -> MicrophoneFeed:
    """The feed of the microphone that `--sound NAME` means; nothing is opened yet."""
    return MicrophoneFeed(name or DEFAULT, options)
