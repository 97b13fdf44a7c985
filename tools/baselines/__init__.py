"""The methods that soundspot is compared with, one file each, cited there.

Every baseline is a module with NAME, CITATION, SLOW (more than about 50 ms a frame) and `locate`, which looks
at a whole clip at once. What a source leaves open is decided and said in the module's docstring.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from ...core.errors import OptionError
from ...core.values import SoundBlock, VideoFrame

IZADINIA = "Izadinia et al. 2013"  # [13], which the paper compares itself with
BASELINES: dict[str, str] = {
    "centre": "centre",
    "strongest mover": "strongest_mover",
    "paper, whole clip": "paper_batch",
    "Pearson": "pearson",
    "Spearman": "spearman",
    IZADINIA: "izadinia",
    "Kidron et al. 2005": "kidron",
    "Barzelay and Schechner 2007": "barzelay",
}


class Baseline(Protocol):
    """The face of every module named in BASELINES."""

    NAME: str
    CITATION: str
    SLOW: bool

    def locate(self, frames: Sequence[VideoFrame], sound: SoundBlock) -> NDArray[np.float32]:
        """Confidence float32 (frames, h, w) in 0 … 1 at a reduced size, higher = more likely to sound.

        Raises ShapeError for fewer than three frames, frames of several sizes or out of order, and no sound.
        """
        ...


def load_baseline(name: str) -> Baseline:
    """The module of that name, imported now: some need the optional extra `evaluate`.

    Raises OptionError for an unknown name, and when the extra is missing.
    """
    if name not in BASELINES:
        raise OptionError(f"baseline={name}: want one of {', '.join(BASELINES)}")
    try:
        return cast(Baseline, import_module(f".{BASELINES[name]}", __name__))
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] not in {"sklearn", "skimage"}:
            raise
        raise OptionError(
            f"baseline={name}: want {missing.name}; pip install scikit-image scikit-learn"
        ) from missing
