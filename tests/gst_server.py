"""gst-rtsp-server, run by the system's Python: PORT CODEC|FILM.mp4 [USER:PASSWORD].

With a codec made-up pictures and sound: every second one white picture and with it a click of 5 ms; 320x240,
30 pictures a second, live. A film of H.264 and AAC is served as it is, each time from its beginning.
"""

import array
import math
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

WIDTH, HEIGHT, FRAME_RATE, RATE = 320, 240, 30, 48000
BLOCK = RATE // 100
SOUND = {
    "aac": "avenc_aac ! aacparse ! rtpmp4gpay name=pay1 pt=97",
    "opus": "opusenc frame-size=20 ! rtpopuspay name=pay1 pt=97",
    "pcmu": "audioresample ! audio/x-raw,rate=8000 ! mulawenc ! rtppcmupay name=pay1 pt=0",
}
LAUNCH = (
    "( appsrc name=v is-live=true format=time "
    "caps=video/x-raw,format=BGR,width=320,height=240,framerate=30/1 "
    "! videoconvert ! video/x-raw,format=I420 "
    "! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 bitrate=800 ! h264parse "
    "! rtph264pay name=pay0 pt=96 config-interval=1 "
    "appsrc name=a is-live=true format=time "
    "caps=audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved ! audioconvert ! {sound} )"
)
FILM = (
    "( filesrc location={film} ! qtdemux name=film "
    "film. ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 "
    "film. ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 )"
)


def picture(number):
    """A red block on black, or all white."""
    if number % FRAME_RATE == FRAME_RATE // 2:
        return b"\xff" * (WIDTH * HEIGHT * 3)
    left = int(WIDTH / 2 + 100 * math.sin(2 * math.pi * number / FRAME_RATE / 4)) - 20
    line = b"\0\0\0" * left + b"\0\0\xc8" * 40 + b"\0\0\0" * (WIDTH - 40 - left)
    dark = b"\0" * (WIDTH * 3)
    return dark * 100 + line * 40 + dark * 100


def sound(first):
    """BLOCK samples from number `first` on."""
    samples = array.array("h", bytes(2 * BLOCK))
    for k in range(BLOCK):
        phase = ((first + k) / RATE - 0.5) % 1.0
        if phase < 0.005:
            samples[k] = int(0.8 * 32767 * math.sin(2 * math.pi * 2000 * phase + 0.3))
    return samples.tobytes()


def push(source, data, start, rate):
    buffer = Gst.Buffer.new_wrapped(data)
    buffer.pts = start * Gst.SECOND // rate
    return source.emit("push-buffer", buffer) == Gst.FlowReturn.OK


def feed(pictures, sounds, stop):
    """Push both at their own pace."""
    begun, frame, first = time.monotonic(), 0, 0
    while not stop.is_set():
        now = time.monotonic() - begun
        while frame / FRAME_RATE <= now:
            if not push(pictures, picture(frame), frame, FRAME_RATE):
                return
            frame += 1
        while (first + BLOCK) / RATE <= now:
            if not push(sounds, sound(first), first, RATE):
                return
            first += BLOCK
        time.sleep(0.003)


class Factory(GstRtspServer.RTSPMediaFactory):
    """One medium for all clients."""

    def __init__(self, codec):
        super().__init__()
        self.codec = codec
        self.set_shared(True)

    def do_create_element(self, url):
        return Gst.parse_launch(LAUNCH.format(sound=SOUND[self.codec]))

    def do_configure(self, media):
        element, stop = media.get_element(), threading.Event()
        media.connect("unprepared", lambda _media: stop.set())
        sources = [element.get_by_name(name) for name in "va"]
        threading.Thread(target=feed, args=(*sources, stop), daemon=True).start()


def make_factory(codec):
    """What serves a codec, or a film."""
    if codec in SOUND:
        return Factory(codec)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(FILM.format(film=codec))
    return factory


def main():
    port, codec, login = sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""
    Gst.init(None)
    server, factory = GstRtspServer.RTSPServer(), make_factory(codec)
    server.set_address("127.0.0.1")
    server.set_service(port)
    if login:
        user, password = login.split(":")
        keys, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "user")
        keys.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        keys.add_digest(user, password, token)
        server.set_auth(keys)
        role = "user, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
        factory.add_role_from_structure(Gst.Structure.new_from_string(role))
    server.get_mount_points().add_factory("/t", factory)
    if not server.attach(None):
        sys.exit("the port is taken")
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
