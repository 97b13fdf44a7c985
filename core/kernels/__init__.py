"""Every numba loop, one file a subject: arrays in, arrays out, no defaults, no checks."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba

# What is written out side by side, as in search.py, is compiled to one instruction: the flow takes two thirds
# of the time. numba leaves it off since it once miscompiled (its issue 8705), so every loop is held against a
# slow twin.
config: Any = numba.config
config.SLP_VECTORIZE = 1


def stamp_of(folder: Path) -> str | None:
    """What changes with any of a folder's files; None where there are none, as when a program is frozen."""
    files = sorted(folder.glob("*.py"))
    digest = sha256(b"".join(path.name.encode() + path.read_bytes() for path in files))
    return digest.hexdigest() if files else None


# Loops are compiled with what they call from the other files here, of which numba's cache knows nothing.
STAMP = stamp_of(Path(__file__).parent)


def loop(**options: Any) -> Any:
    """Compiles a loop that Python calls. It needs no door for C, which would be compiled as well."""
    return partial(compiled, dict(nogil=True, no_cfunc_wrapper=True, **options))


def inner(**options: Any) -> Any:
    """Compiles what other loops alone call: without a door for Python, which would crash if it called one."""
    return loop(no_cpython_wrapper=True, **options)


def compiled(options: dict[str, Any], function: Callable[..., Any]) -> Any:
    """The loop, kept on disk once it is compiled, if numba finds a folder that it may write to."""
    compiler: Any = numba.njit
    try:
        kernel = compiler(cache=True, **options)(function)
        with suppress(AttributeError):  # numba has no door for it: without, it goes by the loop's own file
            if STAMP is not None:
                kernel._cache._cache_file._source_stamp = STAMP
        return kernel
    except RuntimeError as error:
        if "no locator" not in str(error):
            raise
        return compiler(**options)(function)  # package and home are read-only, as in a container
