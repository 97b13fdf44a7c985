"""The driver of a camera: OpenCV. What `CameraFeed` asks of it is a protocol: tests bring their own."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from .v4l2 import Camera, list_cameras

USUAL = (640, 480)  # px: what the analysis needs, at the full rate of any webcam
USUAL_RATE = 30.0  # 1/s
WAIT = "1"  # s that OpenCV waits for a picture; 10 unless told before the first one
PROBED = 4  # numbers that are tried on systems that cannot list their cameras
MILLISECONDS = 1000
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: `pixels` uint8 (h, w, 3) BGR, a new array; `taken` s of the monotonic clock as the kernel
    says, or None where it does not say."""

    pixels: Pixels
    taken: float | None


class Driver(Protocol):
    """Cameras, of which one is open at a time."""

    def cameras(self) -> Sequence[Camera]:
        """Those that are there."""

    def open(self, camera: Camera, size: tuple[int, int], rate: float) -> float | None:
        """Open it and ask for a size in px and a rate in 1/s; the rate it will give, None when it refuses."""

    def is_there(self, camera: Camera) -> bool:
        """Whether an open camera is still plugged in, as far as the system knows."""

    def read(self) -> Shot | None:
        """The next picture; None when none comes within a second."""

    def close(self) -> None:
        """Let go of the camera."""


class Webcam:
    """OpenCV's V4L2 on Linux, whatever OpenCV has elsewhere."""

    def __init__(self) -> None:
        self._capture: cv2.VideoCapture | None = None

    def cameras(self) -> list[Camera]:
        """Those that the system lists, or else those of the first numbers that can be opened."""
        if sys.platform == "linux":
            return list_cameras()
        return [
            Camera(number, number, f"camera {number}") for number in range(PROBED) if self.answers(number)
        ]

    def answers(self, number: int) -> bool:
        """Whether there is a camera of that number."""
        capture = cv2.VideoCapture(number)
        capture.release()
        return bool(capture.isOpened())

    def open(self, camera: Camera, size: tuple[int, int], rate: float) -> float | None:
        """Open it; sizes above the usual one are asked for as JPEG: USB carries no others at full rate."""
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", WAIT)
        cv2.utils.logging.setLogLevel(
            cv2.utils.logging.LOG_LEVEL_SILENT
        )  # its warnings would be lines among ours
        way = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
        self._capture = capture = cv2.VideoCapture(camera.place, way)
        if not capture.isOpened():
            self.close()
            return None
        if size[0] * size[1] > USUAL[0] * USUAL[1]:
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        capture.set(cv2.CAP_PROP_FPS, rate)
        told = capture.get(cv2.CAP_PROP_FPS)
        return told if told > 0 else rate

    def is_there(self, camera: Camera) -> bool:
        """Whether its node is there; a number tells nothing."""
        return not isinstance(camera.place, str) or Path(camera.place).exists()

    def read(self) -> Shot | None:
        """The next picture."""
        if self._capture is None:
            return None
        done, pixels = self._capture.read()
        if not done:
            return None
        if pixels.ndim == 2:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
        # V4L2 gives the kernel's monotonic time of the picture here (tried with vivid and v4l2loopback)
        taken = self._capture.get(cv2.CAP_PROP_POS_MSEC) / MILLISECONDS
        return Shot(pixels.astype(np.uint8, copy=False), taken if taken > 0 else None)

    def close(self) -> None:
        """Let go of the camera."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()


def is_barred(folder: Path = Path("/dev")) -> bool:
    """Whether there are cameras that this user may not read."""
    return any(not os.access(path, os.R_OK | os.W_OK) for path in folder.glob("video[0-9]*"))
