"""What the tests share: `naive`, the slow twins of the kernels; `doubles` and `clips`, made-up parts."""

import importlib.util
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
