"""A machine that is too slow sees less, in steps that are told, and its answers come no later for it."""

import threading
from itertools import pairwise

import pytest
from soundspot.stream.clock import ManualClock
from soundspot.stream.crew import Crew
from soundspot.stream.pace import LONGEST_PATIENCE, PATIENCE, Pace
from soundspot.stream.session import PICTURES_KEPT, Session, useful_width
from soundspot.stream.source import Description

RATE = 30
ALL_STEPS = [(320, 1), (240, 1), (160, 1), (160, 2), (160, 3), (160, 4)]


class Bench:
    """A camera of 30 1/s before an analysis whose cost in s a picture is `cost(width)`, which takes what is
    kept of the pictures that came meanwhile, all in counted time."""

    def __init__(self, cost, width=320):
        self.cost, self.now, self.pace = cost, 0.0, Pace(width, 0.0)
        self.next, self.came, self.analysed, self.waits = 0, 0, 0, []
        self.told = []

    def run(self, seconds):
        """The steps (width, every) that it was in, each once."""
        end = self.now + seconds
        while self.now < end:
            self.now = max(self.now, self.next / RATE)
            newest = int(self.now * RATE + 1e-9)
            kept = range(max(self.next, newest + 1 - PICTURES_KEPT), newest + 1)
            self.came += kept.start - self.next
            self.next = kept.stop
            for picture in kept:
                if self.pace.wants(self.came):
                    self.analysed += 1
                    self.waits.append(self.now - picture / RATE)
                    work = self.cost(self.pace.width)
                    self.now += work
                    self.pace.work(work)
                self.came += 1
            told = self.pace.look(self.now, self.came, self.analysed)
            if told is not None:
                self.told.append((self.now, told, (self.pace.width, self.pace.every)))
        return [step for _, _, step in self.told]


def by_pixels(seconds):
    """A cost that is so many s at width 320 and goes with the pixels."""
    return lambda width: seconds * (width / 320) ** 2


def test_a_machine_that_is_fast_enough_looks_at_everything():
    assert Bench(by_pixels(0.025)).run(60) == []


def test_first_come_fewer_pixels_then_fewer_pictures_and_only_as_far_as_need_be():
    assert Bench(by_pixels(0.045)).run(30) == ALL_STEPS[1:2]
    assert Bench(by_pixels(0.1)).run(30) == ALL_STEPS[1:3]
    assert Bench(lambda width: 0.05).run(30) == ALL_STEPS[1:4], "pixels do not help"
    assert Bench(lambda width: 1.0).run(60) == ALL_STEPS[1:], "and then it stays there"


def test_every_step_is_told_in_one_line():
    bench = Bench(lambda width: 0.05)
    bench.run(30)
    for (_, text, (width, every)), way in zip(bench.told, ("240 px", "160 px", "one in 2"), strict=True):
        assert text.startswith("the machine is too slow: ") and way in text and "\n" not in text
        assert f"{width} px" in text and (every == 1 or f"one in {every}" in text)


def test_a_picture_waits_no_longer_than_the_analysis_of_one_takes():
    bench = Bench(by_pixels(0.2))
    bench.run(60)
    assert max(bench.waits) <= 0.2 + 1e-6
    assert max(bench.waits[-200:]) <= 1 / RATE + 1e-6


def test_one_hiccup_changes_nothing():
    bench = Bench(by_pixels(0.01))
    bench.run(5)
    bench.pace.work(0.9)
    bench.now += 0.9
    assert bench.run(20) == []


def test_when_there_is_room_again_it_goes_back_step_by_step():
    bench = Bench(lambda width: 0.2)
    bench.run(30)
    bench.told.clear()
    bench.cost = by_pixels(0.015)
    assert bench.run(120) == ALL_STEPS[-2::-1]
    times = [now for now, _, _ in bench.told]
    assert all(later - now >= PATIENCE for now, later in pairwise(times))
    assert all("room again" in text for _, text, _ in bench.told)


def test_it_does_not_swing_between_two_steps():
    """At 240 px there seems to be room for 320, which is too much every time it is tried."""
    bench = Bench(lambda width: 0.05 if width == 320 else 0.005)
    bench.run(1200)
    tries = [now for now, _, step in bench.told if step == (320, 1)]
    waits = [round(later - now) for now, later in pairwise(tries)]
    assert waits == sorted(waits) and 4 <= len(tries) <= 12
    assert waits[-1] >= LONGEST_PATIENCE


@pytest.mark.parametrize(("asked", "widths"), [(96, [96]), (120, [120, 96]), (1280, [1280, 960, 640])])
def test_no_step_goes_below_what_the_options_allow_or_is_taken_twice(asked, widths):
    bench = Bench(lambda width: 0.2, asked)
    steps = [(each, 1) for each in widths[1:]] + [(widths[-1], every) for every in (2, 3, 4)]
    assert bench.run(60) == steps


def test_the_steps_begin_at_what_the_source_has():
    def source(width, height):
        return Description("x", width, height, 30.0, 8000, None)

    assert useful_width(source(640, 480), 320) == 320
    assert useful_width(source(160, 120), 320) == 160
    assert useful_width(source(1920, 1080), 1280) == 1280


def test_a_session_takes_the_steps_tells_them_and_stays_on_time(doubles):
    """Of 30 pictures a second 10 can be looked at 320 px wide: 160 px are needed, and enough."""
    clock, done, vitals = ManualClock(), threading.Event(), []
    localizer = doubles.FakeLocalizer(work=lambda item: clock.advance(0.1 * (localizer.width / 320) ** 2))
    sink = doubles.Memory()

    def tick():
        while not done.wait(0.001):
            clock.advance(1 / 300)

    source = doubles.FakeSource(doubles.media(12))
    source.description = Description("test", 640, 480, 30.0, doubles.RATE, None)
    with Crew() as crew:
        crew.start("time", tick)
        try:
            session = Session(source, localizer, [sink], realtime=True, clock=clock, watch=vitals.append)
            summary = session.run()
        finally:
            done.set()
    doubles.check_order(sink)
    told = [notice.text for notice in sink.all("notice") if notice.kind == "pace"]
    assert [text.split("looked at ")[1] for text in told[:2]] == ["240 px wide", "160 px wide"]
    assert localizer.width == 160 and vitals[-1].width == 160
    assert summary.frames == 360 == summary.analysed + summary.skipped
    assert summary.delay_p95 < 0.6, "two pictures' time and what one takes, with slack"
