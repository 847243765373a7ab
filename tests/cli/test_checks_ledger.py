import sqlite3
from contextlib import closing

import pytest
from tests.cli.bench import Bench, nightlatch

from nightlatch_cli.checks import Check, Health
from nightlatch_cli.checks_ledger import check_ledger, check_writable


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
