"""What is written never takes the place of what is read, nor of what else is written; what is about a file
wants the file."""

import os

import pytest
from soundspot.core.errors import OptionError
from soundspot.tools.files import keep_apart
from soundspot.tools.main import main


@pytest.fixture
def film(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "film.mp4"
    path.write_bytes(b"a film")
    return path


@pytest.mark.parametrize("name", ["film.mp4", "./film.mp4", "link.mp4", "twin.mp4"])
def test_the_source_is_not_written_over(film, name):
    os.symlink(film, "link.mp4")
    os.link(film, "twin.mp4")
    for option in ("events", "stats", "video"):
        with pytest.raises(
            OptionError, match=f"{option}={name}: the same file as SOURCE {film}; want another name"
        ):
            keep_apart(str(film), {option: name})
    assert main(["run", str(film), "--video", name]) == 2
    assert film.read_bytes() == b"a film"


def test_two_outputs_are_two_files(film):
    with pytest.raises(OptionError, match=r"video=\./new: the same file as events=new"):
        keep_apart(str(film), {"events": "new", "stats": None, "video": "./new"})


def test_pipes_devices_and_names_of_their_own_are_fine(film):
    keep_apart(str(film), {"events": "-", "stats": "now.json", "video": "marked.mp4"})
    keep_apart("rtsp://camera/1", {"events": os.devnull, "stats": os.devnull, "video": None})
    keep_apart("camera", {"events": "-", "stats": None, "video": None})


@pytest.mark.parametrize("flags", [["--masks"], ["--events-on-change"], ["--rotate", "day"]])
def test_what_is_about_event_lines_wants_an_event_file(film, flags, capsys):
    assert main(["run", str(film), *flags]) == 2
    assert "want --events FILE with it" in capsys.readouterr().err
