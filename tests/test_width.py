"""The analysis width may change while it runs: what is followed goes on, under the same name."""

import numpy as np
import pytest
from soundspot.core.errors import OptionError
from soundspot.core.localizer import Localizer
from soundspot.core.options import Options
from soundspot.core.scenes import make_scene
from soundspot.core.values import VideoFrame


def watch(scene, widths, **options):
    """Answers to a scene, looked at in other widths {frame: px} on the way."""
    localizer, sightings = Localizer(Options(**options)), []
    for item in scene.items():
        if isinstance(item, VideoFrame) and item.index in widths:
            localizer.resize(widths[item.index])
        sightings += localizer.push(item)
    sightings += localizer.finish()
    assert [s.frame.index for s in sightings] == list(range(scene.frame_count))
    for s in sightings:
        assert all(mask.shape == s.frame.pixels.shape[:2] for mask in s.masks)
    return sightings


def test_after_a_change_of_width_the_same_object_is_still_named_where_it_is():
    scene = make_scene("ball", 0, 8.0, 320, 240)
    sightings = watch(scene, {150: 240, 180: 160, 210: 320})
    before, after = (sightings[begin:end] for begin, end in ((120, 150), (150, 240)))
    assert {s.state for s in before + after} == {"found"}
    assert {s.best.object for s in after} == {s.best.object for s in before}
    assert np.mean([s.masks[0][scene.truth(s.frame.index)].mean() for s in after]) > 0.6


@pytest.mark.parametrize("preset", ["live", "paper"])
def test_the_heat_map_keeps_the_sources_size(preset):
    scene = make_scene("ball", 0, 1.0, 320, 240)
    for s in watch(scene, {10: 160, 20: 240}, heatmap=True, preset=preset):
        assert s.confidence.shape == (240, 320)


def test_a_change_before_the_first_frame_is_the_same_as_an_option():
    scene = make_scene("ball", 0, 1.0, 320, 240)
    told = [
        [s.best for s in sightings] for sightings in (watch(scene, {0: 160}), watch(scene, {}, width=160))
    ]
    assert told[0] == told[1]


def test_a_width_that_the_options_do_not_allow_is_refused():
    with pytest.raises(OptionError, match="width=50 px: want 96 to 1280"):
        Localizer().resize(50)
