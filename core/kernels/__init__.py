"""Every numba loop, one file a subject: arrays in, arrays out, no defaults, no checks."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numba

# What is written out side by side, as in search.py, is compiled to one instruction: the flow takes two thirds
# of the time. numba leaves it off since it once miscompiled (its issue 8705), so every loop is held against a
# slow twin. The cache on disk does not know of this switch: delete it after a change here.
config: Any = numba.config
config.SLP_VECTORIZE = 1


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
        return compiler(cache=True, **options)(function)
    except RuntimeError as error:
        if "no locator" not in str(error):
            raise
        return compiler(**options)(function)  # package and home are read-only, as in a container
