"""nightlatch's own ledger, judged again: by the same policy it gives what it gave, by another what that would have."""

from pathlib import Path
from typing import Any

import pytest
from tests.ledger.samples import SECOND, SITE, T0, a_decision, a_session, an_event, logout
from tests.replay.made import policy

from nightlatch.ledger.writer import open_writer
from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.ledger_file import read_ledger
from nightlatch.replay.readers.sniff import read_capture
from nightlatch.replay.readers.views import Views
from nightlatch.replay.replaying import replay
from nightlatch.replay.session_key import SessionKey
from nightlatch.replay.timeline import timeline

POLICY = '[session]\nidle = "15m"\n[activity]\npassive = [{ path = "/poll" }]\n'


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Ten minutes of alice, a prefetch, a poll, a logout and the old cookie again; a stranger; a fault."""
    writer = open_writer(tmp_path / "ledger.db")
    writer.policy("made", "v1", POLICY, T0)
    writer.create(a_session("s1"), b"f1", [])
    log = [
        a_decision("d0", at=T0),
        a_decision("d1", at=T0 + 300 * SECOND, path="/next", activity=False),
        a_decision("d2", at=T0 + 310 * SECOND, path="/poll", activity=False),
        a_decision("d3", at=T0 + 600 * SECOND, method="POST", path="/save"),
        a_decision("d4", None, at=T0 + 601 * SECOND, verdict="login", reason="no_credential", activity=False),
        a_decision("d5", None, at=T0 + 602 * SECOND, verdict="error", reason="ledger", activity=False),
        a_decision("d6", at=T0 + 700 * SECOND, verdict="refused", reason="logout", activity=False),
    ]
    writer.log(log)
    writer.end("s1", logout(T0 + 650 * SECOND), an_event())
    writer.close()
    return tmp_path / "ledger.db"


def _judged(path: Path, idle: float) -> Any:
    times = timeline([read_capture(path)])
    document: Any = replay(times, [policy(idle, None, passive="/poll")], SessionKey("address"))
    return document


def test_by_the_same_limits_it_gives_what_the_guard_gave(ledger: Path) -> None:
    told = _judged(ledger, 900)
    counts = {name: count for name, count in told["policies"][0]["verdicts"].items() if count}
    assert counts == {"allow": 4, "login": 1, "refused": 1}
    assert told["capture"]["skipped"] == [{"at": "decision d5", "why": "the guard could not judge it"}]


def test_by_tighter_limits_what_those_would_have(ledger: Path) -> None:
    told = _judged(ledger, 600)["policies"][0]
    assert (told["verdicts"]["expired"], told["lost_writes"], told["relogins"]) == (1, 1, 1)


def test_what_was_passive_for_a_reason_that_is_not_kept_stays_passive(ledger: Path) -> None:
    """A prefetch after five minutes keeps nobody in, though the path alone would count."""
    routes = {route["route"]: route["activity"] for route in _judged(ledger, 900)["routes"]}
    assert (routes["GET /next"], routes["GET /poll"], routes["GET /"]) == (0, 0, 1)


def test_a_session_that_began_before_the_log_counts_as_active_then(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    writer = open_writer(path)
    old = a_session("s1", T0 - 7200 * SECOND, reauthenticated_at=T0 + 50 * SECOND)
    writer.create(old, b"f1", [])
    writer.log([a_decision("d0", at=T0), a_decision("d1", at=T0 + 60 * SECOND)])
    writer.close()
    first, second = (each.recorded.session for each in read_ledger(path, Views()).exchanges if each.recorded)
    assert first is not None
    assert second is not None
    assert (first.last_active_at, first.gap, first.authenticated_at) == (T0, 0, T0 - 7200 * SECOND)
    assert (first.reauthenticated_at, second.reauthenticated_at) == (None, T0 + 50 * SECOND)
    assert (second.last_active_at, second.gap) == (T0 + 60 * SECOND, 10 * SECOND)


def test_another_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"SQLite format 3\0" + b"\0" * 100)
    with pytest.raises(CaptureUnreadable, match=r"x\.db: "):
        read_capture(path)


def test_the_site_is_the_origin(ledger: Path) -> None:
    found = read_ledger(ledger, Views()).exchanges
    assert {each.origin for each in found} == {SITE}
    assert {each.request.host for each in found} == {"localhost"}
