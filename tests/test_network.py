"""Sources of the network: servers that refuse, lie or hang, and what they may not do."""

import http.server
import socket
import threading
import time
from contextlib import contextmanager, suppress
from itertools import pairwise

import pytest
from soundspot.core.errors import OptionError, SourceError, SourceLost
from soundspot.core.values import VideoFrame
from soundspot.stream.address import PASSWORD, USER, read_address
from soundspot.stream.feed import Picture
from soundspot.stream.guard import ASKING, refuse_redirection, safe_place
from soundspot.stream.network import NetworkFeed
from soundspot.stream.opening import Opening
from soundspot.stream.source import SourceOptions, open_source, redact
from soundspot.stream.watchdog import LIMIT

SECRET = "tlJwpbo6"
PATIENCE = 30.0  # s for what is awaited without a deadline of its own

# ---------------------------------------------------------------- servers that refuse


def refusal(uri, **options):
    """The one line with which a source is refused."""
    with pytest.raises(SourceError) as caught:
        open_source(uri, SourceOptions(**options)).close()
    line = str(caught.value)
    assert "\n" not in line and line.startswith(f"source={redact(uri)}: ")
    # a trace would show the chain, and PyAV's own messages hold the address
    error = caught.value
    assert error.__cause__ is None and (error.__context__ is None or error.__suppress_context__)
    return line


@pytest.mark.parametrize("scheme", ["rtsp", "http", "rtmp"])
@pytest.mark.parametrize("host", ["nobody.invalid", "no..body"])
def test_a_name_that_no_machine_has_is_told(scheme, host):
    assert "no machine of this name" in refusal(f"{scheme}://{host}/live")


def test_a_proxy_may_know_what_we_do_not(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        asked = []

        def answer():
            connection, _ = proxy.accept()
            with connection:
                asked.append(connection.recv(4096))

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(SourceError):
            open_source("http://only.the.proxy.invalid/a.mp4", SourceOptions())
        thread.join(PATIENCE)
    assert b"only.the.proxy.invalid" in asked[0]


def test_right_and_wrong_passwords(servers, monkeypatch):
    login = ("admin", f"p@ss/w:rd%{SECRET}")
    with servers.RtspServer(login=login) as server:
        assert "wrong user or password" in refusal(server.url)
        line = refusal(server.url.replace("//", f"//admin:{SECRET}@"))
        assert "wrong user or password" in line and SECRET not in line
        typed = server.url.replace("//", f"//admin:p@ss/w:rd%25{SECRET}@")
        source = open_source(typed, SourceOptions())
        assert SECRET not in source.description.uri
        source.close()
        monkeypatch.setenv(USER, login[0])
        monkeypatch.setenv(PASSWORD, login[1])
        open_source(server.url, SourceOptions()).close()


def test_nobody_there_and_no_such_stream(servers):
    assert "nobody answers" in refusal(f"rtsp://127.0.0.1:{servers.free_port()}/t")


def test_a_transport_that_is_refused(servers):
    with servers.RtspServer() as server:
        assert "want another --rtsp-transport" in refusal(server.url, rtsp_transport="udp")
        open_source(server.url, SourceOptions(rtsp_transport="tcp")).close()


def test_a_channel_that_is_not_there(servers):
    with servers.RtspServer() as server, pytest.raises(OptionError, match="1 channel; want 0"):
        open_source(server.url, SourceOptions(channel=1))


def test_a_server_that_never_answers_is_left_when_asked_to():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        feed = NetworkFeed(f"rtsp://127.0.0.1:{listener.getsockname()[1]}/t", SourceOptions())
        stop = threading.Event()
        threading.Timer(0.3, stop.set).start()
        begun = time.monotonic()
        with pytest.raises(SourceError):
            feed.open(stop)
        assert time.monotonic() - begun < 3


def test_what_is_opened_after_nobody_waits_any_more_is_closed_again(monkeypatch):
    allowed, closed, stop = threading.Event(), threading.Event(), threading.Event()

    class Late:
        def close(self):
            closed.set()

    def open_late(*_, **__):
        assert allowed.wait(PATIENCE)
        return Late()

    monkeypatch.setattr("soundspot.stream.opening.av.open", open_late)
    opening = Opening(read_address("http://127.0.0.1/t"), {}, 5.0)
    stop.set()
    with pytest.raises(SourceError, match="given up"):
        opening.container(stop)
    assert not closed.is_set()
    allowed.set()
    assert closed.wait(PATIENCE)
    opening._thread.join(PATIENCE)
    assert not opening._thread.is_alive() and opening._container is None


# ---------------------------------------------------------------- what a server may not do


def test_a_redirection_is_not_followed(servers):
    with servers.RtspServer() as other, servers.RtspServer(moved_to=other.url) as server:
        assert "sends its callers on" in refusal(server.url)
        server.moved_to = other.url.replace("//", f"//u:{SECRET}@")
        assert SECRET not in refusal(server.url)
        server.login, server.moved_to = ("u", SECRET), "rtsp://elsewhere/x"
        assert not other.requests


@pytest.mark.parametrize("answer", [b"RTSP/1.0 200 OK\r\nA: b\r\n", b"x" * 1000, b""])
def test_an_answer_without_an_end_is_left(answer):
    """One that drips in, one that is endless, one that never comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                while True:
                    connection.sendall(answer)
                    time.sleep(0.0 if len(answer) > 100 else 0.1)

        threading.Thread(target=serve, daemon=True).start()
        begun = time.monotonic()
        refuse_redirection(read_address(f"rtsp://127.0.0.1:{listener.getsockname()[1]}/t"))
        assert time.monotonic() - begun < 3 * ASKING


def test_the_place_that_a_server_names_is_shown_harmlessly():
    assert safe_place(f"rtsp://u:{SECRET}@\x1b[2Jcam/x") == "rtsp://[2Jcam/x"
    assert SECRET not in safe_place(f"u:{SECRET}@cam") + safe_place(f"rtsp://cam/user=a_password={SECRET}_x")


@contextmanager
def web(answers):
    """An HTTP server that gives for each path (status, headers, body); its address and the paths asked.

    A body that is a list comes piece by piece, one every tenth of a second, and then the connection ends.
    """
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            length = {"Content-Length": str(len(body))} if isinstance(body, bytes) else {}
            for name, value in {**length, **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in [body] if isinstance(body, bytes) else body:
                self.wfile.write(piece)
                time.sleep(0 if isinstance(body, bytes) else 0.1)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_web_leads_nowhere_else(clips, tmp_path):
    film = clips.write_clip(tmp_path / "a.ts", seconds=1.0)
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n" + b"%s\n#EXT-X-ENDLIST\n"
    answers = {
        "/film.ts": (200, {}, film.read_bytes()),
        "/moved.ts": (302, {"Location": "/film.ts"}, b""),
        "/local.m3u8": (200, {}, playlist % f"file://{film}".encode()),
        "/list.m3u8": (200, {}, playlist % b"film.ts"),
        "/list.ts": (200, {}, playlist % b"film.ts"),
        "/concat.txt": (200, {}, b"ffconcat version 1.0\nfile film.ts\n"),
        "/session.sdp": (200, {}, b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 5004 RTP/AVP 0\n"),
    }
    with web(answers) as (address, asked):
        for path in ("/moved.ts", "/list.m3u8", "/list.ts", "/local.m3u8", "/concat.txt", "/session.sdp"):
            refusal(address + path)
        assert "/film.ts" not in asked
        refusal(address + "/local.m3u8", playlist=True)
        open_source(address + "/film.ts", SourceOptions()).close()
        open_source(address + "/list.m3u8", SourceOptions(playlist=True)).close()


def test_a_film_of_the_web_is_read_at_its_own_pace_to_its_end(clips, tmp_path):
    film = clips.write_clip(tmp_path / "a.mkv", seconds=2.0)
    with web({"/a.mkv": (200, {}, film.read_bytes())}) as (address, _):
        source, begun = open_source(f"{address}/a.mkv", SourceOptions()), time.monotonic()
        items = list(source.items())
        source.close()
    assert 1.2 < time.monotonic() - begun < 2.0 + 3 * LIMIT
    assert sum(isinstance(item, VideoFrame) for item in items) > 30


def test_a_stream_of_the_web_whose_stamps_begin_anew(clips, tmp_path):
    film = clips.write_clip(tmp_path / "a.ts", seconds=2.0).read_bytes()
    pieces = [film[len(film) * k // 20 : len(film) * (k + 1) // 20] for k in range(20)]
    with web({"/live": (200, {"Content-Type": "video/mp2t"}, pieces + pieces + [b""] * 9)}) as (address, _):
        source = open_source(f"{address}/live", SourceOptions(end=4.2))
        items = list(source.items())
        source.close()
    times = [item.time for item in items if isinstance(item, VideoFrame)]
    assert len(times) > 60 and all(before < after for before, after in pairwise(times))
    assert source.faults.counts["time_jump"] == 1
    blocks = [item for item in items if not isinstance(item, VideoFrame)]
    assert blocks[-1].time > 3.5 and all(b.time > a.time for a, b in pairwise(blocks))


def test_a_film_of_the_web_whose_stamps_jump_is_not_waited_for(clips, tmp_path):
    times = [k / 30 + (500.0 if k >= 30 else 0.0) for k in range(90)]
    film = clips.write_clip(tmp_path / "a.mkv", seconds=1.0, times=times)
    with web({"/a.mkv": (200, {}, film.read_bytes())}) as (address, _):
        source, begun = open_source(f"{address}/a.mkv", SourceOptions()), time.monotonic()
        items = list(source.items())
        source.close()
    assert time.monotonic() - begun < 3.0 + 3 * LIMIT
    assert sum(isinstance(item, VideoFrame) for item in items) > 60


@pytest.mark.parametrize("pause", [0.6, 60.0])
def test_a_stream_of_the_web_that_stalls_goes_on_or_is_lost_but_never_spins(clips, tmp_path, pause):
    film = clips.write_clip(tmp_path / "a.ts", seconds=1.0).read_bytes()
    pieces = [film[len(film) * k // 10 : len(film) * (k + 1) // 10] for k in range(10)]
    body = pieces + [b""] * round(10 * min(pause, 4.0)) + pieces
    with web({"/live": (200, {}, body)}) as (address, _):
        feed, stop = NetworkFeed(f"{address}/live", SourceOptions()), threading.Event()
        feed.open(stop)
        came = []
        with pytest.raises(SourceLost, match="nothing has come" if pause > 1 else "ended|broke off"):
            came.extend(feed.arrivals(stop))
        feed.close()
    pictures = sum(isinstance(arrival, Picture) for arrival in came)
    assert (pictures > 45) == (pause < 1)
    assert len(came) < 300


def test_more_pictures_than_were_told_are_refused(clips, tmp_path):
    film = clips.write_clip(tmp_path / "a.ts", seconds=1.0, size=(64, 64)).read_bytes()
    with web({"/live": (200, {}, [film] * 60)}) as (address, _):
        feed, stop = NetworkFeed(f"{address}/live", SourceOptions()), threading.Event()
        feed.open(stop)
        with pytest.raises(SourceError, match="want at most 240 1/s"):
            for _ in feed.arrivals(stop):
                pass
        feed.close()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"size": (8192, 2304), "video": "mjpeg", "pixels": "yuvj420p", "seconds": 0.03}, "16 Mpx"),
        ({"sound_rate": 768000, "audio": "pcm_s16le", "seconds": 0.5}, "384000 Hz"),
        ({"rate": 480, "seconds": 0.5}, "240 1/s"),
        ({"sound": None}, "has no sound"),
        ({"rate": 0}, "has no picture"),
    ],
)
def test_what_is_too_large_is_refused(clips, tmp_path, settings, told):
    film = clips.write_clip(tmp_path / "a.mkv", **settings)
    with web({"/a.mkv": (200, {}, film.read_bytes())}) as (address, _):
        assert told in refusal(f"{address}/a.mkv")
