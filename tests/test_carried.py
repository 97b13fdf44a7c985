"""Labels that are carried along: what forgets the way so far, and what a moving thing uncovers."""

import numpy as np
import pytest
from soundspot.core.carried import CarriedLabels

HEIGHT, WIDTH = 24, 60
LUV = np.zeros((HEIGHT, WIDTH, 3), np.float32)
LEFT, RIGHT = 0, 1
EDGE = 30  # px, where the right region begins


def halves():
    """Two regions side by side in a picture of one colour."""
    carried = CarriedLabels(HEIGHT, WIDTH, 4, 8.0)
    carried.labels[:, :EDGE], carried.labels[:, EDGE:] = LEFT, RIGHT
    carried.measure(LUV)
    return carried


def go(carried, way):
    """Everything goes `way` px to the right."""
    flow = np.zeros((*carried.labels.shape, 2), np.float32)
    flow[..., 0] = way
    carried.carry(np.zeros((*carried.labels.shape, 3), np.float32), -flow, flow)


def edge(carried):
    """Where the right region begins in the middle row."""
    return int(np.argmax(carried.labels[HEIGHT // 2] == RIGHT))


def test_parts_of_a_pixel_add_up():
    carried = halves()
    for want in (EDGE, EDGE + 1, EDGE + 1, EDGE + 2):
        go(carried, 0.4)
        assert edge(carried) == want


@pytest.mark.parametrize("size", [(HEIGHT, WIDTH), (2 * HEIGHT, 2 * WIDTH)])
def test_after_a_change_of_size_parts_of_a_pixel_count_anew(size):
    carried = halves()
    go(carried, 0.4)
    carried.resize(*size, 8.0)
    assert carried.labels.shape == size
    for want in (0, 1):
        go(carried, 0.4)
        assert edge(carried) == EDGE * size[1] // WIDTH + want


def test_after_a_cut_parts_of_a_pixel_count_anew_and_nobody_owns_anything():
    carried = halves()
    go(carried, 0.4)
    before = carried.labels
    carried.clear()
    assert (carried.labels == -1).all() and (before >= 0).any(), "the last picture's labels were handed out"
    carried.labels[:] = before
    go(carried, 0.4)
    assert edge(carried) == edge_of(before)


def edge_of(labels):
    return int(np.argmax(labels[HEIGHT // 2] == RIGHT))


def test_what_a_moving_region_uncovers_goes_to_the_region_that_moves_as_it_does():
    """Alike in colour, and to a part of the strip the moving one's middle is nearer; but the strip stands
    still."""
    carried = halves()
    forward, backward = np.zeros((2, HEIGHT, WIDTH, 2), np.float32)
    forward[:, EDGE:, 0], backward[:, EDGE + 4 :, 0] = 4, -4
    carried.carry(LUV, backward, forward)
    carried.refine(LUV, 2, 8)
    assert (carried.labels[:, : EDGE + 4] == LEFT).all() and (carried.labels[:, EDGE + 4 :] == RIGHT).all()
