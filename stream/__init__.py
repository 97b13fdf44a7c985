"""Everything that waits or touches the world: sources, rings, threads, sinks."""

if __name__ != "soundspot.stream":
    raise ImportError(
        f"imported as {__name__!r}: want soundspot.stream; install soundspot and import it by that name"
    )
