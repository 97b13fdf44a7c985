"""Whatever moves most, whatever is heard.

Decided here: motion is the speed of the optical flow less the camera's own motion, gathered over a
neighbourhood and a moment, and confidence is its share in the picture's largest. So 0.5 marks what moves at
least half as fast as the fastest thing in sight.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from ...core.flow import Camera, Flow, Way
from ...core.values import SoundBlock, VideoFrame
from .clip import take_clip

NAME = "strongest mover"
CITATION = "none: a rule of thumb"
SLOW = False

WIDTH = 320  # px
NEIGHBOURHOOD = 6.0  # px at width 320, sigma
MOMENT = 0.1  # s, sigma
STILL = 0.1  # px a frame at width 320: a picture that moves less stands still


def locate(frames: Sequence[VideoFrame], sound: SoundBlock) -> NDArray[np.float32]:
    """Confidence float32 (frames, h, w): speed beside the fastest in each picture."""
    clip = take_clip(frames, sound, WIDTH)
    speeds = clip.blank()
    camera = Camera(*speeds.shape[1:])
    for k, flow in enumerate(clip.flows()):
        if flow is not None:
            speeds[k] = cv2.GaussianBlur(speed(flow, camera), (0, 0), NEIGHBOURHOOD * clip.scale)
    speeds = gaussian_filter1d(speeds, MOMENT / clip.step, axis=0, output=speeds, mode="nearest")
    fastest = speeds.max(axis=(1, 2), keepdims=True)
    moving = fastest >= STILL * clip.scale
    return np.asarray(np.where(moving, speeds / np.maximum(fastest, 1e-9), 0.0), np.float32)


def speed(flow: Flow, camera: Camera) -> NDArray[np.float32]:
    """px a frame (h, w), less the camera's own motion."""
    forward, backward = (Way(way, camera.motion(way)).still for way in (flow.forward, flow.backward))
    moved = (forward - backward) / 2
    return np.hypot(moved[..., 0], moved[..., 1])
