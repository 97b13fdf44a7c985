"""Reading ahead: how much may wait."""

import numpy as np
import pytest
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.stream.ahead import AHEAD, weigh
from soundspot.stream.ring import Ring


@pytest.mark.parametrize(
    ("size", "pictures"),
    [
        ((480, 640), 1.0),
        ((1080, 1920), 1.0),
        ((2160, 3840), 4.0),
        ((4000, 4000), 7.716),
    ],
)
def test_large_pictures_take_more_room(size, pictures):
    pixels = np.broadcast_to(np.uint8(0), (*size, 3))
    assert weigh(VideoFrame(pixels, 0.0, 0)) == pytest.approx(pictures, rel=1e-3)


def test_a_picture_that_takes_all_the_room_is_let_in_alone():
    ring = Ring(AHEAD, weigh)
    largest = VideoFrame(np.broadcast_to(np.uint8(0), (9000, 9000, 3)), 0.0, 0)
    assert weigh(largest) > AHEAD and ring.put_patiently(largest, 0) and not ring.put_patiently(largest, 0)


def test_sound_takes_hardly_any():
    assert weigh(SoundBlock(np.zeros(480, np.float32), 0, 48_000, 0.0)) < 0.1
