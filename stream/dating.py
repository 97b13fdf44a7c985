"""Dating: stamps of a device's own clock -> frames and blocks of sound in the session's time."""

from collections.abc import Iterator

from ..core.values import SoundBlock, VideoFrame
from .device_clock import STEP, ClockFit
from .feed import Arrival, Picture, Piece
from .source import Faults
from .waveform import Waveform

SETTLING = 0.3  # s of arrivals held back at first: what waited in buffers while opening arrives all at once
EARLY, LATE = 5.0, 6.0  # s by which sound may arrive before or after its time; else it is on another clock
JUMP = 1.0  # s; a smaller step of the offset is a loss, which the sound's own count tells of
FOLLOW = 0.002  # s a second: drift that is taken up without a gap, twice that of the worst crystal

Item = VideoFrame | SoundBlock


class Dating:
    """Dates what one feed gives, in s since `begun` s of the monotonic clock.

    All tracks of a feed are on one clock: the picture's, where it has one, tells how it runs. `av_offset` s
    is taken off the sound's times. Stamps that are `counted` from samples lag behind for good when a device
    loses sound; others are the medium's own, and what comes late was held up on its way. Frames and blocks
    come out in order of time, each kind for itself.
    """

    def __init__(
        self, faults: Faults, sound_rate: int, begun: float, av_offset: float = 0.0, counted: bool = True
    ) -> None:
        self._faults = faults
        self._begun = begun
        self._offset = av_offset
        self._least_step = STEP if counted else JUMP
        self._waveform = Waveform(sound_rate, None, faults, FOLLOW) if sound_rate else None
        self._index = -1
        self._newest = -float("inf")
        self.restart(begun, has_picture=True)

    def restart(self, now: float, has_picture: bool) -> None:
        """Reading begins at `now` s of the monotonic clock; the device's clock may have begun anew."""
        self._reading_since = now
        self.fit = ClockFit(self._least_step)
        self._guide = Picture if has_picture else Piece
        self._held: list[Arrival] | None = []

    def items(self, arrival: Arrival) -> Iterator[Item]:
        """What can be dated now that this came."""
        self._add(arrival)
        if self._held is None:
            yield from self._item(arrival)
            return
        self._held.append(arrival)
        if arrival.arrived - self._reading_since >= SETTLING and self._knows():
            held, self._held = self._held, None
            newest = max((k for k, earlier in enumerate(held) if isinstance(earlier, Picture)), default=-1)
            for k, earlier in enumerate(held):
                # older pictures than the newest one would only be skipped
                if isinstance(earlier, Piece) or k == newest:
                    yield from self._item(earlier)

    def _knows(self) -> bool:
        return self.fit.uncertainty != float("inf")

    def _add(self, arrival: Arrival) -> None:
        """Let the clock's fit have a stamp: of a picture, or of the end of a piece of sound."""
        if not isinstance(arrival, self._guide):
            return
        stamp, time = arrival.stamp, arrival.arrived - self._begun
        if isinstance(arrival, Piece) and self._waveform is not None:
            stamp += arrival.samples.size / self._waveform.rate
        self.fit.add(stamp, time)
        step = self.fit.take_step()
        if abs(step) > JUMP and self._held is None:
            self._faults.add("time_jump", time, f"time stamps jump by {-step:+.2f} s at {time:.2f} s; joined")

    def _item(self, arrival: Arrival) -> Iterator[Item]:
        if isinstance(arrival, Picture):
            yield from self._frame(arrival, self.fit.time_at(arrival.stamp))
        elif self._waveform is not None:
            yield from self._blocks(arrival, self._waveform)

    def _frame(self, picture: Picture, time: float) -> Iterator[VideoFrame]:
        self._index += 1
        if time <= self._newest:
            self._faults.add(
                "repeated_frame", time, f"frames dated not after {self._newest:.2f} s are left out"
            )
            return
        self._newest = time
        yield VideoFrame(picture.pixels, time, self._index)

    def _blocks(self, piece: Piece, waveform: Waveform) -> Iterator[SoundBlock]:
        length = piece.samples.size / waveform.rate
        # by the line alone: the fit must not be told of a stamp that is on another clock
        late = piece.arrived - self._begun - self.fit.line_at(piece.stamp) - length
        if -EARLY < late < LATE:
            yield from waveform.lay(piece.samples, self.fit.time_at(piece.stamp) - self._offset, piece.lost)
        else:
            time = piece.arrived - self._begun
            self._faults.add("bad_time", time, f"sound dated {-late:+.2f} s off its arrival is left out")
