"""A rendered scene through the localizer, every answer held against the exact truth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.options import Options
from ...core.scenes import Scene
from ...core.values import Sighting, VideoFrame
from ..baselines.strongest_mover import StrongestMover
from .answers import Place, follow
from .live import SETTLED, SceneMoment
from .surface import Curves, SurfaceTally

SAMPLES = (0.45, 0.65, 0.85)  # of the scene's length: the frames of the report's picture
SAMPLE_WIDTH = 240  # px
TRUE_INK, OUR_INK = (80, 220, 80), (60, 60, 250)  # BGR


@dataclass(frozen=True, slots=True)
class SceneResult:
    """What came of one scene with one seed.

    Its moments; the paper's curves after SETTLED s, and over the scene's second half; p-values while nothing
    visible sounded; sample frames uint8 (h, w, 3) with the truth's outline (green) and ours (red).
    """

    name: str
    seed: int
    true_lag: float
    moments: tuple[SceneMoment, ...]
    settled: Curves
    later: Curves
    unmatched: tuple[float, ...]
    samples: tuple[NDArray[np.uint8], ...]

    @property
    def nobody(self) -> bool:
        """Whether nothing visible sounded all the time."""
        return not any(moment.sources for moment in self.moments)


@dataclass(frozen=True, slots=True)
class SceneJob:
    """A scene to be run with the options, under its name; `sampled` asks for sample frames."""

    name: str
    scene: Scene
    options: Options
    sampled: bool = False

    @property
    def cost(self) -> float:
        """Frames to be looked at."""
        return self.scene.seconds * self.scene.frame_rate

    def work(self, stopped: Callable[[], bool]) -> SceneResult:
        """Run it."""
        judge = SceneJudge(self.scene, self.sampled)
        options = replace(self.options, heatmap=True)
        for sighting in follow(self.scene.items(), options, stopped, judge.look):
            judge.take(sighting)
        return judge.result(self.name)


class SceneJudge:
    """Takes the answers to a scene in order."""

    def __init__(self, scene: Scene, sampled: bool) -> None:
        self._scene = scene
        self._rule = StrongestMover()
        self._moving: dict[int, Place] = {}
        self._moments: list[SceneMoment] = []
        self._settled, self._later = SurfaceTally(), SurfaceTally()
        self._unmatched: list[float] = []
        self._wanted = sample_indices(scene) if sampled else set()
        self._samples: list[NDArray[np.uint8]] = []

    def look(self, frame: VideoFrame) -> None:
        """A frame that will be answered: the motion rule needs each of them."""
        self._moving[frame.index] = self._rule.push(frame)

    def take(self, sighting: Sighting) -> None:
        """Judge one answer."""
        index = sighting.frame.index
        time = float(self._scene.times[index])
        sources = self._scene.sources(index)
        self._moments.append(self._judged(sighting, sources, time))
        truth = sources > 0
        if sighting.confidence is not None:
            if time >= SETTLED:
                self._settled.add(sighting.confidence, truth)
            if time >= self._scene.seconds / 2:
                self._later.add(sighting.confidence, truth)
        if not truth.any() and sighting.p_value is not None and time >= SETTLED:
            self._unmatched.append(sighting.p_value)
        if index in self._wanted:
            inks = {TRUE_INK: truth, OUR_INK: union(sighting)}
            self._samples.append(outlined(sighting.frame.pixels, inks))

    def _judged(self, sighting: Sighting, sources: NDArray[np.uint8], time: float) -> SceneMoment:
        marked = union(sighting)
        precision, overlap, struck = compare(marked, sources)
        height, width = sources.shape
        best = sighting.best.centre if sighting.best else None
        return SceneMoment(
            time,
            frozenset(np.unique(sources[sources > 0]).tolist()),
            sighting.sounders[0].object if sighting.sounders else None,
            precision,
            overlap,
            struck,
            best is not None and lies_on(sources, best),
            lies_on(sources, self._moving.pop(sighting.frame.index, (0.0, 0.0))),
            lies_on(sources, (width / 2, height / 2)),
            sighting.lag,
        )

    def result(self, name: str) -> SceneResult:
        """All that was judged."""
        return SceneResult(
            name,
            self._scene.seed,
            self._scene.sound_late,
            tuple(self._moments),
            self._settled.curves(),
            self._later.curves(),
            tuple(self._unmatched),
            tuple(self._samples),
        )


def union(sighting: Sighting) -> NDArray[np.bool_]:
    """bool (h, w): everything that is marked."""
    marked = np.zeros(sighting.frame.pixels.shape[:2], np.bool_)
    for mask in sighting.masks:
        marked |= mask
    return marked


def compare(marked: NDArray[np.bool_], sources: NDArray[np.uint8]) -> tuple[float, float, int]:
    """Precision, intersection over union, and the source that most of it lies on (0 for none) of a mask
    against numbered sources (h, w). With several sources the best fitting one, or all, give the IoU."""
    size = int(marked.sum())
    counts = np.bincount(sources[marked], minlength=1)[1:]
    if not size or not counts.any():
        return 0.0, 0.0, 0
    areas = np.bincount(sources.ravel(), minlength=counts.size + 1)[1:]
    alone = counts / (size + areas[: counts.size] - counts)
    common = int(counts.sum())
    together = common / (size + int(areas.sum()) - common)
    return common / size, float(max(alone.max(), together)), int(counts.argmax()) + 1


def lies_on(sources: NDArray[np.uint8], place: Place) -> bool:
    """Whether the pixel at (x, y) belongs to a source."""
    height, width = sources.shape
    x, y = int(np.clip(place[0], 0, width - 1)), int(np.clip(place[1], 0, height - 1))
    return bool(sources[y, x])


def sample_indices(scene: Scene) -> set[int]:
    """The frames of the report's picture."""
    return {int(share * scene.frame_count) for share in SAMPLES}


def outlined(
    pixels: NDArray[np.uint8], masks: Mapping[tuple[int, int, int], NDArray[np.bool_]]
) -> NDArray[np.uint8]:
    """A small picture of the frame with the masks' outlines in their inks (BGR)."""
    picture = pixels.copy()
    for ink, mask in masks.items():
        outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(picture, outlines, -1, ink, max(1, picture.shape[1] // 160))
    height = round(picture.shape[0] * SAMPLE_WIDTH / picture.shape[1])
    return np.asarray(cv2.resize(picture, (SAMPLE_WIDTH, height), interpolation=cv2.INTER_AREA), np.uint8)
