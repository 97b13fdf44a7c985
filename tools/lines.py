"""A person's view of the event stream: one line whenever the decision changes."""

from ..core.values import Candidate, Sighting, SoundBlock
from ..stream.sink import Absence, End, Header, Notice


class LineSink:
    """Prints `12.43 s  found  object 3 at 412,233  p 0.010` when what is decided differs from before."""

    def __init__(self) -> None:
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
            print(sighting_to_line(sighting), flush=True)

    def absent(self, absence: Absence) -> None:
        """Print it once."""
        decision = ("nobody", absence.reason, ())
        if decision != self.decision:
            self.decision = decision
            print(f"{absence.time:.2f} s  nobody  {absence.reason}", flush=True)

    def notice(self, notice: Notice) -> None:
        """Print what happened."""
        print(f"{notice.time:.2f} s  {notice.kind}  {notice.text}", flush=True)

    def close(self, end: End) -> None:
        """There is nothing to close."""


def sighting_to_line(sighting: Sighting) -> str:
    """The answer in a few words: time, state, and who sounds or why nobody."""
    who = ", ".join(candidate_to_words(sounder) for sounder in sighting.sounders)
    words = [f"{sighting.frame.time:.2f} s", sighting.state, who or sighting.reason or ""]
    return "  ".join(word for word in words if word)


def candidate_to_words(candidate: Candidate) -> str:
    """`object 3 at 412,233  p 0.010`."""
    x, y = candidate.centre
    return f"object {candidate.object} at {x:.0f},{y:.0f}  p {candidate.p_value:.3f}"
