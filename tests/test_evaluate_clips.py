"""Clips, their truth, and composites of them: what is shown, what is heard, and where it is right."""

import json

import numpy as np
import pytest
from soundspot.core.errors import SourceError
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.tools.evaluation.clips import Clip, find_clips, read_clip, readable_clips
from soundspot.tools.evaluation.composites import (
    KINDS,
    PART,
    Composite,
    composite_seconds,
    draw_composites,
    inside,
)
from soundspot.tools.evaluation.truth import ClipTruth, TrueBox, read_truth

RATE = 8000


def picture(shade):
    return np.full((PART[1], PART[0], 3), shade, np.uint8)


def clip(name="a", seconds=2.0, fps=10, shade=100, truth=None):
    """A clip whose pictures tell their number and whose samples count up."""
    count = round(seconds * fps)
    pictures = [picture(shade + k % 50) for k in range(count)]
    sound = np.arange(round(seconds * RATE), dtype=np.float32) / 1e6
    return Clip(name, pictures, np.arange(count) / fps, sound, RATE, seconds, truth)


# ------------------------------------------------------------------------- truth


def box(t0=0.0, t1=2.0, x0=0.0, y0=0.0, x1=0.5, y1=0.5):
    return {"t0": t0, "t1": t1, "x0": x0, "y0": y0, "x1": x1, "y1": y1, "label": "it"}


def test_any_active_box_is_right_and_none_cannot_be_judged():
    truth = ClipTruth((TrueBox(0, 1, 0, 0, 0.5, 1), TrueBox(0, 1, 0.8, 0, 1, 1)))
    assert truth.judge(0.5, (0.2, 0.9)) is truth.judge(0.5, (0.9, 0.1)) is True
    assert truth.judge(0.5, (0.6, 0.5)) is truth.judge(0.5, None) is False
    assert truth.judge(1.5, (0.2, 0.9)) is None


def test_the_truth_beside_a_clip_is_read(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"sources": [box()]}))
    assert read_truth(tmp_path / "a.mp4") == ClipTruth((TrueBox(0, 2, 0, 0, 0.5, 0.5),))
    assert read_truth(tmp_path / "b.mp4") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sources": [{"t0": 0}]}', '{"sources": 3}'])
def test_another_form_is_refused_in_one_line(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(SourceError, match=r"^truth=[^\n]*a\.json: [^\n]*want \{[^\n]*$"):
        read_truth(tmp_path / "a.mp4")


def test_a_box_without_room_is_refused(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"sources": [box(x0=0.6)]}))
    with pytest.raises(SourceError, match="without room"):
        read_truth(tmp_path / "a.mp4")


# ------------------------------------------------------------------------- clips


def test_a_clip_is_read_whole_and_scaled(clip_folder):
    read = read_clip(clip_folder / "a.mp4", 3.0, (64, 48))
    assert read.length == pytest.approx(3.0)
    assert read.pictures[0].shape == (48, 64, 3)
    assert read.sound.size == round(read.length * read.rate)
    assert np.abs(read.sound).max() > 0.1
    assert np.diff(read.times) == pytest.approx(1 / 30, abs=0.002)


def test_what_cannot_be_read_is_told_and_left_out(clip_folder):
    media, refusals = readable_clips(clip_folder)
    assert list(media) == ["a", "b", "c", "d"]
    assert media["a"].seconds == pytest.approx(5.0, abs=0.1)
    assert len(refusals) == 1 and "broken.mp4" in refusals[0]


def test_a_folder_without_clips_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"holds no clip; want"):
        find_clips(tmp_path)
    with pytest.raises(SourceError, match=r"want a folder of clips"):
        find_clips(tmp_path / "nowhere")


# ------------------------------------------------------------------------- composites


def test_the_heard_clip_lies_where_it_is_said_to_lie():
    parts = clip("a", shade=0), clip("b", shade=100), clip("c", shade=150), clip("d", shade=200)
    square = Composite(parts, 2, parts[2], 2.0)
    seen = square.picture(0.0)
    assert seen.shape == (2 * PART[1], 2 * PART[0], 3)
    assert [seen[y, x, 0] for y, x in ((0, 0), (0, -1), (-1, 0), (-1, -1))] == [0, 100, 150, 200]
    assert square.place_in(80, 240 + 60) == (0.25, 0.25)
    assert inside(square.place_in(0, 240)) and not inside(square.place_in(0, 239))
    assert not inside(square.place_in(320, 300))
    pair = Composite(parts[:2], 1, parts[0], 2.0)
    assert pair.picture(0.0).shape == (PART[1], 2 * PART[0], 3)
    assert inside(pair.place_in(320, 0)) and not inside(pair.place_in(319, 0))


def test_a_short_clip_is_looped_with_its_sound_and_a_long_one_ends():
    short, long = clip(seconds=2.0), clip(seconds=9.0)
    assert composite_seconds(short, 10.0) == 10.0
    assert composite_seconds(long, 10.0) == 9.0
    items = list(Composite((short, long), 0, short, 5.0).items())
    frames = [item for item in items if isinstance(item, VideoFrame)]
    sound = np.concatenate([item.samples for item in items if isinstance(item, SoundBlock)])
    assert [frame.time for frame in frames] == pytest.approx(np.arange(50) / 10)
    assert np.array_equal(frames[3].pixels[:, : PART[0]], frames[23].pixels[:, : PART[0]])
    assert not np.array_equal(frames[3].pixels[:, PART[0] :], frames[23].pixels[:, PART[0] :])
    assert sound.size == 5 * RATE
    assert np.array_equal(sound[: 2 * RATE], sound[2 * RATE : 4 * RATE])
    times = [item.time for item in items]
    assert times == sorted(times)


def test_another_clip_is_heard_when_the_sound_is_unrelated():
    shown, other, stranger = clip("a"), clip("b"), clip("c", seconds=3.0)
    loud = Clip("c", stranger.pictures, stranger.times, stranger.sound + 1, RATE, 3.0, None)
    composite = Composite((shown, other), 0, loud, 4.0)
    blocks = [item.samples for item in composite.items() if isinstance(item, SoundBlock)]
    assert min(block.min() for block in blocks) >= 1


def test_draws_are_the_same_whatever_else_is_asked_for():
    names = [f"clip{k}" for k in range(8)]
    every = draw_composites(names, names, list(KINDS), pairs=3, pick=0)
    some = draw_composites(names, names[2:3], ["unrelated"], pairs=3, pick=0)
    assert some == [draw for draw in every if draw.kind == "unrelated" and draw.seen == names[2]]
    assert every != draw_composites(names, names, list(KINDS), pairs=3, pick=1)


def test_draws_keep_to_their_kind():
    names = [f"clip{k}" for k in range(8)]
    draws = draw_composites(names, names, list(KINDS), pairs=4, pick=0)
    assert len(draws) == 8 * 4 * 3
    for draw in draws:
        assert len(set(draw.parts)) == len(draw.parts) == (4 if draw.kind == "four" else 2)
        assert draw.seen in draw.parts
        assert (draw.heard == draw.seen) == (draw.kind != "unrelated")
        assert draw.kind != "unrelated" or draw.heard not in draw.parts
    two = [draw for draw in draws if draw.kind == "two"]
    assert {draw.parts.index(draw.seen) for draw in two} == {0, 1}
    assert len({draw.parts for draw in two if draw.seen == "clip0"}) == 4
