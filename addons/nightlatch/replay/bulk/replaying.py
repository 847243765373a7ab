"""A whole replay of logs of any size: files and policies in, the document of `nightlatch.replay/1` out.

The same figures as the replay request by request gives; single decisions are not kept. What routes look like is told by
a sample of the sessions where the log is large.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from nightlatch.core.decide import decide
from nightlatch.core.identity import Anonymous
from nightlatch.core.instants import rfc3339
from nightlatch.core.policy import SECOND, Policy
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Clock, Kind
from nightlatch.replay.attribution import MACHINES, LooksLike
from nightlatch.replay.bulk.events import Events
from nightlatch.replay.bulk.log_files import batches
from nightlatch.replay.bulk.numbers import Numbers
from nightlatch.replay.bulk.partition import Judge, Part
from nightlatch.replay.bulk.sample import Sample, looks_of
from nightlatch.replay.bulk.whole import MOST_HELD, judged
from nightlatch.replay.figures import CLOCKS, VERDICTS
from nightlatch.replay.readers.columns import Columns
from nightlatch.replay.replaying import SCHEMA, Document
from nightlatch.replay.routes import route_of

Progress = Callable[[str, float], None]
"""Is told what is being done, and what share of it is."""


class _Log:
    """The files as they are read, once."""

    def __init__(self, files: Sequence[Path], columns: Columns, by: str, progress: Progress) -> None:
        self._files, self._columns, self._progress = files, columns, progress
        self.numbers, self.sample = Numbers(by), Sample()
        self.nobody: Counter[int] = Counter()
        self.asked: Counter[int] = Counter()
        self.begins: int | None = None
        self.ends = 0

    def read(self) -> Iterator[Events]:
        """The events of one file after the other."""
        for file in self._files:
            for batch in batches(file, self._columns):
                told = self.numbers.numbered(str(file), batch)
                if told.begins is not None and told.ends is not None:
                    self.begins = told.begins if self.begins is None else min(self.begins, told.begins)
                    self.ends = max(self.ends, told.ends)
                self.nobody.update(told.nobody)
                self.asked.update(dict(enumerate(np.bincount(told.events.line).tolist())))
                self.sample.add(told.events)
                self._progress(f"reading {file.name}", batch.share)
                yield told.events


def has_session(files: Sequence[Path], columns: Columns) -> bool:
    """Whether a column of every file tells the session; looks at their beginnings.

    Raises:
        CaptureUnreadable: one of them is no log.
    """
    firsts = (next(batches(file, columns), None) for file in files)
    return all(first is not None and "session" in first.rows.columns for first in firsts)


def bulk_replay(
    files: Sequence[Path],
    policies: Sequence[Policy],
    *,
    columns: Columns,
    by: str = "column",
    relogin: bool = True,
    held: int = MOST_HELD,
    progress: Progress = lambda _what, _share: None,
) -> Document:
    """What each policy would have done to the logs.

    Args:
        files: Parquet, CSV, JSON lines or access logs.
        columns: which column says what, where its name does not tell.
        by: what makes a session, `column` or `address`.
        held: how many events may be kept in memory.

    Raises:
        CaptureUnreadable: one of them is none, or does not tell when a request was made.
    """
    log, looks = _Log(files, columns, by, progress), dict[str, LooksLike]()

    def judges() -> list[Judge]:
        lines = log.numbers.lines
        looks.update(log.sample.looks(lines))
        polls = [looks_of(line, looks) in MACHINES for line in lines]
        return [Judge(policy, lines, log.ends, relogin=relogin, polls=polls) for policy in policies]

    parts = judged(log.read(), judges, held=held, done=lambda share: progress("judging", share))
    requests = sum(log.asked.values()) + sum(log.nobody.values())
    return {
        "schema": SCHEMA,
        "capture": {
            "files": [str(file) for file in files],
            "requests": requests,
            "skipped": [{"at": skip.at, "why": skip.why} for skip in log.numbers.skipped]
            + ([{"at": "", "why": f"{log.numbers.left_out} more"}] if log.numbers.left_out else []),
            "from": rfc3339(log.begins) if log.begins is not None else "",
            "to": rfc3339(log.ends) if log.begins is not None else "",
        },
        "policies": [_figures(policy, part, log) for policy, part in zip(policies, parts, strict=True)],
        "routes": _routes(log, parts[0], looks),
    }


def _figures(policy: Policy, part: Part, log: _Log) -> Document:
    sums, verdicts = part.sums, Counter(part.verdicts)
    for line, count in log.nobody.items():
        verdicts[_of_nobody(policy, log.numbers.lines[line])] += count
    clocks = {Clock.IDLE: sums.by_idle, Clock.ABSOLUTE: sums.by_absolute}
    return {
        "name": policy.name,
        "sessions": sums.generations,
        "verdicts": {str(kind): verdicts[kind] for kind in VERDICTS},
        "expired_by": {str(clock): clocks.get(clock, 0) for clock in CLOCKS},
        "relogins": sums.generations - sums.sessions,
        "lost_writes": sums.lost_writes,
        "kept_alive_by_polling": sums.kept_alive,
        "exposure_seconds": sums.exposure // SECOND,
    }


def _of_nobody(policy: Policy, line: RequestView) -> Kind:
    return decide(Anonymous(), None, policy, line, 0).kind


def _routes(log: _Log, part: Part, looks: dict[str, LooksLike]) -> list[Document]:
    requests, activity, kinds = Counter[str](), Counter[str](), dict[str, str]()
    for code, line in enumerate(log.numbers.lines):
        name = route_of(line)
        requests[name] += log.asked[code] + log.nobody[code]
        activity[name] += int(part.activity[code])
        kinds[name] = str(looks_of(line, looks))
    return [
        {
            "route": name,
            "requests": count,
            "activity": activity[name],
            "passive": count - activity[name],
            "looks_like": kinds[name],
        }
        for name, count in sorted(requests.items(), key=lambda item: (-item[1], item[0]))
    ]
