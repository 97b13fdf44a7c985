"""The report is a picture of the trace, whatever the trace holds."""

import cv2
import numpy as np
import pytest
from soundspot.core.errors import SinkError
from soundspot.core.trace import Trace
from soundspot.tools.report import STATE_COLOURS, best_objects, object_curve, write_report


def run_of(seconds=10.0, found=True):
    trace = Trace(("energy", "onset", "flux"))
    random = np.random.default_rng(3)
    for time in np.arange(0, seconds, 1 / 30):
        beat = np.exp(-8 * (time % 0.7))
        trace.add_sound(time, np.array([beat, beat**2, 40 * beat + random.normal()], np.float32))
        names = [7, 3, 9] if time > 4 else [3, 7]
        score = 0.6 * min(time / 5, 1) + random.normal(0, 0.02)
        scores, p_values = [score, 0.1, 0.05][: len(names)], [0.01, 0.4, 0.8][: len(names)]
        trace.add_rank(time, names, scores, p_values, [beat + 0.1, 0.3, 0.2][: len(names)])
        state = "warming_up" if time < 2 else "found" if time > 4 and found else "nobody"
        reason = "no_match" if state == "nobody" else None
        trace.add_decision(time, state, reason, None if time < 2 else 0.5 ** (1 + time), names[0])
    return trace


def picture(path):
    pixels = cv2.imread(str(path))
    assert pixels is not None
    return pixels


def share_of(pixels, colour, alpha=0.45):
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    wanted = np.array([blue, green, red]) * alpha + 255 * (1 - alpha)
    return (np.abs(pixels - wanted).max(axis=2) < 3).mean()


def test_a_report_shows_the_states(tmp_path):
    write_report(str(tmp_path / "found.png"), run_of(), 0.02, [(5.0, True), (6.0, False)], "a title")
    write_report(str(tmp_path / "nobody.png"), run_of(found=False), 0.02)
    found, nobody = picture(tmp_path / "found.png"), picture(tmp_path / "nobody.png")
    assert min(found.shape[:2]) > 800
    amber, blue = STATE_COLOURS["found"], STATE_COLOURS["nobody"]
    assert share_of(found, amber) > 2 * share_of(nobody, amber)
    assert share_of(nobody, blue) > 2 * share_of(found, blue)
    assert not list(tmp_path.glob("*.part"))


def test_an_empty_trace_and_one_without_numbers_give_a_picture_too(tmp_path):
    write_report(str(tmp_path / "empty.png"), Trace(), 0.02)
    trace = Trace(("energy",))
    trace.add_sound(1.0, np.array([np.nan], np.float32))
    trace.add_rank(1.0, [], [], [], [])
    trace.add_decision(1.0, "nobody", "silence", None, None)
    write_report(str(tmp_path / "silent.png"), trace, 0.02)
    assert picture(tmp_path / "empty.png").shape == picture(tmp_path / "silent.png").shape


def test_the_leaders_come_first_and_gaps_stay_gaps():
    trace = run_of()
    assert best_objects(trace) == [7, 3, 9]
    times, scores = object_curve(trace, 9, "scores")
    assert np.isnan(scores[times < 4]).all() and np.allclose(scores[times > 4.1], 0.05)


@pytest.mark.parametrize("place", ["missing/report.png", "/dev/null/report.png"])
def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path, place):
    with pytest.raises(SinkError, match=r"^report=[^\n]*; want a file in a folder that can be written$"):
        write_report(str(tmp_path / place), Trace(), 0.02)
