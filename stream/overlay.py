"""The answer drawn into its picture: what sounds, how sure, and if nobody, why.

Lines and letters grow with the picture, so they read alike at 320 px and at 1080p.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ..core.values import Box, Candidate, Sighting

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]  # blue, green, red

SOUNDER_COLOURS: tuple[Colour, ...] = (
    (60, 190, 255),  # amber
    (230, 200, 60),  # cyan
    (200, 120, 255),  # pink
    (120, 230, 130),  # green
)
QUIET: Colour = (225, 225, 225)
INK: Colour = (24, 22, 20)
TINT = 0.32  # share of the colour inside a mask
HEAT = 0.65  # share of the colour where the confidence is 1
FONT = cv2.FONT_HERSHEY_SIMPLEX
FONT_HEIGHT = 22  # px of a capital letter at scale 1
WORDS = {
    "silence": "no sound",
    "no_motion": "nothing moves",
    "no_match": "nothing moves with the sound clearly enough",
    "ambiguous": "several fit equally well",
    "lost_video": "picture lost",
    "lost_sound": "sound lost",
}


def draw(sighting: Sighting, masks: bool = True, heatmap: bool = True) -> Picture:
    """A new picture uint8 (h, w, 3) BGR of the sighting's frame with its answer drawn in.

    `masks=False` leaves out tint and contour, `heatmap=False` the confidence even where there is one.
    """
    pen = Pen.for_picture(sighting.frame.pixels)
    picture = sighting.frame.pixels.copy()
    if heatmap and sighting.confidence is not None:
        blend_heat(picture, sighting.confidence)
    if masks:
        for mask, colour in zip(sighting.masks, SOUNDER_COLOURS * 2, strict=False):
            pen.fill_mask(picture, mask, colour)
    for sounder, colour in zip(sighting.sounders, SOUNDER_COLOURS * 2, strict=False):
        pen.write_above(picture, sounder.box, p_text(sounder), colour)
    if sighting.best and not sighting.sounders:
        draw_best(picture, pen, sighting.best)
    pen.write(picture, state_line(sighting), (pen.margin, picture.shape[0] - pen.margin), QUIET)
    return picture


def state_line(sighting: Sighting) -> str:
    """What the answer says, in words."""
    if sighting.state == "warming_up":
        return "warming up"
    if sighting.state == "found":
        return "sounding"
    return f"nobody: {WORDS[sighting.reason]}" if sighting.reason else "nobody"


def p_text(candidate: Candidate) -> str:
    """The p-value in three digits at most."""
    return f"p {round(candidate.p_value, 3):g}"


def draw_best(picture: Picture, pen: "Pen", best: Candidate) -> None:
    """The best candidate, not sure enough to be named: a thin dashed box."""
    pen.dash_box(picture, best.box, QUIET)
    pen.write_above(picture, best.box, p_text(best), QUIET)


def blend_heat(picture: Picture, confidence: NDArray[np.float32]) -> None:
    """Lay the confidence (h, w) in 0 … 1 over the picture as colours, the surer the less transparent."""
    glow, veil = heat_colours()
    levels = cv2.convertScaleAbs(confidence, alpha=255)
    cv2.multiply(picture, cv2.applyColorMap(levels, veil), dst=picture, scale=1 / 255)
    cv2.add(picture, cv2.applyColorMap(levels, glow), dst=picture)


@cache
def heat_colours() -> tuple[Picture, Picture]:
    """Two colour maps (256, 1, 3) over the confidence: what is added to the picture, and what the picture
    is multiplied by before. In bytes this takes two thirds of the time of blending by a float for each pixel.
    """
    levels = np.arange(256, dtype=np.uint8)[:, None]
    share = (HEAT / 255) * levels[:, :, None]
    glow = cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO) * share
    veil = np.broadcast_to(255 * (1 - share), glow.shape)
    return glow.round().astype(np.uint8), veil.round().astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Pen:
    """Line widths and letter sizes that suit one size of picture; `line` and `margin` in px."""

    line: int
    margin: int
    letters: float  # OpenCV's font scale
    stroke: int

    @classmethod
    def for_picture(cls, picture: Picture) -> "Pen":
        """The pen for a picture (h, w, 3)."""
        size = float(np.sqrt(picture.shape[0] * picture.shape[1]))
        letters = float(np.clip(size / 1000, 0.36, 4))
        return cls(max(1, round(size / 320)), max(3, round(size / 90)), letters, max(1, round(1.6 * letters)))

    def fill_mask(self, picture: Picture, mask: NDArray[np.bool_], colour: Colour) -> None:
        """Tint the mask (h, w) and draw its contour over a dark one, so that it shows on any ground."""
        view = mask_view(mask, 4 * self.line)
        if view is None:
            return
        shape = smooth(mask[view], self.line)
        part = picture[view]
        tinted = cv2.addWeighted(part, 1 - TINT, np.full_like(part, colour), TINT, 0)
        cv2.copyTo(tinted, shape, part)
        contours, _ = cv2.findContours(shape, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(part, contours, -1, INK, self.line + 2, cv2.LINE_AA)
        cv2.drawContours(part, contours, -1, colour, self.line, cv2.LINE_AA)

    def dash_box(self, picture: Picture, box: Box, colour: Colour) -> None:
        """A dashed outline of the box, kept inside the picture."""
        height, width = picture.shape[:2]
        x0, y0 = max(box[0], 0), max(box[1], 0)
        x1, y1 = min(box[2], width) - 1, min(box[3], height) - 1
        corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
        thin = max(1, self.line // 2)
        for ink, thickness in ((INK, thin + 2), (colour, thin)):
            for start, end in pairwise(corners):
                for first, last in dashes(start, end, 3 * self.margin):
                    cv2.line(picture, first, last, ink, thickness, cv2.LINE_AA)

    def write_above(self, picture: Picture, box: Box, text: str, colour: Colour) -> None:
        """A label on the box's upper edge; inside the box where the picture ends above it."""
        bottom = box[1] if box[1] >= self.text_size(text)[1] else box[1] + self.text_size(text)[1]
        self.write(picture, text, (box[0], bottom), colour)

    def write(self, picture: Picture, text: str, corner: tuple[int, int], colour: Colour) -> None:
        """Text on a dark translucent ground whose lower left corner is (x, y), moved into the picture."""
        width, height = self.text_size(text)
        x = int(np.clip(corner[0], 0, max(picture.shape[1] - width, 0)))
        y = int(np.clip(corner[1], height, picture.shape[0]))
        ground = picture[y - height : y, x : x + width]
        cv2.addWeighted(ground, 0.3, np.full_like(ground, INK), 0.7, 0, dst=ground)
        pad = (height - round(FONT_HEIGHT * self.letters)) // 2
        cv2.putText(picture, text, (x + pad, y - pad), FONT, self.letters, colour, self.stroke, cv2.LINE_AA)

    def text_size(self, text: str) -> tuple[int, int]:
        """Width and height in px of a text with its ground."""
        height = round(2.1 * FONT_HEIGHT * self.letters)
        (width, _), _ = cv2.getTextSize(text, FONT, self.letters, self.stroke)
        return width + height - round(FONT_HEIGHT * self.letters), height


def mask_view(mask: NDArray[np.bool_], margin: int) -> tuple[slice, slice] | None:
    """The part of a mask (h, w) that holds all of it, with a margin in px; None for an empty mask."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    if not width:
        return None
    return slice(max(y - margin, 0), y + height + margin), slice(max(x - margin, 0), x + width + margin)


def smooth(mask: NDArray[np.bool_], line: int) -> NDArray[np.uint8]:
    """A mask as 0 and 255 with its steps rounded off: they come from the analysis' coarser pixels."""
    size = 4 * line + 1
    soft = cv2.blur(cv2.blur(mask.astype(np.uint8) * 255, (size, size)), (size, size))
    return cv2.threshold(soft, 127, 255, cv2.THRESH_BINARY)[1].astype(np.uint8, copy=False)


def dashes(
    start: tuple[int, int], end: tuple[int, int], period: int
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The dashes of a line from start to end, half of each `period` in px; both ends carry one."""
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    count = 2 * max(1, round(length / period)) + 1
    steps = np.linspace(start, end, count + 1).round().astype(int).tolist()
    places = [(x, y) for x, y in steps]
    return [(places[i], places[i + 1]) for i in range(0, count, 2)]
