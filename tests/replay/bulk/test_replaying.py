"""The same document as the replay request by request gives, for logs of every kind."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from scripts.make_log import events, rows, write
from tests.replay.made import policy, rule

from nightlatch.core.policy import OnExpiry
from nightlatch.replay.bulk.replaying import bulk_replay, has_session
from nightlatch.replay.readers.sniff import read_capture
from nightlatch.replay.replaying import replay
from nightlatch.replay.session_key import SessionKey
from nightlatch.replay.timeline import timeline

AGAIN: dict[str, Any] = {"on_expiry": OnExpiry.REAUTHENTICATE, "own_absolute": True}
POLICIES = [
    policy(900, 7200, rule("admin", "/admin/**", 300, 1800), rule("page", "/page/1", public=True), passive="/api/**"),
    policy(1800, 28800, rule("admin", "/admin/**", 300, 1800, **AGAIN)),
]


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl", "log"])
def test_every_kind_of_log_gives_what_the_engine_gives(tmp_path: Path, suffix: str) -> None:
    file, columns = tmp_path / f"log.{suffix}", {"session": "user"} if suffix == "log" else {}
    write(_somebody_missing(rows(events(4_000))), file)
    if suffix != "parquet":
        file.write_bytes(file.read_bytes() + b"garbage\n")
    told: Any = bulk_replay([file], POLICIES, columns=columns)
    wanted: Any = replay(timeline([read_capture(file, columns=columns)]), POLICIES, SessionKey("column"))
    skipped = wanted["capture"]["skipped"]
    assert told["policies"] == wanted["policies"]
    assert told["routes"] == wanted["routes"]
    assert {**told["capture"], "skipped": 0} == {**wanted["capture"], "skipped": 0}
    assert [skip["at"] for skip in told["capture"]["skipped"]] == [f"{file}: {skip['at']}" for skip in skipped]


def _somebody_missing(table: pl.DataFrame) -> pl.DataFrame:
    """Every hundredth row is nobody's."""
    return table.with_columns(session=pl.when(pl.int_range(pl.len()) % 100 == 7).then(pl.lit("-")).otherwise("session"))


def test_several_files_are_one_log_and_progress_is_told(tmp_path: Path) -> None:
    table = rows(events(2_000))
    write(table[1000:], tmp_path / "b.csv")
    write(table[:1000], tmp_path / "a.parquet")
    write(table, tmp_path / "all.csv")
    told = list[tuple[str, float]]()
    files = [tmp_path / "b.csv", tmp_path / "a.parquet"]
    both = bulk_replay(files, POLICIES, columns={}, progress=lambda what, share: told.append((what, share)))
    assert both["policies"] == bulk_replay([tmp_path / "all.csv"], POLICIES, columns={}, held=100)["policies"]
    assert told[-1] == ("judging", 1.0)
    assert ("reading b.csv", 1.0) in told


def test_whether_a_column_tells_the_session(tmp_path: Path) -> None:
    for name, content in (("a", b"time,session\n1704099600,x\n"), ("b", b"time,url\n1704099600,/\n")):
        (tmp_path / name).write_bytes(content)
    assert has_session([tmp_path / "a"], {})
    assert not has_session([tmp_path / "a", tmp_path / "b"], {})
