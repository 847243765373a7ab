"""What goes, and what stays: the rules, on a real ledger."""

from pathlib import Path

import pytest
from tests.ledger.samples import SITE, T0, a_finding, a_session, an_event, logout

from nightlatch.core.policy import DAY, HOUR, Audit
from nightlatch.ledger import retention
from nightlatch.ledger.alerts_port import Place
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.port import LedgerReader, LedgerWriter
from nightlatch.ledger.retention import Gone, apply_retention
from nightlatch.ledger.writer import open_writer

NOW = T0 + 100 * DAY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger that has seen a hundred days, with a session, an event and an alert each."""
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    for day in range(100):
        key, at = f"s{day}", T0 + day * DAY
        writer.create(a_session(key, at, source="cookie", agent="x" * 2000), key.encode(), [])
        writer.end(key, logout(at + 1), an_event(at=at + 1))
        writer.raise_alert(a_finding(key, at), "alert", "v1")
    writer.close_alerts(NOW)
    writer.note_places([Place(SITE, f"who{day}", "10.0.0.0/24", T0 + day * DAY) for day in range(100)])
    writer.close()
    return path


def left(reader: LedgerReader) -> tuple[int, int]:
    return len(reader.sessions()), len(reader.alerts())


def test_what_is_older_goes_in_steps_and_the_rest_is_proven(
    reader: LedgerReader, writer: LedgerWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 7)
    gone = apply_retention(reader, writer, Audit(10 * DAY, 30 * DAY), NOW, "v1")
    assert (gone.sessions, gone.alerts) == (70, 70) and gone.events > 80
    assert left(reader) == (30, 30) and verify_chain(reader) is None
    assert all((found := reader.find(b"s%d" % day)) and found.session.end for day in range(100))


def test_without_a_limit_only_places_go(reader: LedgerReader, writer: LedgerWriter) -> None:
    assert apply_retention(reader, writer, Audit(), NOW, "v1")[:3] == (0, 0, 0)
    assert left(reader) == (100, 100)
    seen = [day for day in range(100) if reader.places(SITE, f"who{day}", 0)]
    assert seen == list(range(69, 100))


def test_a_session_is_known_for_a_day_after_its_end(reader: LedgerReader, writer: LedgerWriter) -> None:
    assert apply_retention(reader, writer, Audit(HOUR, HOUR), NOW - DAY + 2 * HOUR, "v1").sessions == 99
    assert [session.id for session in reader.sessions()] == ["s99"]


def test_space_goes_back_but_for_what_will_be_used_again(
    reader: LedgerReader, writer: LedgerWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reader.space()
    gone = apply_retention(reader, writer, Audit(DAY, DAY), NOW, "v1")
    space = reader.space()
    assert gone.bytes == before.bytes - space.bytes > 100_000
    assert 0 < space.free <= space.bytes / 8 + 4096
    assert retention.give_back(reader, writer, 0) == space.free
    assert reader.space().free == 0


def test_a_second_time_there_is_nothing_to_do(reader: LedgerReader, writer: LedgerWriter) -> None:
    apply_retention(reader, writer, Audit(DAY, DAY), NOW, "v1", reserve=False)
    assert apply_retention(reader, writer, Audit(DAY, DAY), NOW, "v1", reserve=False) == Gone()
