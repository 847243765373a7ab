"""Makes a large log of made-up traffic, always the same: people who click, pause and come back, and a page that polls.

    python -m scripts.make_log events.parquet --events 10000000

The suffix tells the format: .parquet, .csv or .jsonl (columns `session`, `at`, `method`, `url`), or .log (Combined Log
Format, the session as the user).
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl

START = 1_735_689_600_000_000
SECOND = 1_000_000
DAYS = 5
EVENTS_A_SESSION = 50
ROUTES = 300


def events(count: int, seed: int = 1) -> pl.DataFrame:
    """`count` requests in order of time: `session` (a number), `at` (microseconds), `route` (a number), `write`."""
    random = np.random.default_rng(seed)
    session = np.sort(random.integers(0, max(1, count // EVENTS_A_SESSION), count))
    pauses = np.where(random.random(count) < 0.04, random.exponential(3600, count), random.exponential(45, count))
    since = np.cumsum(pauses)
    first = np.flatnonzero(np.diff(session, prepend=-1))
    begins = random.random(len(first)) * DAYS * 86_400
    lengths = np.diff(np.append(first, count))
    at = START + ((since - np.repeat(since[first] - begins, lengths)) * SECOND).astype(np.int64)
    route = np.where(random.random(count) < 0.2, 0, random.zipf(1.3, count) % ROUTES)
    made = pl.DataFrame({"session": session, "at": at, "route": route, "write": random.random(count) < 0.05})
    return made.sort("at", "session")


def rows(made: pl.DataFrame) -> pl.DataFrame:
    """The same as a log has it."""
    poll = pl.when(pl.col("route") == 0).then(pl.lit("/api/poll"))
    path = poll.when(pl.col("route") % 20 == 1).then(pl.format("/admin/{}", "route"))
    return made.select(
        session=pl.format("s{}", "session"),
        at=pl.col("at").cast(pl.Datetime("us", "UTC")),
        method=pl.when("write").then(pl.lit("POST")).otherwise(pl.lit("GET")),
        url=path.otherwise(pl.format("/page/{}", "route")),
    )


def write(table: pl.DataFrame, file: Path) -> None:
    """Write `table` in the format of the suffix."""
    if file.suffix == ".parquet":
        table.write_parquet(file, row_group_size=1 << 20)
    elif file.suffix == ".csv":
        table.write_csv(file)
    elif file.suffix == ".jsonl":
        table.write_ndjson(file)
    else:
        told = pl.col("at").dt.strftime("%d/%b/%Y:%H:%M:%S +0000")
        line = pl.format('192.0.2.1 - {} [{}] "{} {} HTTP/1.1" 200 1024 "-" "-"', "session", told, "method", "url")
        file.write_text("\n".join(table.select(line=line)["line"]) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/make_log.py", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--events", type=int, default=10_000_000)
    given = parser.parse_args()
    write(rows(events(given.events)), given.file)


if __name__ == "__main__":
    main()
