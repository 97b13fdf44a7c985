"""Addresses in every shape that people type; passwords in them, which are told to nobody but the server."""

import base64

import pytest
from soundspot.core.errors import SourceError
from soundspot.stream.address import PASSWORD, USER, read_address
from soundspot.stream.login import authorization
from soundspot.stream.source import SourceOptions, is_live, open_source, redact

SECRET = "tlJwpbo6"
SHAPES = [
    "rtsp://admin:{}@10.0.0.9/stream1",
    "rtsp://admin:{}@cam:554/live@1?subtype=0",
    "rtsp://admin:{}@[::1]:8554/x",
    "rtsps://{}@cam.local/x",
    "rtsp://cam/user=admin_password={}_channel=1_stream=0.sdp",
    "rtsp://cam:554/cam/realmonitor?channel=1&user=admin&password={}",
    "http://cam/video.ts?usr=admin&pwd={}&x=1",
    "https://u:{}@cam/live.flv?token={}",
    "rtmp://server/app/stream?auth_token={}",
    "srt://host:9000?mode=caller&passphrase={}",
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("secret", [SECRET, "p@ss/w:rd?#" + SECRET, "p%40" + SECRET])
def test_no_shape_of_an_address_gives_its_password_away(shape, secret):
    told = redact(f"source={shape.replace('{}', secret)}: gone")
    assert SECRET not in told
    assert told.startswith("source=") and "gone" in told


@pytest.mark.parametrize(
    ("uri", "user", "password", "host", "rest"),
    [
        ("rtsp://cam/live", "", "", "cam", "/live"),
        ("RTSP://u:p@cam:554/live@1", "u", "p", "cam:554", "/live@1"),
        ("rtsp://u:p@cam/live@1", "u", "p", "cam", "/live@1"),
        ("rtsp://cam/live@1", "", "", "cam", "/live@1"),
        ("rtsp://u:p@s/s:1@127.0.0.1:80/t", "u", "p@s/s:1", "127.0.0.1:80", "/t"),
        ("rtsp://u:pa/ss@cam/t", "u", "pa/ss", "cam", "/t"),
        ("rtsp://u:p?q#@10.0.0.2/s", "u", "p?q#", "10.0.0.2", "/s"),
        ("rtsp://u:p%40%2F@cam", "u", "p@/", "cam", ""),
        ("rtsp://[fe80::1]:554/x", "", "", "[fe80::1]:554", "/x"),
    ],
)
def test_an_address_is_read_as_people_type_it(uri, user, password, host, rest):
    address = read_address(uri, {})
    assert (address.user, address.password, address.host, address.rest) == (user, password, host, rest)
    again = read_address(address.url, {})
    assert again == address


def test_the_environment_gives_user_and_password_unless_the_address_does():
    environment = {USER: "us er", PASSWORD: "a@b:c/%41"}
    assert read_address("rtsp://cam/x", environment).password == "a@b:c/%41"
    assert read_address("rtsp://cam/x", environment).user == "us er"
    assert read_address("rtsp://u:p@cam/x", environment).password == "p"


@pytest.mark.parametrize(
    "uri", ["rtsp://", "rtsp:///path", "rtsp://cam:port/x", "rtsp://u:" + SECRET + "@/x"]
)
def test_an_address_without_a_host_is_refused(uri):
    with pytest.raises(SourceError, match="has no host") as caught:
        open_source(uri, SourceOptions())
    assert SECRET not in str(caught.value)


def test_what_is_live():
    assert all(is_live(uri) for uri in ("camera", "camera:1", "rtsp://x", "HTTPS://x/y", "srt://x:1"))
    assert not any(is_live(uri) for uri in ("film.mp4", "demo", "scene:ball", "camera.mp4", "file:///x"))


# ---------------------------------------------------------------- logging in

MUFASA = read_address("http://Mufasa:Circle%20Of%20Life@www.nowhere.org/dir/index.html")
RFC_2617 = (  # the example of its section 3.5
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)


def test_a_challenge_is_answered_as_the_standard_has_it(monkeypatch):
    monkeypatch.setattr("secrets.token_hex", lambda size: "0a4f113b")
    answer = authorization(RFC_2617, MUFASA, "GET", "/dir/index.html")
    assert 'response="6629fae49393a05397450978507c4ef1"' in answer
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in answer and "qop=auth, nc=00000001" in answer
    basic = authorization('Basic realm="x"', MUFASA, "GET", "/")
    assert base64.b64decode(basic.removeprefix("Basic ")) == b"Mufasa:Circle Of Life"


def test_what_cannot_be_answered_rightly_is_not_answered():
    modern = 'Digest realm="x", nonce="y", algorithm=SHA-256'
    known = 'Digest realm="known", nonce="z", algorithm=MD5'
    assert 'realm="known"' in authorization(f"{modern}\n{known}", MUFASA, "GET", "/")
    for challenges in (
        "",
        modern,
        f'Basic realm="x"\n{modern}',
        'Digest realm="x", nonce="y", qop="auth-int"',
    ):
        assert authorization(challenges, MUFASA, "GET", "/") is None
