"""Jobs over the cores: processes, a bar with the time left, and an end that keeps what is done."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.synchronize import Event as SharedEvent
from threading import Event
from typing import Any, Protocol

import cv2
from tqdm import tqdm

from ...core.errors import SoundspotError
from ...core.rehearsal import warm_up
from .answers import Interrupted

GLANCE = 0.2  # s between two looks at the stop event
GRACE = 1.0  # s that a process has to end by itself
BAR = "{desc} {percentage:3.0f}% |{bar}| [{elapsed}<{remaining}]"


class Job(Protocol):
    """A piece of work that another process can do."""

    @property
    def cost(self) -> float:
        """About how long it takes, in s of the medium: for the time left."""

    def work(self, stopped: Callable[[], bool]) -> Any:
        """Do it. Raises Interrupted once `stopped`."""


_stop: SharedEvent | None = None  # of this worker process


def run_jobs(jobs: Sequence[Job], workers: int, stop: Event, title: str, quiet: bool = False) -> list[Any]:
    """Every job's result, or the SoundspotError that it raised, in the jobs' order; after `stop` those that
    were done by then. Raises SoundspotError when a process dies."""
    done: dict[int, Any] = {}
    bar = tqdm(
        total=sum(job.cost for job in jobs), desc=title, bar_format=BAR, disable=True if quiet else None
    )
    with bar:
        for number, result in results(jobs, workers, stop):
            done[number] = result
            bar.update(jobs[number].cost)
    return [done[number] for number in sorted(done)]


def results(jobs: Sequence[Job], workers: int, stop: Event) -> Iterator[tuple[int, Any]]:
    """Number and result of each job as it ends, costly ones first: they would else run alone at the end."""
    if not jobs or stop.is_set():
        return
    # a fork would copy the locks of numba's and OpenCV's threads
    context = multiprocessing.get_context("spawn")
    asked = context.Event()
    order = sorted(range(len(jobs)), key=lambda number: -jobs[number].cost)
    with ProcessPoolExecutor(min(workers, len(jobs)), context, prepare, (asked,)) as pool:
        with signals_held():
            running = {pool.submit(carry_out, jobs[number]): number for number in order}
        try:
            yield from as_they_end(running, stop)
        except BrokenProcessPool as error:
            if stop.wait(GRACE):  # the whole group was told to end
                return
            raise SoundspotError(
                f"jobs={workers}: a process died, for want of memory most likely; want fewer"
            ) from error
        finally:
            # nothing is cancelled: what waits ends as soon as it begins, and leaving the block waits for the
            # pool, as a thread that it left behind would trip over the interpreter's end
            asked.set()
            end_processes(running)


def as_they_end(running: dict[Future[Any], int], stop: Event) -> Iterator[tuple[int, Any]]:
    """Results until all are there or `stop` is set."""
    while running and not stop.is_set():
        ended, _ = wait(running, timeout=GLANCE, return_when=FIRST_COMPLETED)
        for future in ended:
            yield running.pop(future), future.result()


def end_processes(running: Mapping[Future[Any], int]) -> None:
    """Wait a little for the processes to see that they should end; what is deep in a call is terminated."""
    if wait(running, timeout=GRACE).not_done:
        for process in multiprocessing.active_children():
            process.terminate()


@contextmanager
def signals_held() -> Iterator[None]:
    """Processes started within inherit that Ctrl-C is held back: only the parent hears it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def prepare(asked: SharedEvent) -> None:
    """Make a worker process ready: one thread each, kernels read from numba's cache, if it has one."""
    global _stop
    _stop = asked
    cv2.setNumThreads(1)
    warm_up()


def carry_out(job: Job) -> Any:
    """In a worker: the job's result, or what it was refused; None when it was asked to end."""
    if is_stopped():
        return None
    try:
        return job.work(is_stopped)
    except SoundspotError as error:
        return error
    except Interrupted:
        return None


def is_stopped() -> bool:
    """Whether this worker was asked to end, or is the last of its family."""
    parent = multiprocessing.parent_process()
    return (_stop is not None and _stop.is_set()) or (parent is not None and not parent.is_alive())


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
