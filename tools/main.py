"""`soundspot`: turns every ending of a command into at most one line and an exit code.

0 done · 2 refused (a wrong option, an input or output that does not work) · 3 the source broke off, what was
readable is processed · 130 Ctrl-C · 143 SIGTERM · 141 whoever read the output went away.
"""

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

from ..core.errors import SoundspotError, SourceLost
from .stopping import Terminated, raise_terminated

# The stages have threads of their own; libraries that spread each small step over all cores disturb them.
# A 640x480 file took 39 ms of CPU a frame with their threads and 19 without (2 cores of an AMD EPYC).
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")

REFUSED, LOST, INTERRUPTED, BROKEN_PIPE, TERMINATED = 2, 3, 130, 141, 143


def main(words: Sequence[str] | None = None) -> int:
    """The `soundspot` command with `words` as its arguments (default: the process's own); the exit code."""
    words = list(sys.argv[1:] if words is None else words)
    signal.signal(signal.SIGTERM, raise_terminated)
    for name in ONE_THREAD:  # read when numpy and OpenCV are loaded
        os.environ.setdefault(name, "1")
    try:
        # late: it loads numpy, and from here on a Ctrl-C ends without a trace
        from .commands import run_command  # noqa: PLC0415

        code = run_command(words)
        sys.stdout.flush()
        return code
    except SoundspotError as error:
        if isinstance(error.__cause__, BrokenPipeError):
            return reader_gone()
        if "--debug" in words:
            traceback.print_exc()
        print(f"soundspot: {error}", file=sys.stderr)
        return LOST if isinstance(error, SourceLost) else REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except BrokenPipeError:
        return reader_gone()
    except OSError as error:
        if "--debug" in words:
            traceback.print_exc()
        return unwritten(error)


def reader_gone() -> int:
    """The exit code when whoever read the output went away, as `| head` does: no error of ours."""
    forget_output()
    return BROKEN_PIPE


def unwritten(error: OSError) -> int:
    """The exit code, and the one line, when the standard output takes no more, as on a full disk, or when a
    file is refused that nobody has foreseen."""
    forget_output()
    place = "standard output" if error.filename is None else error.filename
    want = "; want another place, or room there" if error.filename is None else ""
    print(f"soundspot: {place}: {error.strerror or error}{want}", file=sys.stderr)
    return REFUSED


def forget_output() -> None:
    """Let what is still buffered go nowhere: the interpreter would complain once more at its exit."""
    with suppress(OSError, AttributeError):  # there may be none, or one that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
