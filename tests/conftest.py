"""What the tests share: `naive`, the slow twins of the kernels."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

# the first call of a kernel compiles it: seconds, not the 0.2 s that an example is given by default
settings.register_profile("kernels", deadline=None)
settings.load_profile("kernels")


@pytest.fixture(scope="session")
def naive() -> ModuleType:
    """tests/naive.py, loaded by its path: the tests are no package."""
    path = Path(__file__).with_name("naive.py")
    spec = importlib.util.spec_from_file_location("naive", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
