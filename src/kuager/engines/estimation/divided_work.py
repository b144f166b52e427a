"""Do the parts of a long task side by side, with one progress, one checkpoint and one interruption."""

import json
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TypeAlias
from zlib import crc32

import numpy as np

from kuager.core.errors import KuagerError
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.running import Checkpoint, Progress

# What follows this in the name of a part is not shown.
HIDDEN = "\0"

Task: TypeAlias = Callable[[Request], Estimate]


class InterruptedWorkError(KuagerError):
    """Another part of the same work was interrupted; this one stops too."""


def run_parts(
    tasks: Mapping[str, Task], request: Request, *, workers: int | None = None
) -> dict[str, Estimate | KuagerError]:
    """Run every task with a request of its own; a task that cannot answer gives its error.

    Parameters
    ----------
    tasks : mapping
        Name to what is done. The seed of a task comes from its name, so that neither the number of workers
        nor the other tasks change its answer.
    request : Request
        What is asked; its progress is told the state of all parts together.
    workers : int, optional
        Threads; unknown means one for each core.

    """
    progress = _SharedProgress(request.progress, len(tasks))
    checkpoint = None if request.checkpoint is None else _DividedCheckpoint(request.checkpoint)
    requests = {
        name: replace(
            request,
            seed=seed_of(request.seed, name),
            progress=progress.part(name),
            checkpoint=None if checkpoint is None else checkpoint.part(name),
        )
        for name in tasks
    }

    def run(name: str) -> Estimate | KuagerError:
        try:
            return tasks[name](requests[name])
        except InterruptedWorkError:
            raise
        except KuagerError as error:
            return error
        finally:
            progress.finish(name)

    threads = min(workers or os.cpu_count() or 1, len(tasks))
    if threads < 2:
        return {name: run(name) for name in tasks}
    return _in_threads(list(tasks), run, progress, threads)


def seed_of(seed: int, name: str) -> int:
    """Give each part its own seed, so that parts with equal tables do not draw the same numbers."""
    return int(np.random.SeedSequence([seed, crc32(name.encode())]).generate_state(1)[0])


def _in_threads(
    names: list[str],
    run: Callable[[str], Estimate | KuagerError],
    progress: "_SharedProgress",
    threads: int,
) -> dict[str, Estimate | KuagerError]:
    with ThreadPoolExecutor(threads) as executor:
        futures = {name: executor.submit(run, name) for name in names}
        try:
            wait(futures.values(), return_when=FIRST_EXCEPTION)
            return {name: future.result() for name, future in futures.items()}
        finally:
            progress.stop()
            executor.shutdown(wait=True, cancel_futures=True)


class _SharedProgress:
    """Adds up how far the parts are. After ``stop`` each part is interrupted when it next reports."""

    def __init__(self, report: Progress, parts: int) -> None:
        self._report, self._parts = report, max(parts, 1)
        self._done: dict[str, float] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def part(self, name: str) -> Progress:
        """Make the progress of one part."""
        label = name.partition(HIDDEN)[0] or "all together"

        def report(what: str, done: float) -> None:
            if self._stopped.is_set():
                raise InterruptedWorkError("the work was interrupted")
            with self._lock:
                self._done[name] = max(done, self._done.get(name, 0.0))
                share = sum(self._done.values()) / self._parts
            self._report(f"{label}: {what}", min(share, 1.0))

        return report

    def finish(self, name: str) -> None:
        """Count a part as done."""
        with self._lock:
            self._done[name] = 1.0

    def stop(self) -> None:
        """Interrupt what still runs."""
        self._stopped.set()


class _DividedCheckpoint:
    """One checkpoint that holds those of all parts: a line with their names and lengths, then their bytes."""

    def __init__(self, whole: Checkpoint) -> None:
        self._whole = whole
        self._lock = threading.Lock()
        self._states = _read_states(whole.load())

    def part(self, name: str) -> Checkpoint:
        """Make the checkpoint of one part."""
        return _PartCheckpoint(self, name)

    def load(self, name: str) -> bytes | None:
        with self._lock:
            return self._states.get(name)

    def save(self, name: str, state: bytes) -> None:
        with self._lock:
            self._states[name] = state
            lengths = {part: len(value) for part, value in self._states.items()}
            head = json.dumps({"parts": lengths}).encode()
            self._whole.save(b"\n".join([head, b"".join(self._states.values())]))


class _PartCheckpoint:
    def __init__(self, divided: _DividedCheckpoint, name: str) -> None:
        self._divided, self._name = divided, name

    def load(self) -> bytes | None:
        """Give back what this part saved last."""
        return self._divided.load(self._name)

    def save(self, state: bytes) -> None:
        """Keep the state of this part."""
        self._divided.save(self._name, state)


def _read_states(whole: bytes | None) -> dict[str, bytes]:
    """Read what was saved; anything else than our own form was made for another purpose and is not used."""
    head, _, rest = (whole or b"").partition(b"\n")
    try:
        lengths = {str(name): int(length) for name, length in json.loads(head)["parts"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    if sum(lengths.values()) != len(rest) or min(lengths.values(), default=0) < 0:
        return {}
    ends = np.cumsum(list(lengths.values()), dtype=np.int64).tolist()
    return {name: rest[end - length : end] for (name, length), end in zip(lengths.items(), ends, strict=True)}
