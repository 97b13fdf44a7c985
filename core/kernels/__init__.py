"""Every numba loop, one file a subject: arrays in, arrays out, no defaults, no checks."""

from typing import Any

import numba

# What is written out side by side, as in search.py, is compiled to one instruction: the flow takes two thirds
# of the time.
config: Any = numba.config
config.SLP_VECTORIZE = 1
