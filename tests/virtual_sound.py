"""A sound server of one's own: PipeWire with a speaker that is nowhere, whose sound is the microphone's."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from ctypes.util import find_library
from pathlib import Path

from soundspot.stream.portaudio import load_portaudio, renew

PROGRAMS = ("dbus-daemon", "pipewire", "wireplumber", "pw-cli", "pw-play")
MISSING = "no PipeWire: apt install pipewire wireplumber pipewire-alsa dbus libportaudio2"
NODE = (
    "{ factory.name=support.null-audio-sink node.name=speaker media.class=Audio/Sink object.linger=true"
    " audio.position=[MONO] audio.rate=48000 }"
)
PATIENCE = 10.0  # s
LOGIND = [Path("/run/systemd") / name for name in ("seats", "sessions", "users", "machines")]


def is_installed():
    """Whether all that the server needs is there."""
    return all(shutil.which(name) for name in PROGRAMS) and find_library("portaudio") is not None


def wait_for(found):
    """Wait until `found()` holds."""
    until = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < until, f"the sound server does not come up: {found}"
        time.sleep(0.02)


class SoundServer:
    """PipeWire in the folder: `start`, `play`, `stop`, and again."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PIPEWIRE_RUNTIME_DIR": str(folder),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/bus",
        }
        self._processes = ExitStack()
        self.server = None

    def start(self):
        for path in LOGIND:  # without them wireplumber 0.4 ends at once
            with suppress(OSError):
                path.mkdir(parents=True, exist_ok=True)
        self._run("dbus-daemon", "--session", f"--address=unix:path={self.folder}/bus", "--nofork")
        wait_for((self.folder / "bus").exists)
        self.server = self._run("pipewire")
        wait_for((self.folder / "pipewire-0").exists)
        self._run("wireplumber")
        self._client("pw-cli", "create-node", "adapter", NODE)
        wait_for(lambda: "speaker" in self._client("pw-cli", "ls", "Node"))
        wait_for(lambda: "speaker:playback" in self._client("pw-link", "-i"))

    def play(self, path):
        """Begin to play a file on the speaker."""
        return self._run("pw-play", "--latency=20ms", str(path))

    def freeze(self):
        """Let it hang, as a broken driver would."""
        self.server.send_signal(signal.SIGSTOP)

    def thaw(self):
        """Let it go on."""
        self.server.send_signal(signal.SIGCONT)

    def stop(self):
        """End everything, and remove the sockets, as a crash would not."""
        self._processes.close()
        for name in ("bus", "pipewire-0", "pipewire-0.lock"):
            (self.folder / name).unlink(missing_ok=True)

    def _run(self, *words):
        process = subprocess.Popen(
            words,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.callback(end, process)
        return process

    def _client(self, *words):
        done = subprocess.run(
            words, env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=PATIENCE
        )
        return done.stdout


def end(process):
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def sound_server(folder):
    """A running server, and this process's PortAudio on it."""
    server = SoundServer(folder)
    before = {name: os.environ.get(name) for name in server.environment}
    try:
        server.start()
        os.environ.update(server.environment)
        renew(load_portaudio("default"))
        yield server
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        server.stop()
