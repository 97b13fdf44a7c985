"""Reading ahead: how much may wait."""

import numpy as np
import pytest
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.stream.ahead import AHEAD, weigh


@pytest.mark.parametrize(
    ("size", "pictures"),
    [
        ((480, 640), 1.0),
        ((1080, 1920), 1.0),
        ((2160, 3840), 4.0),
        ((4000, 4000), 7.716),
        ((9000, 9000), AHEAD),
    ],
)
def test_large_pictures_take_more_room_and_one_always_fits(size, pictures):
    pixels = np.broadcast_to(np.uint8(0), (*size, 3))
    assert weigh(VideoFrame(pixels, 0.0, 0)) == pytest.approx(pictures, rel=1e-3)


def test_sound_takes_hardly_any():
    assert weigh(SoundBlock(np.zeros(480, np.float32), 0, 48_000, 0.0)) < 0.1
