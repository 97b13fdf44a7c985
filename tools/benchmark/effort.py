"""How much is measured: everything that a section repeats, and over which values."""

from dataclasses import dataclass

Size = tuple[int, int]  # width, height in px


@dataclass(frozen=True, slots=True)
class Effort:
    """Sizes in px, lengths in s of the medium, counts of frames or slots.

    `settle` s go by before a cost counts: then the codes' window is full and the null is drawn. The rivals
    are given few frames, as they take long over each.
    """

    sizes: tuple[Size, ...] = ((320, 240), (640, 480), (1280, 720), (1920, 1080))
    file_seconds: float = 3.0  # rendered, and then played over and over
    settle: float = 5.0
    frames: int = 150
    paper_frames: int = 12
    thirteen_frames: int = 20  # of [13], which looks at a whole clip
    widths: tuple[int, ...] = (160, 240, 320, 480, 640)
    tracks: tuple[int, ...] = (100, 200, 400, 800, 1600)
    windows: tuple[float, ...] = (2.0, 4.0, 8.0, 16.0)
    permutations: tuple[int, ...] = (500, 1000, 2000, 4000)
    slots: int = 150
    batches: int = 10  # of the numpy WTA
    stream_seconds: float = 120.0
    stream_pieces: int = 4
    live_seconds: float = 60.0
    starts: tuple[str, ...] = ("cold", "warm")


USUAL = Effort()
LONG = Effort(stream_seconds=600.0, stream_pieces=10, live_seconds=600.0)
QUICK = Effort(
    sizes=((320, 240), (640, 480)),
    file_seconds=2.0,
    settle=2.5,
    frames=30,
    paper_frames=4,
    thirteen_frames=4,
    widths=(160, 320),
    tracks=(200, 400),
    windows=(2.0, 4.0),
    permutations=(1000, 2000),
    slots=60,
    batches=3,
    stream_seconds=9.0,
    stream_pieces=3,
    live_seconds=4.0,
    starts=("warm",),
)
