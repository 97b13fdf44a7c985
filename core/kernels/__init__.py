"""Every numba loop, one file a subject: arrays in, arrays out, no defaults, no checks."""

from typing import Any

import numba

# What is written out side by side, as in search.py, is compiled to one instruction: the flow takes two thirds
# of the time. numba leaves it off since it once miscompiled (its issue 8705), so every loop is held against a
# slow twin. The cache on disk does not know of this switch: delete it after a change here.
config: Any = numba.config
config.SLP_VECTORIZE = 1


def loop(**options: Any) -> Any:
    """Compiles a loop that Python calls. It needs no door for C, which would be compiled as well."""
    compiler: Any = numba.njit
    return compiler(cache=True, nogil=True, no_cfunc_wrapper=True, **options)


def inner(**options: Any) -> Any:
    """Compiles what other loops alone call: without a door for Python, which would crash if it called one."""
    return loop(no_cpython_wrapper=True, **options)
