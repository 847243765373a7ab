"""`[concurrency]` holds for `nightlatch login` as it does for the login page (tests/proxy/test_crowd.py)."""

import json
import os

import pytest
from tests.cli.bench import LONG_AGO, Bench, nightlatch

from nightlatch.clock import wall_now
from nightlatch.core.policy import MINUTE
from nightlatch.core.session import Session, State
from nightlatch.ledger.port import Hold
from nightlatch.ledger.writer import open_writer
from nightlatch_cli.login_crowd import HINT

IDLE = '[session]\nidle = "30m"\n'


def _limit(bench: Bench, text: str) -> None:
    bench.load_policy(f"{IDLE}[concurrency]\n{text}", "crowded")
    bench.announce(version="f" * 12)


def _live(bench: Bench) -> list[Session]:
    with bench.asked() as reader:
        return list(reader.sessions(state=State.ACTIVE))


@pytest.fixture
def refusing(bench: Bench) -> Bench:
    """One session a person, and no other in its place."""
    _limit(bench, 'max = 1\nthen = "refuse"')
    return bench


def test_one_session_too_many_is_refused(refusing: Bench) -> None:
    there = refusing.session(subject="ada")
    result = nightlatch("login", "--user", "ada")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "ada has a live session already, and the policy crowded allows no more" in result.stderr
    assert HINT in result.stderr and _live(refusing) == [there]
    failed = refusing.trail()[-1]
    assert (str(failed.type), failed.detail) == ("login.failed", {"login": "dev", "reason": "too_many_sessions"})
    assert nightlatch("login", "--user", "bob").exit_code == 0, "only of the same person"


def test_the_oldest_gives_way(bench: Bench) -> None:
    _limit(bench, "max = 2")
    first, second = (bench.session(started_at=wall_now() - ago * MINUTE) for ago in (2, 1))
    third = json.loads(nightlatch("login", "--user", "ada", "--json").stdout)["session"]
    assert {each.id for each in _live(bench)} == {second.id, third}
    ended = bench.trail(first.id)[-1]
    assert (str(ended.type), ended.detail) == ("session.ended", {"reason": "policy"})


def test_what_ran_out_or_is_elsewhere_does_not_count(refusing: Bench) -> None:
    refusing.session(started_at=wall_now() - LONG_AGO)
    refusing.session(site="http://elsewhere")
    assert nightlatch("login", "--user", "ada").exit_code == 0


def test_a_long_export_through_a_guard_counts(refusing: Bench) -> None:
    session = refusing.session(started_at=wall_now() - LONG_AGO)
    writer = open_writer(refusing.path)
    writer.hold([Hold("export", session.id, os.getppid(), session.started_at + 20 * MINUTE, 30 * MINUTE)])
    writer.close()
    assert nightlatch("login", "--user", "ada").exit_code == 1


def test_of_two_at_once_the_later_is_taken_back(refusing: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other's session was not there yet when it was looked how many there are."""
    monkeypatch.setattr("nightlatch_cli.login_crowd.is_full", lambda *_: False)
    there = refusing.session(started_at=wall_now() - MINUTE)
    result = nightlatch("login", "--user", "ada")
    assert (result.exit_code, result.stdout) == (1, "") and _live(refusing) == [there]
