"""A log of any size, part by part: what comes in batches is divided by session, on disk where it is too much to hold.

Held are at most `MOST_HELD` events at a time; of a log with more, a 64th for each processor.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from nightlatch.replay.bulk.events import Events
from nightlatch.replay.bulk.partition import Judge, Part, together

MOST_HELD = 16_000_000
A_PART = 1_000_000
"""About so many events are judged at once: few enough for the caches of a processor."""

PARTS_ON_DISK = 64
_RECORD = np.dtype([("session", np.uint64), ("at", np.int64), ("line", np.uint32), ("duration", np.int64)])


def judged(
    batches: Iterable[Events],
    judges: Callable[[], Sequence[Judge]],
    *,
    held: int = MOST_HELD,
    done: Callable[[float], None] | None = None,
) -> list[Part]:
    """All events of a log, in batches in the order of its files, judged; a result a judge.

    Args:
        judges: asked once everything was read.
        held: how many events may be kept in memory.
        done: is told what share is judged, from 0 to 1, time and again.
    """
    kept, count, more = list[Events](), 0, iter(batches)
    for batch in more:
        kept.append(batch)
        count += len(batch.at)
        if count > held:
            return _from_disk(chain(_emptied(kept), more), judges, done)
    parts, whole = max(1, min(255, round(count / A_PART))), joined(kept)
    if parts == 1:
        return _summed(judges(), 1, lambda _: whole, done)
    which = (whole.session % np.uint64(parts)).astype(np.uint8)
    return _summed(judges(), parts, lambda part: whole.take(np.flatnonzero(which == part)), done)


def _emptied(batches: list[Events]) -> Iterator[Events]:
    while batches:
        yield batches.pop(0)


def _from_disk(
    batches: Iterator[Events], judges: Callable[[], Sequence[Judge]], done: Callable[[float], None] | None
) -> list[Part]:
    with TemporaryDirectory(prefix="nightlatch-") as folder:
        files = [Path(folder) / f"{part}" for part in range(PARTS_ON_DISK)]
        timed = _divide(batches, files)
        return _summed(judges(), PARTS_ON_DISK, lambda part: _loaded(files[part], timed), done)


def _divide(batches: Iterator[Events], files: list[Path]) -> bool:
    """Write every event to the file of its session's part; whether any of them tells how long it took."""
    timed = False
    for batch in batches:
        timed = timed or batch.duration is not None
        records = np.empty(len(batch.at), _RECORD)
        records["session"], records["at"], records["line"] = batch.session, batch.at, batch.line
        records["duration"] = 0 if batch.duration is None else batch.duration
        which = (batch.session % np.uint64(PARTS_ON_DISK)).astype(np.uint8)
        records = records[np.argsort(which, kind="stable")]
        edges = np.concatenate(([0], np.cumsum(np.bincount(which, minlength=PARTS_ON_DISK))))
        for file, begin, end in zip(files, edges[:-1], edges[1:], strict=True):
            with file.open("ab") as out:
                records[begin:end].tofile(out)
    return timed


def _loaded(file: Path, timed: bool) -> Events:
    records = np.fromfile(file, _RECORD) if file.exists() else np.empty(0, _RECORD)
    session, at, line = (np.ascontiguousarray(records[name]) for name in ("session", "at", "line"))
    return Events(session, at, line, np.ascontiguousarray(records["duration"]) if timed else None)


def _summed(
    judges: Sequence[Judge], parts: int, load: Callable[[int], Events], done: Callable[[float], None] | None
) -> list[Part]:
    def judged_part(number: int) -> list[Part]:
        events = load(number)
        return [judge.part(events) for judge in judges]

    sums: list[Part] = []
    with ThreadPoolExecutor(min(parts, os.cpu_count() or 1)) as workers:
        for number, results in enumerate(workers.map(judged_part, range(parts)), 1):
            sums = list(map(together, sums, results)) if sums else results
            if done is not None:
                done(number / parts)
    return sums


def joined(batches: list[Events]) -> Events:
    """Several batches as one."""
    if len(batches) == 1:
        return batches[0]
    if not batches:
        return Events(np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.uint32))
    durations = None
    if any(batch.duration is not None for batch in batches):
        durations = np.concatenate(
            [np.zeros(len(each.at), np.int64) if each.duration is None else each.duration for each in batches]
        )
    session, at, line = (np.concatenate([each[column] for each in batches]) for column in range(3))
    return Events(session, at, line, durations)
