import sqlite3
from contextlib import closing
from typing import Any

import pytest
from tests.cli.bench import Bench, nightlatch

from nightlatch.ledger.port import LedgerReader
from nightlatch.ledger.retention_port import Space
from nightlatch_cli.checks import Check, Health
from nightlatch_cli.checks_ledger import check_ledger, check_space, check_writable


class Spacious:
    """A ledger that takes up so much."""

    def __init__(self, reader: LedgerReader, space: Space) -> None:
        self._reader, self.space = reader, lambda: space

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)


def _checks(bench: Bench) -> dict[str, Check]:
    with bench.asked() as reader:
        return {check.name: check for check in check_ledger(reader, bench.path)}


def test_a_good_ledger_is_good_in_every_way(bench: Bench) -> None:
    bench.session()
    checks = _checks(bench)
    assert {check.health for check in checks.values()} == {Health.OK}
    assert "1 events, 1 active" in checks["ledger"].message


def test_one_that_others_can_read_is_told(bench: Bench) -> None:
    bench.path.chmod(0o644)
    assert _checks(bench)["privacy"].health is Health.WARN


def test_a_changed_event_is_named(bench: Bench) -> None:
    for _ in range(3):
        bench.session(subject="ada")
    with closing(sqlite3.connect(bench.path)) as connection:
        connection.execute("UPDATE events SET payload = replace(payload, 'ada', 'eve') WHERE id = 2")
        connection.commit()
    check = _checks(bench)["audit trail"]
    assert check.health is Health.FAIL and check.message.startswith("event 2 does not fit")


@pytest.mark.parametrize(
    "space", [Space(99 << 20, 98 << 20, True), Space(99 << 20, 1 << 20, False), Space(9, 9, False)]
)
def test_free_space_that_will_be_used_or_goes_back_is_in_order(bench: Bench, space: Space) -> None:
    with bench.asked() as reader:
        assert check_space(Spacious(reader, space)).health is Health.OK


def test_free_space_that_stays_has_a_remedy(bench: Bench) -> None:
    with bench.asked() as reader:
        check = check_space(Spacious(reader, Space(64 << 20, 60 << 20, False)))
    assert check.health is Health.WARN and "--vacuum" in check.message


def test_a_moved_clock_is_told(bench: Bench) -> None:
    assert nightlatch("clock", "advance", "31m").exit_code == 0
    assert nightlatch("clock", "freeze").exit_code == 0
    check = _checks(bench)["clock"]
    assert check.health is Health.WARN and "ahead of wall time, and stands still" in check.message


def test_a_ledger_that_cannot_be_written_fails(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(bench.path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert check_writable(bench.path).health is Health.FAIL
    assert check_writable(bench.path).health is Health.OK
