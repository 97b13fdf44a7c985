"""The camera: pictures dated by the kernel; one that goes away, or is not there, is told in a line."""

import errno
import struct
import threading
import time
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from soundspot.core.errors import OptionError, SourceError, SourceLost
from soundspot.stream.camera import CameraFeed, choose_camera, read_size
from soundspot.stream.source import SourceOptions
from soundspot.stream.v4l2 import Camera, Mode, describe_camera, list_cameras
from soundspot.stream.webcam import Shot, Webcam

NEVER = threading.Event()
DESK = Camera("/dev/video0", 0, "Desk Camera")
DOOR = Camera("/dev/video2", 2, "Door Camera")


class Substitute:
    """A driver whose cameras give a picture every 10 ms, `age` s old by the kernel's clock."""

    def __init__(self, cameras=(DESK, DOOR), age=0.02, size=(160, 120)):
        self.found, self.age, self.size = list(cameras), age, size
        self.asked, self.silent, self.broken, self.count = None, False, False, 0

    def cameras(self):
        return self.found

    def open(self, camera, size, rate):
        self.asked = (camera, size, rate)
        return rate

    def is_there(self, camera):
        return camera in self.found

    def read(self):
        if self.broken or self.asked is None:
            return None
        if self.silent:
            time.sleep(0.2)  # as OpenCV waits for a picture
            return None
        time.sleep(0.01)
        self.count += 1
        pixels = np.full((self.size[1], self.size[0], 3), self.count % 256, np.uint8)
        return Shot(pixels, None if self.age is None else time.monotonic() - self.age)

    def close(self):
        self.asked = None


def opened(driver, uri="camera", options=None):
    feed = CameraFeed(uri, options, driver)
    return feed, feed.open(NEVER)


def test_pictures_come_at_the_size_and_rate_asked():
    driver = Substitute()
    feed, offer = opened(driver, "camera:2", SourceOptions(camera_size="1280x720", camera_rate=25.0))
    assert driver.asked == (DOOR, (1280, 720), 25.0)
    assert (offer.width, offer.height, offer.frame_rate, offer.sound_rate) == (160, 120, 25.0, 0)
    pictures = list(islice(feed.arrivals(NEVER), 20))
    assert [picture.pixels[0, 0, 0] for picture in pictures] == list(range(1, 21))
    assert feed.provides == {"picture"}


@pytest.mark.parametrize(
    ("age", "late"),
    [(0.02, 0.02), (None, 0.0), (-5.0, 0.0), (1.7e9, 0.0)],
    ids=["kernel", "none", "future", "wall"],
)
def test_pictures_are_dated_by_the_kernel_where_its_clock_is_ours(age, late):
    feed, _ = opened(Substitute(age=age))
    pictures = feed.arrivals(NEVER)
    next(pictures)
    for _ in range(5):
        now, picture = time.monotonic(), next(pictures)
        assert now - late <= picture.stamp <= time.monotonic() - late
        assert picture.arrived == picture.stamp


def test_no_two_pictures_have_one_time():
    driver = Substitute()
    feed, _ = opened(driver)
    moment = time.monotonic()
    driver.read = lambda: Shot(np.zeros((48, 64, 3), np.uint8), moment)
    stamps = [picture.stamp for picture in islice(feed.arrivals(NEVER), 6)]
    assert np.diff(stamps[1:]).min() > 0


def test_a_camera_that_is_unplugged_is_told_and_taken_up_when_it_returns():
    driver = Substitute([DESK])
    feed, offer = opened(driver)
    pictures = feed.arrivals(NEVER)
    next(pictures)
    driver.found, driver.silent = [], True
    with pytest.raises(SourceLost, match="source=camera: Desk Camera has gone; plug it in again"):
        list(pictures)
    with pytest.raises(SourceError, match="there is no camera; plug one in"):
        feed.open(NEVER)
    driver.found, driver.silent = [DESK], False
    assert feed.open(NEVER) == offer
    assert next(feed.arrivals(NEVER)) is not None
    feed.close()
    feed.close()


def test_a_camera_that_fails_at_once_each_time_is_told_soon():
    driver = Substitute()
    feed, _ = opened(driver)
    pictures = feed.arrivals(NEVER)
    next(pictures)
    driver.broken = True
    begun = time.monotonic()
    with pytest.raises(SourceLost, match="Desk Camera has gone"):
        list(pictures)
    assert time.monotonic() - begun < 1.5


def test_a_camera_that_falls_silent_is_told():
    driver = Substitute()
    feed, _ = opened(driver)
    pictures = feed.arrivals(NEVER)
    next(pictures)
    driver.silent = True
    begun = time.monotonic()
    assert next(pictures) is None
    with pytest.raises(SourceLost, match="no picture for 2 s"):
        list(pictures)
    assert 1.9 < time.monotonic() - begun < 6


def test_a_camera_that_never_gives_a_picture_is_refused(monkeypatch):
    monkeypatch.setattr("soundspot.stream.camera.FIRST", 0.2)
    driver = Substitute()
    driver.silent = True
    with pytest.raises(SourceError, match="source=camera: gives no picture"):
        opened(driver)
    assert driver.asked is None


def test_a_camera_that_cannot_be_opened_is_told():
    driver = Substitute()
    driver.open = lambda camera, size, rate: None
    with pytest.raises(SourceError, match="Desk Camera cannot be opened; see whether another program"):
        opened(driver)


def test_a_picture_too_large_to_hold_is_refused():
    with pytest.raises(SourceError, match="picture=160x16 px"):
        opened(Substitute(size=(160, 16)))


def test_opening_and_reading_end_when_asked():
    stop = threading.Event()
    driver = Substitute()
    feed, _ = opened(driver)
    arrivals = feed.arrivals(stop)
    next(arrivals)
    stop.set()
    assert list(arrivals) == []
    driver.silent = True
    begun = time.monotonic()
    with pytest.raises(SourceError):
        feed.open(stop)
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    ("uri", "camera"),
    [("camera", DESK), ("camera:0", DESK), ("camera:2", DOOR), ("camera:/dev/video2", DOOR)],
)
def test_a_camera_is_named_by_number_or_path(uri, camera):
    assert choose_camera([DESK, DOOR], uri) is camera


@pytest.mark.parametrize("uri", ["camera:1", "camera:/dev/video1", "camera:desk"])
def test_a_camera_that_is_not_there_is_refused_with_those_that_are(uri):
    line = rf"source={uri}: no such camera; want one of camera:0 \(Desk Camera\), camera:2 \(Door Camera\)"
    with pytest.raises(SourceError, match=line):
        choose_camera([DESK, DOOR], uri)


def test_a_camera_that_the_user_may_not_read_is_told(monkeypatch):
    monkeypatch.setattr("soundspot.stream.camera.is_barred", lambda: True)
    with pytest.raises(SourceError, match="join the group video"):
        choose_camera([], "camera")


@pytest.mark.parametrize("text", ["640", "640x", "0x0", "640*480", "640x480x3", "-640x480", "wide"])
def test_a_size_that_is_none_is_refused(text):
    with pytest.raises(OptionError, match=r"camera_size=.*: want WIDTHxHEIGHT in px"):
        read_size(text)


def test_a_machine_without_cameras_is_no_error(tmp_path):
    (tmp_path / "video0").write_text("no device")
    (tmp_path / "videocore").write_text("something else")
    assert list_cameras(tmp_path) == []


def test_opencv_refuses_what_is_no_camera_in_silence(tmp_path, capfd):
    (tmp_path / "video0").write_text("no device")
    webcam = Webcam()
    assert webcam.open(Camera(str(tmp_path / "video0"), 0, "none"), (640, 480), 30.0) is None
    assert webcam.read() is None
    assert not webcam.is_there(Camera(str(tmp_path / "video9"), 9, "none"))
    webcam.close()
    assert capfd.readouterr() == ("", "")


MJPG, YUYV = 0x47504A4D, 0x56595559
SIZES = {MJPG: [(1280, 720), (640, 480)], YUYV: [(640, 480)]}
INTERVALS = {(MJPG, 1280, 720): [(1, 30)], (MJPG, 640, 480): [(1, 30), (1, 15)], (YUYV, 640, 480): [(2, 15)]}


def kernel(abilities=0x85200001, node=0x04200001, stepwise=False):
    """A driver's answers as linux/videodev2.h has them, written out by hand."""

    def no_more():
        raise OSError(errno.EINVAL, "Invalid argument")

    def ask(request, answer):
        number = request & 0xFF
        assert request >> 8 & 0xFF == ord("V")
        assert request >> 16 & 0x3FFF == len(answer)
        index = struct.unpack_from("I", answer)[0]
        if number == 0:
            assert request >> 30 == 2
            struct.pack_into(
                "16s32s32s3I", answer, 0, b"uvcvideo", b"Desk Camera", b"usb-1", 1, abilities, node
            )
            return
        assert request >> 30 == 3
        if number == 2:
            if struct.unpack_from("I", answer, 4)[0] != 1 or index >= len(SIZES):
                no_more()
            struct.pack_into("I", answer, 44, list(SIZES)[index])
        elif number == 74:
            sizes = SIZES[struct.unpack_from("I", answer, 4)[0]]
            if index >= (1 if stepwise else len(sizes)):
                no_more()
            if stepwise:
                struct.pack_into("7I", answer, 8, 3, 32, 1920, 2, 24, 1080, 2)
            else:
                struct.pack_into("3I", answer, 8, 1, *sizes[index])
        else:
            assert number == 75
            asked = struct.unpack_from("3I", answer, 4)
            intervals = [(1, 60)] if stepwise else INTERVALS[asked]
            if index >= len(intervals):
                no_more()
            struct.pack_into("3I", answer, 16, 2 if stepwise else 1, *intervals[index])

    return ask


def test_sizes_and_rates_are_read_from_the_kernel():
    camera = describe_camera(kernel(), Path("/dev/video0"), 0)
    assert camera == Camera(
        "/dev/video0",
        0,
        "Desk Camera",
        (Mode(1280, 720, (30.0,)), Mode(640, 480, (30.0, 15.0, 7.5))),
    )


def test_a_camera_of_any_size_tells_the_smallest_and_the_largest():
    camera = describe_camera(kernel(stepwise=True), Path("/dev/video0"), 0)
    assert camera.modes == (Mode(1920, 1080, (60.0,)), Mode(32, 24, (60.0,)))


def test_the_second_node_of_a_camera_gives_no_pictures():
    assert describe_camera(kernel(node=0x04A00000), Path("/dev/video1"), 1) is None


def test_a_driver_that_tells_only_of_the_whole_device_is_taken():
    assert describe_camera(kernel(abilities=0x04000001, node=0), Path("/dev/video0"), 0) is not None
