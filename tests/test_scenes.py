"""Scenes: the same every time, in sync, and with a truth that says exactly where the sound comes from."""

from argparse import ArgumentParser
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from soundspot.core.errors import OptionError, SinkError
from soundspot.core.scenes import Scene, make_scene, scene_names
from soundspot.core.scenes.paint import Board, box
from soundspot.core.scenes.stage import Stage, View
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.tools import scene as command

ALL = tuple(scene_names())
COMES_AND_GOES = ("offscreen", "cymbals", "guitar_street")  # what sounds is not always in the picture


def onsets(samples: np.ndarray, rate: int) -> np.ndarray:
    """Times, s, at which the sound rises out of 0.2 s of quiet."""
    loud = np.flatnonzero(np.abs(samples) > 0.12)
    return loud[np.insert(np.diff(loud) > 0.2 * rate, 0, True)] / rate


def lowest_row(mask: np.ndarray) -> int:
    """The lowest row of the picture that a mask reaches."""
    return int(np.flatnonzero(mask.any(axis=1))[-1])


def middle(mask: np.ndarray) -> np.ndarray:
    """Mean (x, y) of a mask."""
    return np.argwhere(mask).mean(axis=0)[::-1]


@pytest.mark.parametrize("name", ALL)
def test_same_name_and_seed_give_the_same_scene(name: str) -> None:
    first, again = (make_scene(name, 3, 2.0, 320, 240) for _ in range(2))
    again.frame(20)  # frames may be asked for in any order
    assert np.array_equal(first.frame(7).pixels, again.frame(7).pixels)
    assert np.array_equal(first.truth(7), again.truth(7))
    assert np.array_equal(first.sound(), again.sound())


@pytest.mark.parametrize("name", ALL)
def test_another_seed_gives_another_scene(name: str) -> None:
    first, other = (make_scene(name, seed, 2.0, 320, 240) for seed in (3, 4))
    difference = first.frame(7).pixels.astype(int) - other.frame(7).pixels
    assert np.abs(difference).mean() > 5
    assert not np.array_equal(first.sound(), other.sound())


@pytest.mark.parametrize("name", ALL)
def test_a_longer_scene_begins_alike(name: str) -> None:
    short, long = make_scene(name, 1, 1.5, 160, 120), make_scene(name, 1, 9.0, 160, 120)
    assert np.array_equal(short.frame(40).pixels, long.frame(40).pixels)


def test_items_hold_every_frame_and_sample_in_order_of_time() -> None:
    scene = make_scene("ball", 0, 1.0, 160, 120, frame_rate=25.0, sound_rate=16000)
    items = list(scene.items())
    frames = [item for item in items if isinstance(item, VideoFrame)]
    blocks = [item for item in items if isinstance(item, SoundBlock)]
    assert all(before.time <= after.time for before, after in pairwise(items))
    assert [frame.index for frame in frames] == list(range(25)) and frames[5].time == 0.2
    assert np.array_equal(np.concatenate([block.samples for block in blocks]), scene.sound())
    assert all(block.first == 1024 * place for place, block in enumerate(blocks))
    assert np.array_equal(frames[9].pixels, scene.frame(9).pixels)


def test_noise_differs_from_frame_to_frame_even_where_nothing_moves() -> None:
    scene = make_scene("drift", 0, 1.0, 160, 120)
    floor = [scene.frame(k).pixels[-10:].astype(float) for k in (0, 1)]
    assert 1.0 < np.std(floor[1] - floor[0]) < 3.5


@pytest.mark.parametrize("late", [0.15, -0.15])
def test_sound_late_shifts_the_sound_only(late: float) -> None:
    there, shifted = make_scene("hammer", 0, 4.0), make_scene("hammer", 0, 4.0, sound_late=late)
    expected = onsets(there.sound(), 48000) + late
    assert shifted.sound().size == there.sound().size
    inside = expected[(expected > 0.01) & (expected < 3.99)]
    assert np.allclose(onsets(shifted.sound(), 48000)[: inside.size], inside, atol=0.001)
    assert np.array_equal(there.frame(30).pixels, shifted.frame(30).pixels)


@pytest.mark.parametrize("name", [name for name in ALL if name not in COMES_AND_GOES])
@pytest.mark.parametrize("seed", [0, 1])
def test_what_sounds_is_seen_in_every_frame(name: str, seed: int) -> None:
    scene = make_scene(name, seed, 8.0, 320, 240)
    areas = [scene.truth(k).mean() for k in range(0, scene.frame_count, 7)]
    assert min(areas) > 0.02 and max(areas) < (0.13 if name == "duet" else 0.1)  # it has two sources
    assert scene.truth(0).shape == (240, 320) and scene.truth(0).dtype == np.bool_


def test_nothing_that_is_seen_sounds_offscreen_though_things_move_and_knock() -> None:
    scene = make_scene("offscreen", 0, 6.0, 320, 240)
    assert not any(scene.truth(k).any() for k in range(scene.frame_count))
    assert onsets(scene.sound(), 48000).size >= 4
    change = np.abs(scene.frame(40).pixels.astype(int) - scene.frame(30).pixels).max(axis=2) > 30
    assert change.mean() > 0.03


@pytest.mark.parametrize("name", ["ball", "hammer", "basketball"])
def test_a_blow_is_heard_when_the_source_is_stopped(name: str) -> None:
    scene = make_scene(name, 2, 10.0, 320, 240, frame_rate=120.0)
    heights = np.array([middle(scene.truth(k))[1] for k in range(scene.frame_count)])
    jolts = np.abs(np.diff(heights, 2))  # jolts[k] belongs to frame k + 1
    inside = [time for time in onsets(scene.sound(), 48000) if 0.2 < time < 9.8]
    assert len(inside) >= 7
    for time in inside:
        first = round((time - 0.1) * 120)
        hardest = first + 1 + int(np.argmax(jolts[first : first + 25]))
        assert abs(hardest / 120 - time) <= 1 / 120 + 0.005


def test_harder_bounces_are_louder_and_their_rhythm_is_irregular() -> None:
    scene = make_scene("ball", 0, 15.0, 64, 48)
    times = onsets(scene.sound(), 48000)
    gaps = np.diff(times)
    assert gaps.std() > 0.2 * gaps.mean()
    loudness = [np.abs(scene.sound()[round(t * 48000) :][:2400]).max() for t in times]
    assert np.corrcoef(gaps, loudness[1:])[0, 1] > 0.8


def test_the_speakers_chin_goes_with_the_voice() -> None:
    scene = make_scene("talk", 0, 8.0)
    chins = np.array([lowest_row(scene.truth(k)) for k in range(scene.frame_count)], float)
    samples = scene.sound().reshape(scene.frame_count, -1)
    level = np.sqrt((samples**2).mean(axis=1))
    assert np.corrcoef(level, chins)[0, 1] > 0.5
    assert np.corrcoef(level, np.roll(chins, 60))[0, 1] < 0.3


@pytest.mark.parametrize(("width", "height", "step"), [(320, 240, 0.3), (640, 480, 0.6)])
def test_drift_goes_its_documented_way(width: int, height: int, step: float) -> None:
    scene = make_scene("drift", 0, 12.0, width, height)
    places = np.array([middle(scene.truth(k)) for k in range(0, 301, 30)])
    assert np.allclose(np.abs(np.diff(places[:, 0])), 30 * step, atol=0.5)
    assert np.ptp(places[:, 1]) < 0.5


def test_motion_is_finer_than_a_pixel() -> None:
    scene = make_scene("drift", 0, 2.0, 320, 240)
    grays = [cv2.cvtColor(scene.frame(k).pixels, cv2.COLOR_BGR2GRAY) for k in (10, 11)]
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(*grays, None)
    inside = cv2.erode(scene.truth(10).astype(np.uint8), np.ones((9, 9))) > 0
    assert 0.2 < np.median(np.abs(flow[inside][:, 0])) < 0.4


@pytest.mark.parametrize("name", ["ball", "hammer", "talk"])
def test_silent_things_move_more_than_the_source(name: str) -> None:
    scene = make_scene(name, 0, 5.0, 320, 240)
    grays = [cv2.cvtColor(scene.frame(k).pixels, cv2.COLOR_BGR2GRAY) for k in range(scene.frame_count)]
    meter = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    source, fastest = [], []
    for k, (before, after) in enumerate(pairwise(grays)):
        speeds = np.linalg.norm(meter.calc(before, after, None), axis=2)
        truth = scene.truth(k)
        around = cv2.dilate(truth.astype(np.uint8), np.ones((15, 15))) > 0
        source.append(speeds[truth].mean())
        fastest.append(np.sort(speeds[~around])[-int(truth.sum()) :].mean())
    assert np.mean(fastest) > 1.2 * np.mean(source)


def test_truth_is_what_remains_visible() -> None:
    view = View(64, 48)
    board = Board(20, 20)
    board.paint(box(20, 20, -9, -9, 29, 29), (1.0, 0.5, 0.0))
    square = board.sprite(0, 0)

    def patches(_time: float) -> list:
        return [square.at(view, 10, 10, sounding=True), square.at(view, 20, 10), square.at(view, 90, 10)]

    stage = Stage(np.zeros((48, 64, 3), np.uint8), patches, lambda rate: np.zeros(rate, np.float32))
    truth = stage.truth(0.0)
    assert truth[12:28, 12:18].all() and not truth[:, 21:].any() and truth.sum() == 200
    assert (stage.picture(0.0)[15, 15] == (255, 128, 0)).all()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("width", "height"), [(32, 32), (1000, 32), (90, 160)])
def test_any_picture_size_works(name: str, width: int, height: int) -> None:
    scene = make_scene(name, 0, 0.5, width, height)
    assert scene.frame(3).pixels.shape == (height, width, 3) == (*scene.truth(3).shape, 3)


@pytest.mark.parametrize(
    "wrong", [{"name": "bell"}, {"name": "ball", "width": 31}, {"name": "ball", "seconds": 0.0}]
)
def test_wrong_settings_are_refused_in_one_line(wrong: dict) -> None:
    with pytest.raises(OptionError, match="want") as caught:
        make_scene(**wrong)
    assert "\n" not in str(caught.value)
    if wrong["name"] == "bell":
        assert all(name in str(caught.value) for name in ALL)


def test_a_frame_outside_of_the_scene_is_refused() -> None:
    with pytest.raises(IndexError, match="want 0 to 29"):
        make_scene("ball", seconds=1.0).frame(30)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scene, Path]:
    scene = make_scene("hammer", 0, 3.0, 320, 240, frame_rate=25.0, sound_rate=44100)
    path = tmp_path_factory.mktemp("scene") / "hammer.mp4"
    command.write_scene(scene, path)
    return scene, path


def test_a_written_scene_sounds_when_it_should(written: tuple[Scene, Path]) -> None:
    scene, path = written
    heard = np.zeros(scene.sound().size + 8192, np.float32)
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            samples = frame.to_ndarray()[0]
            first = round(frame.pts * frame.time_base * 44100)
            heard[first : first + samples.size] = samples[: heard.size - first]
    expected = onsets(scene.sound(), 44100)
    assert expected.size >= 2
    assert np.allclose(onsets(heard[: scene.sound().size], 44100), expected, atol=0.005)


def test_a_written_scene_shows_what_it_should(written: tuple[Scene, Path]) -> None:
    scene, path = written
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    assert [round(frame.time * 25, 6) for frame in frames] == list(range(75))
    seen = frames[40].to_ndarray(format="bgr24").astype(int)
    errors = [np.abs(seen - scene.frame(k).pixels).mean() for k in (39, 40, 41)]
    assert np.argmin(errors) == 1 and errors[1] < 6


def test_the_written_truth_is_the_scenes(written: tuple[Scene, Path]) -> None:
    scene, path = written
    with np.load(path.with_suffix(".npz")) as truth:
        assert str(truth["name"]) == "hammer" and truth["size"].tolist() == [240, 320]
        assert np.allclose(truth["times"], np.arange(75) / 25)
        masks = np.unpackbits(truth["masks"], axis=-1, count=320).astype(bool)
    assert all(np.array_equal(masks[k], scene.truth(k)) for k in (0, 33, 74)) and len(masks) == 75


def test_what_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, so no folder")
    small = {"seconds": 0.2, "width": 64, "height": 48}
    for path in (tmp_path / "none" / "a.mp4", tmp_path / "taken" / "a.mp4", tmp_path / "a.xyz"):
        with pytest.raises(SinkError, match="want") as caught:
            command.write_scene(make_scene("ball", **small), path)
        assert "\n" not in str(caught.value) and str(path) in str(caught.value)
    for wrong in ({"width": 65}, {"height": 47}, {"sound_rate": 50000}):
        with pytest.raises(OptionError, match="want"):
            command.write_scene(make_scene("ball", **{**small, **wrong}), tmp_path / "a.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_an_interrupted_scene_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("an older one")

    def interrupt(_scene: Scene, _k: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Scene, "truth", interrupt)
    with pytest.raises(KeyboardInterrupt):
        command.write_scene(make_scene("ball", seconds=0.2, width=64, height=48), path)
    assert path.read_text() == "an older one" and len(list(tmp_path.iterdir())) == 1


def run_command(*words: str) -> int:
    """`soundspot scene` with these words."""
    parser = ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


def test_the_command_writes_with_its_settings(tmp_path: Path) -> None:
    path = tmp_path / "ball.mp4"
    words = ("--seed", "5", "--seconds", "0.4", "--width", "96", "--height", "64", "--frame-rate", "10")
    assert run_command("ball", str(path), *words) == 0
    with np.load(path.with_suffix(".npz")) as truth:
        masks = np.unpackbits(truth["masks"], axis=-1, count=96).astype(bool)
    scene = make_scene("ball", 5, 0.4, 96, 64, 10.0)
    assert np.array_equal(masks, [scene.truth(k) for k in range(4)])


def test_the_command_lists_the_scenes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command("--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(ALL)
    with pytest.raises(OptionError, match="--list"):
        run_command("ball")
