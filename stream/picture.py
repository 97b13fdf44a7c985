"""A decoded frame -> the picture as it is displayed: upright, square pixels, BGR, one size."""

from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from numpy.typing import NDArray

HIGH_DEFINITION = 720  # lines; from here on colours without a tag are BT.709 by custom, below BT.601
UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED
OBLONG = 4  # a pixel more oblong than this is a wrong tag
Pixels = NDArray[np.uint8]
side_data_of: Any = SideDataContainer  # its stub lacks the constructor


class PictureReader:
    """Turns decoded frames into pictures; all get the size that the first one has."""

    def __init__(self, aspect: Fraction | None) -> None:
        self.size: tuple[int, int] | None = None  # width, height in px as displayed
        self._aspect = float(aspect or 1)
        self._reformatter = VideoReformatter()

    def read(self, frame: VideoFrame) -> Pixels:
        """uint8 (h, w, 3) BGR, a new array."""
        width, height = displayed_size(frame.width, frame.height, self._aspect)
        plain = self._reformatter.reformat(
            frame, width, height, format="bgr24", src_colorspace=colours(frame), threads=1
        )
        pixels = upright(np.asarray(plain.to_ndarray(), np.uint8), display_matrix(frame))
        size = (pixels.shape[1], pixels.shape[0])
        self.size = self.size or size
        if size != self.size:
            pixels = np.asarray(cv2.resize(pixels, self.size, interpolation=cv2.INTER_AREA), np.uint8)
        return pixels


def displayed_size(width: int, height: int, aspect: float) -> tuple[int, int]:
    """The size in px at which pixels `aspect` times as wide as high become square; never smaller."""
    if not 1 / OBLONG <= aspect <= OBLONG:
        return width, height
    return (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))


def colours(frame: VideoFrame) -> int | None:
    """The frame's matrix of colours; None for "as it says itself"."""
    untagged = frame.colorspace == UNSPECIFIED and frame.height >= HIGH_DEFINITION
    return Colorspace.ITU709 if untagged else None


def display_matrix(frame: VideoFrame) -> NDArray[np.int32] | None:
    """The upper left 2x2 of the frame's display matrix (ISO/IEC 14496-12 section 6.2.2), if it has one."""
    # frame.side_data would tie the frame to itself until Python's collector comes, which leaves what is old
    # alone: after 6 minutes of a stream 290 pictures were held, and the memory had grown by 70 MB
    raw = side_data_of(frame).get("DISPLAYMATRIX")
    return None if raw is None else np.frombuffer(bytes(raw), np.int32).reshape(3, 3)[:2, :2]


def upright(pixels: Pixels, matrix: NDArray[np.int32] | None) -> Pixels:
    """The picture turned by quarters and mirrored as the matrix [[a, b], [c, d]] tells.

    (x, y) is displayed at (a x + c y, b x + d y): two of the four are 0 for quarter turns.
    """
    if matrix is None:
        return pixels
    (a, b), (c, d) = matrix.tolist()
    if abs(b) > abs(a):
        pixels, a, d = pixels.transpose(1, 0, 2), c, b
    return np.ascontiguousarray(pixels[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1])
