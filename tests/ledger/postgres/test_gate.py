"""What the gate asks the server with every request: one round trip, whatever has happened meanwhile."""

from typing import Any

import pytest
from tests.ledger.samples import T0, a_session, an_event, logout

from nightlatch.core.warp import Segment, Warp
from nightlatch.ledger.opening import open_writer
from nightlatch.ledger.port import Hold, LedgerReader, LedgerWriter
from nightlatch.ledger.postgres.connection import Wire


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one whenever the server is waited for."""
    seen: list[object] = []
    wait = Wire.wait

    def counted(wire: Wire, *rest: Any) -> object:
        seen.append(wire)
        return wait(wire, *rest)

    monkeypatch.setattr(Wire, "wait", counted)
    return seen


def test_what_a_request_needs_is_one_round_trip(
    reader: LedgerReader, writer: LedgerWriter, trips: list[object]
) -> None:
    writer.create(a_session(), b"f1", [])
    writer.attach("s1", b"t1", T0)
    writer.warp(Segment(T0, T0 + 5), an_event())
    trips.clear()
    for asked in range(1, 12):  # until it is prepared, and beyond
        warp, found = reader.look(b"f1")
        assert len(trips) == asked
        assert found is not None and warp == Warp((Segment(T0, T0 + 5),))
    writer.warp(Segment(T0 + 1, T0 + 7), an_event())
    for token in (b"t1", b"t1", b"unwritten"):
        trips.clear()
        warp, session, written = reader.look_for_token(b"f1", token)
        assert len(trips) == 1
        assert session is not None and (written is None) == (token == b"unwritten") and len(warp.segments) == 2
    for ask in (
        lambda: reader.find(b"f1"),
        reader.warp,
        reader.version,
        lambda: reader.changes(0),
        lambda: reader.holds("s1"),
    ):
        trips.clear()
        ask()
        assert len(trips) == 1
    trips.clear()
    reader.still_there()
    reader.process()
    assert trips == []


def test_with_a_session_comes_what_guards_hold_of_it(
    reader: LedgerReader, writer: LedgerWriter, trips: list[object]
) -> None:
    writer.create(a_session(), b"f1", [])
    mine = Hold("x1", "s1", reader.process(), T0 + 2, 60)
    theirs = Hold("x2", "s1", 2**61, T0 + 3, None)
    writer.hold([mine, theirs, Hold("x3", "s2", reader.process(), T0, None)])
    trips.clear()
    _, found = reader.look(b"f1")
    assert found is not None and found.holds is not None and len(trips) == 1
    assert set(found.holds) == {mine, theirs}
    writer.release(["x1", "x2"])
    _, found = reader.look(b"f1")
    assert found is not None and found.holds == ()


def test_another_hands_end_and_warp_are_in_the_very_next_look(reader: LedgerReader, url: str) -> None:
    other = open_writer(url)
    other.create(a_session(), b"f1", [])
    _, before = reader.look(b"f1")
    assert before is not None and before.session.end is None
    other.warp(Segment(T0, T0 + 7), an_event())
    other.end("s1", logout(T0 + 8), an_event())
    warp, after = reader.look(b"f1")
    assert after is not None and after.session.end == logout(T0 + 8) and warp == Warp((Segment(T0, T0 + 7),))
    other.close()
