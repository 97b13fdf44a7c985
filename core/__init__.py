"""The method itself: pure functions and objects without thread, clock, device, file or print."""

if __name__ != "soundspot.core":
    # One file under two names would give numba two caches of the same kernel.
    raise ImportError(
        f"imported as {__name__!r}: want soundspot.core; install soundspot and import it by that name"
    )
