"""Files that a reader never finds half written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..core.errors import SinkError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name to write to, PATH.part, that becomes PATH when the block ends well and else is removed."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def not_written(option: str, path: Path, error: OSError) -> SinkError:
    """The one line for a file that the `option` named and that the system refused."""
    why = error.strerror or str(error) or type(error).__name__
    return SinkError(f"{option}={path}: {why}; want a file in a folder that can be written")
