"""Files that a reader never finds half written, and that are not each other."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG

from ..core.errors import OptionError, SinkError


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


def keep_apart(source: str, outputs: Mapping[str, str | None]) -> None:
    """Hold what is written, by the option that names it, against the `source` and against each other; None
    and - are no files. Raises OptionError for one file under two names: what it holds would be lost."""
    names = {file_at(source): f"SOURCE {source}"}
    for option, path in outputs.items():
        file = None if path is None or path == "-" else file_at(path)
        if file is None:
            continue
        if file in names:
            raise OptionError(f"{option}={path}: the same file as {names[file]}; want another name")
        names[file] = f"{option}={path}"


def file_at(path: str) -> object:
    """What tells a file from all others, also one that is yet to come; None for a pipe or a device."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return os.path.realpath(path)
    return (status.st_dev, status.st_ino) if S_ISREG(status.st_mode) else None
