"""The baselines of tools/baselines on rendered scenes. They are slow, so results are kept on disk."""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core import flow
from ...core.scenes import Scene
from ...core.values import SoundBlock, VideoFrame
from .. import baselines
from ..baselines import load_baseline
from .answers import Interrupted
from .scene_jobs import TRUE_INK, outlined, sample_indices
from .surface import Curves, SurfaceTally, as_list

THEIR_INK = (250, 140, 60)  # BGR
SURE = 0.5  # confidence from which a sample frame shows a pixel as chosen
Picture = NDArray[np.uint8]
Kept = tuple[Curves, tuple[Picture, ...]]


@dataclass(frozen=True, slots=True)
class RivalResult:
    """The paper's curves of a baseline over a whole scene, and sample frames with the truth's outline (green)
    and its own (blue)."""

    baseline: str
    name: str
    seed: int
    curves: Curves
    samples: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class RivalJob:
    """A baseline on a scene; `cache` is the folder where results are kept."""

    baseline: str
    name: str
    scene: Scene
    cache: Path

    @property
    def cost(self) -> float:
        """Frames to be looked at."""
        return self.scene.seconds * self.scene.frame_rate

    def work(self, stopped: Callable[[], bool]) -> RivalResult:
        """Read it from the cache, or run it and keep it."""
        place = self.cache / f"{self._key(self.scene)}.npz"
        kept = read_kept(place)
        if kept is None:
            kept = self._run(self.scene, stopped)
            keep(place, *kept)
        return RivalResult(self.baseline, self.name, self.scene.seed, *kept)

    def _key(self, scene: Scene) -> str:
        """Another one when the scene, or the code that it is looked at with, is another."""
        core = Path(flow.__file__)
        # of core the slow one takes the flow alone: it need not run again for every other change
        used = [core] if load_baseline(self.baseline).SLOW else core.parent.rglob("*.py")
        files = sorted([*Path(baselines.__file__).parent.glob("*.py"), *used])
        code = [path.read_bytes() for path in files]
        seen = [scene.frame(k).pixels.tobytes() for k in (0, scene.frame_count // 2)]
        what = repr((self.baseline, self.scene)).encode()
        return hashlib.sha256(b"".join([what, *code, *seen, scene.sound().tobytes()])).hexdigest()[:24]

    def _run(self, scene: Scene, stopped: Callable[[], bool]) -> Kept:
        frames = [checked(frame, stopped) for frame in scene.items() if isinstance(frame, VideoFrame)]
        sound = SoundBlock(scene.sound(), 0, scene.sound_rate, 0.0)
        surfaces = load_baseline(self.baseline).locate(frames, sound)
        tally, samples = SurfaceTally(), []
        wanted = sample_indices(scene)
        for frame, surface in zip(frames, surfaces, strict=True):
            truth = scene.truth(frame.index)
            height, width = truth.shape
            confidence = np.asarray(cv2.resize(surface, (width, height)), np.float32)
            tally.add(np.clip(confidence, 0.0, 1.0), truth)
            if frame.index in wanted:
                inks = {TRUE_INK: truth, THEIR_INK: confidence >= SURE}
                samples.append(outlined(frame.pixels, inks))
        return tally.curves(), tuple(samples)


def checked(frame: VideoFrame, stopped: Callable[[], bool]) -> VideoFrame:
    """The frame. Raises Interrupted once `stopped`; while a baseline looks at a clip nothing is asked."""
    if stopped():
        raise Interrupted
    return frame


def keep(place: Path, curves: Curves, samples: tuple[Picture, ...]) -> None:
    """Write a result, whole or not at all; a folder that cannot be written only costs time later."""
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.savez_compressed(file, curves=np.array(as_list(curves)), samples=np.array(samples))
        part.replace(place)


def read_kept(place: Path) -> Kept | None:
    """What was kept there, None when there is nothing or it is damaged."""
    try:
        with np.load(place) as arrays:
            return Curves(*arrays["curves"]), tuple(arrays["samples"])
    except (OSError, ValueError, KeyError, BadZipFile):
        return None


def cache_folder(told: str | None) -> Path:
    """The folder that was told, or the user's own for caches (XDG base directory specification)."""
    if told is not None:
        return Path(told)
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "soundspot" / "evaluate"
