"""The way from one picture to another: where everything goes, and what the pictures themselves say of it.

Nothing here knows of regions, so it can be worked out while the tracker is still busy. Preset `paper` asks
for `flow` and `still` alone, and pays 1 to 1.5 ms a way for the rest.
"""

from dataclasses import dataclass

from .camera import Similarity
from .flow import Field, Grey
from .normal_flow import brightness_change
from .proof import explain


@dataclass(frozen=True, slots=True)
class Way:
    """From one picture to another, float32: the `flow` (h, w, 2) in analysis px as it was seen, and `still`
    as a camera that stood still would have seen it; `gains` (2, (h + 1) // 2, w), what it explains of how
    the pictures differ (see `proof.explain`); `change` (h, w), how much they do, light and camera aside."""

    flow: Field
    still: Field
    gains: Field
    change: Field


def way_between(picture: Grey, other: Grey, flow: Field, camera: Similarity | None) -> Way:
    """The way from a `picture` (h, w) to the `other` along the `flow` (h, w, 2) px, on which the `camera` has
    moved so, or not at all."""
    still = flow if camera is None else camera.taken_off(flow)
    gains = explain(picture, other, flow, still)
    return Way(flow, still, gains, brightness_change(picture, other, camera))
