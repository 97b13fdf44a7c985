"""Every numba loop, one file a subject: arrays in, arrays out, no defaults, no checks."""
