"""What goes with any scene: how the camera moves and cuts, what passes, when frames come, what is heard."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from soundspot.core.errors import OptionError
from soundspot.core.scenes import evaluation_scenes, make_scene
from soundspot.core.scenes.camera import camera
from soundspot.core.scenes.cases import SEEDS, SITUATIONS
from soundspot.core.scenes.rhythm import Dice
from soundspot.core.scenes.stage import View
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.tools.scene import write_scene

SMALL = {"seconds": 6.0, "width": 160, "height": 120}


def loudness(samples: np.ndarray) -> float:
    return float(np.sqrt((samples.astype(float) ** 2).mean()))


@pytest.mark.parametrize("kind", ["pan", "shake", "still"])
@pytest.mark.parametrize("cut", [0.0, 2.0])
def test_truth_is_seen_as_the_picture_is(kind: str, cut: float) -> None:
    """A white square on a black canvas, told to be the source, is where the picture is white."""
    eye = camera(kind, cut, View(160, 120), Dice("any", 1), 9.0)
    numbers = np.zeros((eye.canvas.height, eye.canvas.width), np.uint8)
    numbers[40:80, 60:100] = 1
    canvas = np.repeat(255 * numbers[..., None], 3, axis=2)
    for time in np.linspace(0.0, 9.0, 19).tolist():
        seen = eye.see(canvas, time)
        assert seen.shape == (120, 160, 3)
        assert np.array_equal(seen[..., 0] >= 128, eye.see_sources(numbers, time) == 1)


def test_a_pan_goes_up_to_twenty_pixels_a_frame() -> None:
    eye = camera("pan", 0.0, View(640, 480), Dice("any", 3), 60.0)
    look = eye.look
    assert look is not None
    steps = np.abs(np.diff([look(k / 30).x for k in range(1800)]))
    assert 15 < steps.max() <= 20 and np.mean(steps == 0) > 0.2
    assert np.abs([look(k / 30).x for k in range(1800)]).max() <= (eye.canvas.width - 640) / 2


@pytest.mark.parametrize(("kind", "cut"), [("shake", 3.0), ("shake", 0.0)])
def test_the_camera_never_sees_beyond_the_canvas(kind: str, cut: float) -> None:
    for seed in range(5):
        eye = camera(kind, cut, View(640, 480), Dice("any", seed), 30.0)
        everywhere = np.full((eye.canvas.height, eye.canvas.width), 255, np.uint8)
        everywhere[[0, -1]] = 0
        everywhere[:, [0, -1]] = 0
        for time in np.linspace(0.0, 30.0, 61).tolist():
            assert eye.see(everywhere, time).min() == 255


@pytest.mark.parametrize("kind", ["pan", "shake"])
def test_a_moving_camera_moves_the_background(kind: str) -> None:
    still, moving = make_scene("drift", 0, **SMALL), make_scene("drift", 0, **SMALL, camera=kind)
    changes = [
        np.abs(scene.frame(60).pixels.astype(int) - scene.frame(50).pixels).mean()
        for scene in (still, moving)
    ]
    largest = max(
        np.abs(moving.frame(k + 10).pixels.astype(int) - moving.frame(k).pixels).mean()
        for k in (0, 40, 80, 120)
    )
    assert largest > 2 * changes[0]
    assert np.array_equal(still.sound(), moving.sound())


def test_a_cut_changes_the_whole_picture_between_two_frames() -> None:
    scene = make_scene("talk", 0, **SMALL, cut=2.0)
    pixels = [scene.frame(k).pixels.astype(int) for k in (58, 59, 60, 61)]
    before, at, after = (np.abs(second - first).mean() for first, second in pairwise(pixels))
    assert at > 5 * max(before, after)
    sides = [np.argwhere(scene.truth(k)).mean(axis=0)[1] < 80 for k in (59, 60)]
    assert sides[0] != sides[1]
    assert scene.truth(60).mean() > 1.3 * scene.truth(59).mean()


def test_what_passes_hides_the_source_for_about_a_second() -> None:
    scene = make_scene("ball", 0, 25.0, 160, 120, hide=6.0)
    seen = np.array([scene.truth(k).any() for k in range(scene.frame_count)])
    changes = np.diff(np.concatenate([[1], seen, [1]]).astype(int))
    hidden = (np.flatnonzero(changes == 1) - np.flatnonzero(changes == -1)) / 30
    assert 3 <= hidden.size <= 5 and hidden.min() > 0.5 and hidden.max() < 1.6


def test_a_wandering_pace_keeps_order_and_times() -> None:
    scene = make_scene("ball", 0, 8.0, 64, 48, pace="wandering")
    gaps = np.diff(scene.times)
    assert scene.times[0] == 0 and scene.times[-1] < 8 and scene.frame_count == scene.times.size
    assert 0.3 / 30 < gaps.min() < 0.7 / 30 and 1.3 / 30 < gaps.max() < 1.7 / 30
    items = list(scene.items())
    assert all(before.time <= after.time for before, after in pairwise(items))
    frames = [item for item in items if isinstance(item, VideoFrame)]
    assert [frame.time for frame in frames] == scene.times.tolist()
    blocks = [item.samples for item in items if isinstance(item, SoundBlock)]
    assert np.array_equal(np.concatenate(blocks), scene.sound())


def test_a_wandering_pace_shows_what_is_there_at_the_time() -> None:
    wandering, fine = (
        make_scene("ball", 0, **SMALL, pace="wandering"),
        make_scene("ball", 0, **SMALL, frame_rate=240.0),
    )
    for k in (20, 90, 150):
        middles = [
            np.argwhere(mask).mean(axis=0)
            for mask in (wandering.truth(k), fine.truth(round(float(wandering.times[k]) * 240)))
        ]
        assert np.linalg.norm(middles[0] - middles[1]) < 1.0


def test_a_wandering_pace_is_written_with_its_times(tmp_path: Path) -> None:
    scene = make_scene("ball", 0, 2.0, 96, 64, pace="wandering")
    write_scene(scene, tmp_path / "ball.mp4")
    with av.open(str(tmp_path / "ball.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert np.allclose(times, scene.times, atol=1e-4)
    with np.load(tmp_path / "ball.npz") as truth:
        assert np.array_equal(truth["times"], scene.times)


@pytest.mark.parametrize("heard", ["nothing", "speech", "music"])
def test_nothing_in_the_picture_sounds_when_another_sound_is_heard(heard: str) -> None:
    own, other = make_scene("talk", 0, **SMALL), make_scene("talk", 0, **SMALL, heard=heard)
    assert np.array_equal(own.frame(33).pixels, other.frame(33).pixels)
    assert own.truth(33).any() and not any(other.truth(k).any() for k in range(other.frame_count))
    assert abs(np.corrcoef(own.sound(), other.sound())[0, 1]) < 0.1
    assert loudness(other.sound()) < 0.001 if heard == "nothing" else loudness(other.sound()) > 0.03


@pytest.mark.parametrize("background", ["music", "noise"])
def test_a_background_is_added_and_stays_where_it_is(background: str) -> None:
    plain, late = make_scene("talk", 0, **SMALL), make_scene("talk", 0, **SMALL, sound_late=0.2)
    added = [
        make_scene("talk", 0, **SMALL, sound_late=scene.sound_late, **{background: 0.25}).sound()
        - scene.sound()
        for scene in (plain, late)
    ]
    assert np.allclose(added[0], added[1], atol=1e-5)
    assert 0.2 * loudness(plain.sound()) < loudness(added[0]) < loudness(plain.sound())
    assert make_scene("talk", 0, **SMALL, **{background: 0.25}).truth(50).any()


@pytest.mark.parametrize("wrong", [{"camera": "zoom"}, {"pace": "odd"}, {"heard": "noise"}, {"music": 1.5}])
def test_an_unknown_variation_is_refused_in_one_line(wrong: dict) -> None:
    with pytest.raises(OptionError, match="want") as caught:
        make_scene("ball", **wrong)
    assert "\n" not in str(caught.value)


def test_the_cases_of_an_evaluation_are_all_that_is_asked_for() -> None:
    cases = {case.name: case for case in evaluation_scenes(4.0)}
    assert len(cases) == len(evaluation_scenes()) and len(SEEDS) == 5
    assert {case.name for case in cases.values() if case.kind == "situation"} == set(SITUATIONS)
    assert all(case.scene.seconds == 4.0 for case in cases.values())
    assert {cases[case.plain].kind for case in cases.values() if case.plain} == {"plain"}
    assert cases["ball.late"].scene.sound_late == 0.2 and cases["ball.early"].scene.sound_late == -0.15
    assert cases["ball.fps12"].seeded(3) == make_scene("ball", 3, 4.0, frame_rate=12.0)


def test_nobody_is_true_in_the_cases_of_nobody_and_somebody_in_the_others() -> None:
    for case in evaluation_scenes(2.0):
        scene = make_scene(**{**vars_of(case.scene), "width": 64, "height": 48})
        assert scene.truth(10).any() == (case.kind != "nobody"), case.name


def vars_of(scene: object) -> dict:
    """The settings of a scene, without what it has made."""
    return {name: getattr(scene, name) for name in scene.__dataclass_fields__}
