"""What the tests share: `naive`, the slow twins of the kernels; `doubles` and `clips`, made-up parts."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

# the first call of a kernel compiles it: seconds, not the 0.2 s that an example is given by default
settings.register_profile("kernels", deadline=None)
settings.load_profile("kernels")


def load(name: str) -> ModuleType:
    """tests/NAME.py, loaded by its path: the tests are no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def naive() -> ModuleType:
    """The slow twins of the kernels."""
    return load("naive")


@pytest.fixture(scope="session")
def doubles() -> ModuleType:
    """Stand-ins for source, localizer and sink."""
    return load("doubles")


@pytest.fixture(scope="session")
def clips() -> ModuleType:
    """The maker of small media files."""
    return load("clips")


@pytest.fixture(scope="session")
def virtual_sound() -> ModuleType:
    """A sound server without a sound card."""
    return load("virtual_sound")


@pytest.fixture(scope="session")
def servers() -> ModuleType:
    """RTSP servers."""
    return load("servers")


@pytest.fixture(scope="session")
def relays() -> ModuleType:
    """Relays before servers, that lose packets or encrypt."""
    return load("relays")


@pytest.fixture(scope="session")
def film_servers() -> ModuleType:
    """Servers of films by HTTP and RTMP."""
    return load("film_servers")


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory, clips: ModuleType) -> Path:
    """Four clips with sound, one of them with its truth (the left half), and one that is no clip."""
    folder = tmp_path_factory.mktemp("clips")
    for name in ("a", "b", "c", "d"):
        clips.write_moving(folder / f"{name}.mp4", seconds=5.0, still=name != "a")
    left = {"t0": 0.0, "t1": 5.0, "x0": 0.0, "y0": 0.0, "x1": 0.5, "y1": 1.0, "label": "it"}
    (folder / "a.json").write_text(json.dumps({"sources": [left]}))
    (folder / "broken.mp4").write_bytes(b"no clip")
    (folder / "notes.txt").write_text("no clip either")
    return folder
