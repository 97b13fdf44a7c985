"""The whole way: one answer a frame, the same however the data comes, and no finding where there is none."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from soundspot.core.confidence import LONGEST_SPREAD
from soundspot.core.errors import ShapeError
from soundspot.core.localizer import Localizer
from soundspot.core.options import Options
from soundspot.core.scenes import make_scene
from soundspot.core.values import SoundBlock, VideoFrame

HEIGHT, WIDTH = 120, 160
FRAME_RATE, RATE = 30, 16000


@cache
def clip(name="ball", seconds=6.0, height=HEIGHT, width=WIDTH, seed=1):
    """(frames, samples, truth) of a rendered scene."""
    scene = make_scene(name, seed, seconds, width, height, FRAME_RATE, RATE)
    return [scene.frame(k) for k in range(scene.frame_count)], scene.sound(), scene.truth


def small():
    """Frames and sound of a clip that is just long enough to warm up: for what needs no finding."""
    return clip(seconds=3.4, height=72, width=96)[:2]


def blocks(samples, size=800, start=0.0):
    """The sound in blocks."""
    return [
        SoundBlock(samples[first : first + size].copy(), first, RATE, start + first / RATE)
        for first in range(0, len(samples), size)
    ]


def delivered(frames, sound, frames_at_once=1):
    """Frames and blocks in the order in which each chunk is whole."""
    chunks = [frames[k : k + frames_at_once] for k in range(0, len(frames), frames_at_once)]
    arrivals = [(chunk[-1].time, 0, chunk) for chunk in chunks]
    arrivals += [(block.time + block.samples.size / RATE, 1, [block]) for block in sound]
    return [item for *_, chunk in sorted(arrivals, key=lambda arrival: arrival[:2]) for item in chunk]


def answers(items, **options):
    """Every sighting of a run, the last ones included; `paper` and such are options."""
    localizer = Localizer(Options(**options))
    return [s for item in items for s in localizer.push(item)] + localizer.finish()


def run(frames, samples=None, **options):
    """Answers to frames and sound; each frame is answered once, in order."""
    sightings = answers(delivered(frames, [] if samples is None else blocks(samples)), **options)
    assert [s.frame.index for s in sightings] == [frame.index for frame in frames]
    assert all(later.frame.time > s.frame.time for s, later in pairwise(sightings))
    for s in sightings:
        check(s)
    return sightings


def check(sighting):
    """What holds for any answer."""
    assert (sighting.state == "nobody") == (sighting.reason is not None)
    assert (sighting.state == "found") == bool(sighting.sounders)
    assert len(sighting.masks) == len(sighting.sounders)
    assert sighting.delay > 0
    if sighting.sounders:
        assert sighting.best == sighting.sounders[0]
    if sighting.best:
        assert sighting.p_value == sighting.best.p_value
        assert 0 < sighting.p_value <= 1
    height, width = sighting.frame.pixels.shape[:2]
    for mask, sounder in zip(sighting.masks, sighting.sounders, strict=True):
        assert mask.shape == (height, width) and mask.dtype == bool
        x0, y0, x1, y1 = sounder.box
        assert 0 <= x0 <= x1 <= width and 0 <= y0 <= y1 <= height


def told(sightings):
    """States with their reasons."""
    return [(s.state, s.reason) for s in sightings]


def shown_again(frames, pixels, first=0):
    """The frames, all of them showing `pixels` from frame `first` on."""
    return [f if f.index < first else VideoFrame(pixels, f.time, f.index) for f in frames]


def as_data(sighting):
    """All that an answer says, to the last digit."""
    plain = [sighting.frame.time, sighting.state, sighting.reason, sighting.p_value, sighting.best]
    return [
        *plain,
        sighting.sounders,
        sighting.lag,
        sighting.delay,
        [mask.tobytes() for mask in sighting.masks],
    ]


@pytest.fixture(scope="module")
def ball():
    """Answers to the ball's scene, delivered frame by frame."""
    frames, samples, _ = clip()
    return run(frames, samples)


@pytest.mark.parametrize(("at_once", "block"), [(1, 128), (1, RATE), (50, RATE)])
def test_live_equals_batch(ball, at_once, block):
    frames, samples, _ = clip()
    sightings = answers(delivered(frames, blocks(samples, block), at_once))
    assert len(sightings) == len(ball)
    for other, expected in zip(sightings, ball, strict=True):
        assert as_data(other) == as_data(expected)


def test_live_equals_batch_as_the_paper_has_it():
    frames, samples, _ = clip(seconds=4.0)
    frames = frames[::3]
    first = answers(delivered(frames, blocks(samples)), preset="paper")
    other = answers(delivered(frames, blocks(samples, RATE), 17), preset="paper")
    assert len(first) == len(frames)
    assert [as_data(s) for s in other] == [as_data(s) for s in first]


def test_the_ball_is_found_where_it_is(ball):
    _, _, truth = clip()
    later = [s for s in ball if s.frame.time >= 4]
    inside = []
    for s in later:
        if s.best is None:
            inside.append(False)
            continue
        x, y = (int(edge) for edge in s.best.centre)
        inside.append(truth(s.frame.index)[min(y, HEIGHT - 1), min(x, WIDTH - 1)])
    assert np.mean(inside) > 0.6
    assert np.mean([s.state == "found" for s in later]) > 0.5


def test_answers_do_not_come_before_their_delay_nor_long_after():
    """A frame's answer comes with the data of its declared delay, a frame and a block more or less."""
    frames, samples = small()
    localizer, heard = Localizer(), 0.0
    for item in delivered(frames, blocks(samples)):
        if isinstance(item, SoundBlock):
            heard = item.time + item.samples.size / RATE
        for s in localizer.push(item):
            assert abs(heard - s.frame.time - s.delay) < 1 / FRAME_RATE + 800 / RATE + 0.01


def test_what_sounds_out_of_the_picture_is_nobody_in_it():
    frames, samples, _ = clip("offscreen", seconds=7.0, seed=0)
    later = [s for s in run(frames, samples) if s.frame.time >= 4]
    assert np.mean([s.state == "nobody" for s in later]) > 0.7


@pytest.mark.parametrize("level", [0, 255, None])
def test_black_white_and_frozen_pictures_show_nobody_for_want_of_motion(level):
    frames, samples = small()
    pixels = frames[0].pixels if level is None else np.full_like(frames[0].pixels, level)
    outcomes = told(run(shown_again(frames, pixels), samples))
    assert set(outcomes) <= {("warming_up", None), ("nobody", "no_motion"), ("nobody", "silence")}
    assert outcomes[-1] == ("nobody", "no_motion")


def test_what_was_found_is_let_go_when_the_picture_freezes():
    """Once what moved has left the compared history and the hold is over."""
    frames, samples, _ = clip(seconds=12.5)
    outcomes = told(run(shown_again(frames, frames[120].pixels, 120), samples))
    assert set(outcomes[-15:]) <= {("nobody", "no_motion"), ("nobody", "no_match")}


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_sound_without_sound_is_silence(value):
    frames, samples = small()
    outcomes = set(told(run(frames, np.full(samples.shape, value, np.float32))))
    assert outcomes == {("nobody", "silence")}


def test_no_sound_at_all_is_lost_sound():
    frames, _ = small()
    assert set(told(run(frames))) == {("nobody", "lost_sound")}


def test_sound_that_ends_three_seconds_early_is_lost_at_the_end():
    frames, samples, _ = clip(seconds=6.0)
    sightings = run(frames, samples[: 3 * RATE])
    assert {told([s])[0] for s in sightings if s.frame.time > 4} == {("nobody", "lost_sound")}
    assert not any(s.reason == "lost_sound" for s in sightings if s.frame.time < 2.8)


def test_sound_longer_than_the_picture_changes_nothing():
    frames, samples = small()
    short = run(frames[:80], samples[: 3 * RATE])
    long = run(frames[:80], np.concatenate([samples[: 3 * RATE], samples]))
    assert [as_data(s) for s in long] == [as_data(s) for s in short]


@pytest.mark.parametrize("room", ["hammer", "offscreen"])
def test_a_shot_cut_retires_what_was_found(room):
    """The ball's sound goes on over another room, in which nothing follows it."""
    frames, samples, _ = clip(seconds=7.0)
    others, _, _ = clip(room, seconds=7.0, seed=0)
    cut = 140
    joined = [f if f.index < cut else others[f.index] for f in frames]
    sightings = run(joined, samples)
    assert all(s.state != "found" for s in sightings[cut + 8 : cut + 68])
    assert all(s.state == "warming_up" for s in sightings[cut + 8 : cut + 40])
    assert any(s.state != "warming_up" for s in sightings[cut + 40 : cut + 60]), "the sound is known already"
    assert not any(s.reason == "no_motion" for s in sightings[cut + 8 :]), "something moves all the while"
    before = {s.best.object for s in sightings[:cut] if s.best}
    after = {s.best.object for s in sightings[cut + 8 :] if s.best}
    assert not before & after


def test_a_shot_that_comes_back_is_known_again():
    """The ball, two seconds of another room, and the ball again."""
    frames, samples, truth = clip(seconds=9.0)
    others, _, _ = clip("hammer", seconds=7.0, seed=0)
    away = range(150, 210)
    sightings = run([others[f.index] if f.index in away else f for f in frames], samples)
    assert sightings[145].state == "found", "so that there is something to know again"
    assert sightings[149].state == "found", "the end of a shot is not answered by the next one"
    assert all(s.state != "found" for s in sightings[150:190])
    back = [s for s in sightings[210:255] if s.state == "found"]
    assert back and back[0].frame.index < 210 + 0.8 * FRAME_RATE
    centres = [(s.frame.index, *(int(edge) for edge in s.best.centre)) for s in back]
    assert np.mean([truth(k)[y, x] for k, x, y in centres]) > 0.6


@cache
def two_who_speak():
    """Frames and sound of two people who take turns, with another room in between."""
    frames, samples, _ = clip("turns", seconds=14.0, height=72, width=96, seed=0)
    others, _, _ = clip("hammer", seconds=14.0, height=72, width=96)
    return [others[f.index] if 330 <= f.index < 360 else f for f in frames], samples


def test_another_voice_is_too_new_to_tell_for_a_while():
    frames, samples = two_who_speak()
    localizer, turns = Localizer(), []
    hear = localizer._voices.hear

    def listen(energy, pitch):
        turns.append(hear(energy, pitch))
        return turns[-1]

    localizer._voices.hear = listen
    items = delivered(frames, blocks(samples))
    sightings = [s for item in items for s in localizer.push(item)] + localizer.finish()
    first = next(k for k, turn in enumerate(turns) if turn)
    assert turns[first].voice == 1
    assert sightings[first - 30].state != "warming_up"
    assert sightings[first + 12].state == "warming_up"
    assert any(turn and turn.voice == 0 for turn in turns[first + 1 :])


def test_live_equals_batch_with_turns_and_cuts():
    frames, samples = two_who_speak()
    first = answers(delivered(frames, blocks(samples)))
    other = answers(delivered(frames, blocks(samples, RATE), 30))
    assert [as_data(s) for s in other] == [as_data(s) for s in first]
    assert any(s.state == "found" for s in first[200:]), "there is something to be equal in"


def test_each_frame_shown_twice_is_answered_twice_and_still_found():
    frames, samples, truth = clip(seconds=7.0)
    doubled = [VideoFrame(frames[f.index // 2 * 2].pixels, f.time, f.index) for f in frames]
    sightings = run(doubled, samples)
    later = [s for s in sightings if s.frame.time >= 4.5 and s.best]
    assert len(later) > 60
    centres = [[int(edge) for edge in s.best.centre] for s in later]
    inside = [truth(s.frame.index // 2 * 2)[y, x] for s, (x, y) in zip(later, centres, strict=True)]
    assert np.mean(inside) > 0.5


def test_a_gap_in_the_time_stamps_is_survived():
    frames, samples = small()
    run(frames[:45] + frames[75:], samples)


def test_a_jump_of_the_clock_is_survived():
    frames, samples = small()
    late = [VideoFrame(f.pixels, f.time + (5 if f.index >= 60 else 0), f.index) for f in frames]
    outcomes = told(run(late, samples))
    assert set(outcomes[65:]) == {("nobody", "lost_sound")}


def test_a_picture_of_another_size_is_refused_and_the_old_size_goes_on():
    frames, _ = small()
    localizer = Localizer()
    localizer.push(frames[0])
    with pytest.raises(ShapeError, match="as before"):
        localizer.push(VideoFrame(frames[1].pixels[:, 10:].copy(), frames[1].time, 1))
    localizer.push(frames[1])
    assert len(localizer.finish()) == 2


def test_a_single_frame_is_answered():
    frames, samples = small()
    assert run(frames[:1], samples)[0].state != "found"
    assert run(frames[:1])[0].state != "found"


def test_no_frame_is_no_answer():
    _, samples = small()
    assert answers(blocks(samples)) == []
    assert answers([]) == []


@pytest.mark.parametrize("step", [0.0, -0.1])
def test_frames_out_of_order_are_refused(step):
    frames, _ = small()
    localizer = Localizer()
    localizer.push_frame(frames[30])
    with pytest.raises(ShapeError, match="want later than 1"):
        localizer.push_frame(VideoFrame(frames[31].pixels, frames[30].time + step, 31))


def test_a_change_of_the_sound_rate_is_refused():
    localizer = Localizer()
    localizer.push_sound(SoundBlock(np.zeros(800, np.float32), 0, RATE, 0.0))
    with pytest.raises(ShapeError, match="rate=8000 Hz"):
        localizer.push_sound(SoundBlock(np.zeros(800, np.float32), 800, 8000, 0.05))


def test_while_the_head_turns_nothing_moves():
    frames, samples = small()
    turning = [VideoFrame(f.pixels, f.time, f.index, turning=True) for f in frames]
    sightings = run(turning, samples)
    assert all(s.state != "found" for s in sightings)
    assert told(sightings)[-1] == ("nobody", "no_motion")


def test_what_is_ignored_is_never_named():
    """Nothing but the ball follows the sound, and the half of the picture with the ball is left out."""
    frames, samples, truth = clip(seconds=4.5)
    ways = np.mean([np.argwhere(truth(k)).mean(axis=0)[1] for k in range(0, 135, 10)])
    box = (0, 0, WIDTH // 2, HEIGHT) if ways < WIDTH / 2 else (WIDTH // 2, 0, WIDTH, HEIGHT)
    for s in run(frames, samples, ignore=(box,)):
        if s.best and s.best.area:
            assert not box[0] + 2 < s.best.centre[0] < box[2] - 2


def test_ignoring_all_that_moves_leaves_no_motion():
    frames, samples = small()
    assert told(run(frames, samples, ignore=((0, 0, 96, 71),)))[-1] == ("nobody", "no_motion")


def test_the_confidence_surface_comes_on_request():
    frames, samples = small()
    assert all(s.confidence is None for s in run(frames[:20], samples))


def test_the_confidence_surface_is_sure_of_what_is_named_and_leans_to_what_is_not():
    frames, samples, _ = clip()
    seen, named = {"found": 0, "candidate": 0, "none": 0}, -np.inf
    for s in answers(delivered(frames, blocks(samples)), heatmap=True, hold=0.0, confirm=1.0):
        assert s.confidence.shape == (HEIGHT, WIDTH) and s.confidence.dtype == np.float32
        assert s.confidence.min() >= 0 and s.confidence.max() <= 1
        most = s.confidence.max()
        if s.state == "found":
            named = s.frame.time
            kind, right = "found", most > 0.5 and s.masks[0].ravel()[s.confidence.argmax()]
        elif s.reason in ("no_match", "ambiguous"):
            trailing = s.frame.time - named < 5 * LONGEST_SPREAD  # behind what was named
            kind, right = "candidate", most > 0 and (most < 0.5 or trailing)
        else:
            kind, right = "none", most == 0
        assert right, (s.frame.time, kind, most)
        seen[kind] += 1
    assert min(seen.values()) > 5, seen


def test_the_trace_comes_on_request_and_tells_every_decision():
    frames, samples = small()
    localizer = Localizer(trace=True)
    sightings = [s for item in delivered(frames, blocks(samples)) for s in localizer.push(item)]
    sightings += localizer.finish()
    trace = localizer.trace
    assert [decision[0] for decision in trace.decisions] == [s.frame.time for s in sightings]
    assert [decision[1] for decision in trace.decisions] == [s.state for s in sightings]
    assert len(trace.times) == len(trace.sound)
    assert all(row.shape == (len(trace.curve_names),) for row in trace.sound)
    assert Localizer().trace is None


def test_large_pictures_are_answered_in_their_own_pixels():
    frames, samples, truth = clip("ball", 3.2, 480, 640, 0)
    sightings = run(frames, samples, width=160)
    found = [s for s in sightings if s.frame.time > 2.5 and s.best and s.best.area]
    assert found
    centres = np.array([s.best.centre for s in found])
    true = np.array([np.argwhere(truth(s.frame.index)).mean(axis=0)[::-1] for s in found])
    assert np.median(np.linalg.norm(centres - true, axis=1)) < 160


def test_the_first_frame_may_come_at_any_time():
    """A clock that does not begin at 0 shifts the times and changes no answer."""
    frames, samples = small()
    later = [VideoFrame(f.pixels, f.time + 1000, f.index) for f in frames]
    shifted = answers(delivered(later, blocks(samples, start=1000.0)))
    assert told(shifted) == told(run(frames, samples))
