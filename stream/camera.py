"""A camera as a feed."""

import re
import threading
import time
from collections.abc import Iterator, Sequence

from ..core.errors import OptionError, SourceError, SourceLost
from .container import refuse_picture
from .feed import Offer, Picture, Track
from .source import CAMERA, Faults, SourceOptions
from .v4l2 import Camera
from .webcam import USUAL, USUAL_RATE, Driver, Shot, Webcam, is_barred

FIRST = 5.0  # s that a camera may take until its first picture; some webcams take 2
SILENCE = 2.0  # s without a picture after which an open camera is taken for lost
PAUSE = 0.05  # s before a camera that gave nothing is asked again
AT_ONCE = 0.1  # s; a camera that says no so fast does not wait for a picture, it fails
FAILURES = 5  # of these in a row: it has gone
OLDEST = 1.0  # s; the kernel's time of a picture that is older than that is on another clock
LOOK = "look with `soundspot devices`"


class CameraFeed:
    """`uri` is `camera` (the first one), `camera:1` (a number) or `camera:/dev/video2` (a path).

    Pictures are dated by the kernel where it does so on the monotonic clock, by their arrival elsewhere.
    """

    provides: frozenset[Track] = frozenset({"picture"})

    def __init__(self, uri: str, options: SourceOptions | None = None, driver: Driver | None = None) -> None:
        options = options or SourceOptions()
        self.name = uri
        self.faults = Faults()
        self._size = read_size(options.camera_size) if options.camera_size else USUAL
        self._frame_rate = options.camera_rate or USUAL_RATE
        self._driver = driver or Webcam()
        self._camera: Camera | None = None
        self._first: Picture | None = None
        self._last = float("-inf")

    def open(self, stop: threading.Event) -> Offer:
        """Open it and wait for its first picture. Raises SourceError."""
        self.close()
        camera = choose_camera(self._driver.cameras(), self.name)
        rate = self._driver.open(camera, self._size, self._frame_rate)
        if rate is None:
            raise SourceError(
                f"source={self.name}: {camera.name} cannot be opened; see whether another program holds it"
            )
        self._camera = camera
        try:
            self._first = self._wait_for_picture(stop)
            height, width = self._first.pixels.shape[:2]
            refuse_picture(width, height, rate, self.name)
        except SourceError:
            self.close()
            raise
        return Offer(width, height, rate)

    def arrivals(self, stop: threading.Event) -> Iterator[Picture | None]:
        """The pictures as they come; raises SourceLost when the camera is gone or gives none any more."""
        first, self._first = self._first, None
        yield first
        heard, failures = time.monotonic(), 0
        while not stop.is_set():
            asked = time.monotonic()
            picture = self._next()
            now = time.monotonic()
            if picture is not None:
                heard, failures = now, 0
            else:
                failures += now - asked < AT_ONCE
                self._hold_to_life(now - heard, failures)
                stop.wait(PAUSE)
            yield picture

    def close(self) -> None:
        """Let go of the camera; may be called twice."""
        self._camera = self._first = None
        self._driver.close()

    def _wait_for_picture(self, stop: threading.Event) -> Picture:
        until = time.monotonic() + FIRST
        while not stop.is_set() and time.monotonic() < until:
            picture = self._next()
            if picture is not None:
                return picture
            stop.wait(PAUSE)
        raise SourceError(
            f"source={self.name}: gives no picture; see whether another program holds it, or plug it in again"
        )

    def _next(self) -> Picture | None:
        shot = self._driver.read()
        if shot is None:
            return None
        moment = self._moment(shot, time.monotonic())
        self._last = moment
        return Picture(shot.pixels, moment, moment)

    def _moment(self, shot: Shot, now: float) -> float:
        """When the picture was taken, s of the monotonic clock: never two at the same time."""
        if shot.taken is None or not max(now - OLDEST, self._last) < shot.taken <= now:
            return now
        return shot.taken

    def _hold_to_life(self, silence: float, failures: int) -> None:
        """Raises SourceLost when the camera is gone, or has given nothing for too long."""
        if self._camera is None:
            raise SourceLost(f"source={self.name}: was closed")
        if failures >= FAILURES or not self._driver.is_there(self._camera):
            raise SourceLost(f"source={self.name}: {self._camera.name} has gone; plug it in again")
        if silence > SILENCE:
            raise SourceLost(f"source={self.name}: no picture for {SILENCE:g} s; plug it in again")


def open_camera(uri: str, options: SourceOptions) -> CameraFeed:
    """The feed of the camera that `uri` means; nothing is opened yet. Raises OptionError."""
    return CameraFeed(uri, options)


def choose_camera(cameras: Sequence[Camera], uri: str) -> Camera:
    """The camera that `camera`, `camera:NUMBER` or `camera:PATH` means. Raises SourceError without it."""
    if not cameras:
        raise SourceError(f"source={uri}: {why_none()}, then {LOOK}")
    asked = uri.removeprefix(CAMERA).removeprefix(":")
    if not asked:
        return cameras[0]
    for camera in cameras:
        if asked in (str(camera.number), str(camera.place)):
            return camera
    among = ", ".join(f"{CAMERA}:{camera.number} ({camera.name})" for camera in cameras)
    raise SourceError(f"source={uri}: no such camera; want one of {among}")


def why_none() -> str:
    """Why there is no camera, and what to do."""
    if is_barred():
        return "there are cameras that you may not read; join the group video (`sudo adduser $USER video`)"
    return "there is no camera; plug one in"


def read_size(text: str) -> tuple[int, int]:
    """`1280x720` -> (1280, 720). Raises OptionError."""
    match = re.fullmatch(r"(\d{2,5})x(\d{2,5})", text)
    if match is None:
        raise OptionError(f"camera_size={text}: want WIDTHxHEIGHT in px, like 1280x720")
    return int(match[1]), int(match[2])
