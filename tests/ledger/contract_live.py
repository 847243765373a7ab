"""What every ledger must know of what is going on now."""

from tests.ledger.opened import Opened
from tests.ledger.samples import OTHER_SITE, SITE, T0, a_decision, a_session, an_event, logout

from nightlatch.ledger.port import LedgerReader, LedgerWriter


class LiveContract(Opened):
    def test_who_was_active_since(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for key, at in (("s1", T0 + 3), ("s2", T0 + 1), ("s3", T0 + 2), ("gone", T0 + 9)):
            writer.create(a_session(key, at), key.encode(), [])
        writer.create(a_session("far", T0 + 5, site=OTHER_SITE), b"far", [])
        writer.end("gone", logout(T0 + 10), an_event())
        assert [session.id for session in reader.active_since(SITE, T0 + 1, 10)] == ["s3", "s1"]
        assert [session.id for session in reader.active_since(SITE, T0, 2)] == ["s2", "s3"]
        assert reader.active_since(SITE, T0 + 3, 10) == []

    def test_who_is_remembered_is_active_like_the_others(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for key, at in (("s1", T0 + 3), ("s2", T0 + 1), ("s3", T0 + 2), ("s4", T0 + 4)):
            writer.create(a_session(key, at, remembered=key in ("s2", "s3")), key.encode(), [])
        assert [session.id for session in reader.active_since(SITE, T0, 3)] == ["s2", "s3", "s1"]

    def test_what_counted_last(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert (reader.last_counted(), reader.last_decision(), reader.decisions_after(0, 9)) == ({}, 0, [])
        writer.log([a_decision("d1"), a_decision("d2"), a_decision("d3", "s2"), a_decision("d4", activity=False)])
        writer.log([a_decision("d5", session=None)])
        assert {key: decision.id for key, decision in reader.last_counted().items()} == {"s1": "d2", "s2": "d3"}
        last = reader.last_decision()
        assert [decision.id for _, decision in reader.decisions_after(last - 2, 9)] == ["d4", "d5"]
        assert [decision.id for _, decision in reader.decisions_after(0, 2)] == ["d1", "d2"]
        assert reader.decisions_after(last, 9) == []
