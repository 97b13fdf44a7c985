"""A person's view of the event stream: one line whenever the decision changes."""

import sys

from ..core.values import Candidate, Sighting, SoundBlock
from ..stream.sink import Absence, End, Header, Notice

WIPE = "\r\x1b[K"  # back to the line's begin, and clear it: ECMA-48


class LineSink:
    """Prints `12.43 s  found  object 3 at 412,233  p 0.010` when what is decided differs from before;
    `redrawn`: there is a status line or a bar, which is wiped away first and comes again by itself."""

    def __init__(self, redrawn: bool = False) -> None:
        self.wipe = WIPE if redrawn and sys.stdout.isatty() else ""
        self.decision: object = None

    def start(self, header: Header) -> None:
        """There is nothing to open."""

    def take_sound(self, block: SoundBlock) -> None:
        """Sound is not printed."""

    def take(self, sighting: Sighting) -> None:
        """Print the answer if its state, its reason or the objects that sound have changed."""
        objects = tuple(sorted(sounder.object for sounder in sighting.sounders))
        decision = (sighting.state, sighting.reason, objects)
        if decision != self.decision:
            self.decision = decision
            self.print(sighting_to_line(sighting))

    def absent(self, absence: Absence) -> None:
        """Print it once."""
        decision = ("nobody", absence.reason, ())
        if decision != self.decision:
            self.decision = decision
            self.print(f"{absence.time:.2f} s  nobody  {absence.reason}")

    def notice(self, notice: Notice) -> None:
        """Print what happened."""
        self.print(f"{notice.time:.2f} s  {notice.kind}  {notice.text}")

    def close(self, end: End) -> None:
        """There is nothing to close."""

    def print(self, line: str) -> None:
        """One line on the standard output."""
        print(self.wipe + line, flush=True)


def sighting_to_line(sighting: Sighting) -> str:
    """The answer in a few words: time, state, and who sounds or why nobody."""
    who = ", ".join(candidate_to_words(sounder) for sounder in sighting.sounders)
    words = [f"{sighting.frame.time:.2f} s", sighting.state, who or sighting.reason or ""]
    return "  ".join(word for word in words if word)


def candidate_to_words(candidate: Candidate) -> str:
    """`object 3 at 412,233  p 0.010`."""
    x, y = candidate.centre
    return f"object {candidate.object} at {x:.0f},{y:.0f}  p {candidate.p_value:.3f}"
