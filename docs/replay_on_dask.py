"""A replay on a Dask cluster: the log is divided by session, every part is judged where it is, and the sums are added.

    pip install 'nightlatch[bulk]' 'dask[dataframe]' distributed
    python docs/replay_on_dask.py 'logs/*.parquet' --policy strict --workers 4 --parts 16

Parquet with the columns session, at (a timestamp), method and url. With `--scheduler tcp://…` it runs on a cluster that
is there; else on this machine. Prints the figures of `nightlatch replay --bulk --json`, routes left out.
"""

import argparse
import json
from functools import reduce
from typing import Any

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
from dask.distributed import Client, LocalCluster

from nightlatch.core.policy import SECOND, Policy
from nightlatch.core.request import RequestView
from nightlatch.presets import load_policy
from nightlatch.replay.bulk.events import Events
from nightlatch.replay.bulk.partition import Judge, Part, together
from nightlatch.replay.readers.rows import RowReader
from nightlatch.replay.readers.views import Views

LINE = ["method", "url"]


def read(files: str) -> Any:
    """The log, its queries cut off, every row with its place: the order in which ties are judged."""
    log = dd.read_parquet(files, columns=["session", "at", *LINE])
    log["url"] = log["url"].str.replace(r"[?#].*", "", regex=True)
    log["at"] = log["at"].astype("datetime64[us, UTC]").astype("int64")
    return log.map_partitions(_placed, meta=_placed(log._meta, {"number": 0}))


def _placed(rows: pd.DataFrame, partition_info: dict[str, int] | None = None) -> pd.DataFrame:
    number = partition_info["number"] if partition_info else 0
    return rows.assign(place=(number << 32) + np.arange(len(rows)))


def views(lines: pd.DataFrame) -> list[RequestView]:
    """The request lines as the engine sees them."""
    reader = RowReader("", Views())
    return [
        reader.exchange(0, {"at": 1, "method": method, "url": url}).request
        for method, url in lines.itertuples(index=False)
    ]


def judged(rows: pd.DataFrame, lines: pd.DataFrame, policy: Policy, ends: int) -> pd.DataFrame:
    """One part, which holds all requests of its sessions."""
    rows = rows.sort_values(["at", "place"]).merge(lines.assign(line=np.arange(len(lines))), on=LINE, how="left")
    session = pd.util.hash_array(rows["session"].astype(str).to_numpy(dtype=object))
    events = Events(session, rows["at"].to_numpy(np.int64), rows["line"].to_numpy(np.uint32))
    return pd.DataFrame({"part": [Judge(policy, views(lines), ends).part(events)]})


def figures(policy: Policy, part: Part) -> dict[str, Any]:
    """The figures as a replay tells them."""
    sums = part.sums
    return {
        "name": policy.name,
        "sessions": sums.generations,
        "verdicts": {str(kind): count for kind, count in part.verdicts.items() if count},
        "expired_by": {"idle": sums.by_idle, "absolute": sums.by_absolute},
        "relogins": sums.generations - sums.sessions,
        "lost_writes": sums.lost_writes,
        "exposure_seconds": sums.exposure // SECOND,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files")
    parser.add_argument("--policy", default="default")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--parts", type=int, default=16)
    parser.add_argument("--scheduler", help="address of a cluster that is there")
    given = parser.parse_args()
    policy = load_policy(given.policy)
    cluster = given.scheduler or LocalCluster(n_workers=given.workers, threads_per_worker=1, dashboard_address=None)
    with Client(cluster), dask.config.set({"dataframe.shuffle.method": "tasks"}):
        log = read(given.files)
        lines, ends = dd.compute(log[LINE].drop_duplicates(), log["at"].max())
        parts = log.shuffle("session", npartitions=given.parts)
        done = parts.map_partitions(judged, lines, policy, int(ends), meta={"part": object}).compute()
    print(json.dumps(figures(policy, reduce(together, done["part"])), indent=2))


if __name__ == "__main__":
    main()
