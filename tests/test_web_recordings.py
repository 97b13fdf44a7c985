"""Recordings that a web server gives: read at their own pace, from the first picture to the last."""

import threading
import time

import pytest
from soundspot.core.errors import SourceError
from soundspot.stream.feed import Picture, Piece
from soundspot.stream.network import NetworkFeed
from soundspot.stream.source import SourceOptions, open_source


def test_a_recording_waits_for_whoever_reads_it_and_is_read_to_its_last_picture(
    clips, film_servers, tmp_path
):
    film = clips.write_clip(tmp_path / "film.mkv", seconds=1.5)
    with film_servers.HttpFilm(film) as server:
        feed, stop = NetworkFeed(server.url, SourceOptions()), threading.Event()
        feed.open(stop)
        time.sleep(0.5)
        begun = time.monotonic()
        pictures = [arrival for arrival in feed.arrivals(stop) if isinstance(arrival, Picture)]
        feed.close()
    assert len(pictures) == 45
    assert pictures[0].arrived >= begun
    assert pictures[-1].arrived - begun > 1.3, "at its own pace"


@pytest.mark.parametrize("times", [[0.0], [0.0, 1.0]])
def test_a_slide_is_shown_and_ends(clips, film_servers, tmp_path, times):
    """Its only pictures come when the decoder is asked for what it still holds."""
    film = clips.write_clip(tmp_path / "film.mkv", seconds=1.5, times=times)
    with film_servers.HttpFilm(film) as server:
        feed, stop = NetworkFeed(server.url, SourceOptions()), threading.Event()
        feed.open(stop)
        arrivals = list(feed.arrivals(stop))
        feed.close()
    assert [arrival.stamp for arrival in arrivals if isinstance(arrival, Picture)] == times
    heard = sum(arrival.samples.size for arrival in arrivals if isinstance(arrival, Piece))
    assert heard == pytest.approx(1.5 * 48000, abs=2048)


def test_a_recording_whose_index_is_at_its_end_wants_a_server_that_can_skip(clips, film_servers, tmp_path):
    film = clips.write_clip(tmp_path / "film.mp4", seconds=60.0)
    with film_servers.HttpFilm(film) as server, pytest.raises(SourceError, match="faststart") as caught:
        open_source(server.url, SourceOptions())
    assert "\n" not in str(caught.value) and str(caught.value).startswith(f"source={server.url}: ")
