"""Crew: the `with` block that owns threads."""

import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from .ring import Ring


class Crew:
    """Threads that begin and end within a `with` block.

    `stop` is set when the block is left or a thread fails: threads look at it and end. Leaving joins every
    thread and raises the first error, with its thread's name as a note, unless the block itself failed.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._rings: list[Ring[Any]] = []
        self._errors: list[BaseException] = []

    def __enter__(self) -> "Crew":
        return self

    def start(self, name: str, work: Callable[[], None], *rings: Ring[Any]) -> None:
        """Run `work` in a thread of that name; the rings that it feeds, or reads, are closed when it ends.

        An error in one thread sets `stop` and closes the rings of all with that error.
        """
        self._rings.extend(rings)
        thread = threading.Thread(target=self._run, args=(name, work, rings), name=name)
        self._threads.append(thread)
        thread.start()

    def _run(self, name: str, work: Callable[[], None], rings: Iterable[Ring[Any]]) -> None:
        try:
            work()
        except BaseException as error:  # whatever it is, it must reach the block's owner
            error.add_note(f"in thread {name!r}")
            self._errors.append(error)
            self.stop.set()
            self._close_rings(error)
        finally:
            for ring in rings:
                ring.close()

    def _close_rings(self, error: BaseException | None) -> None:
        for ring in self._rings:
            ring.close(error)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop.set()
        self._close_rings(None)
        for thread in self._threads:
            thread.join()
        # an error that came through a ring is already on its way; so is the block's own
        if self._errors and error is None:
            raise self._errors[0]
