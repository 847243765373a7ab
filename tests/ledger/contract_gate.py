"""What the gate asks with every request, of any ledger: one question tells what several would."""

from tests.ledger.opened import Opened
from tests.ledger.samples import T0, a_session, an_event, logout

from nightlatch.core.events import EventType
from nightlatch.core.warp import Segment, Warp
from nightlatch.ledger.port import Found, LedgerReader, LedgerWriter


def plain(found: Found | None) -> Found | None:
    """Without what some ledgers tell with it that `find` does not."""
    return found and found._replace(holds=None)


def plain_look(reader: LedgerReader, mark: bytes) -> tuple[Warp, Found | None]:
    warp, found = reader.look(mark)
    return warp, plain(found)


class GateContract(Opened):
    """Nothing but the port is used here."""

    def test_one_question_tells_the_warp_and_the_session(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert reader.look(b"f1") == (Warp(), None)
        writer.create(a_session("s1"), b"f1", [])
        assert plain_look(reader, b"f1") == (Warp(), reader.find(b"f1"))
        writer.warp(one := Segment(T0, T0 + 60), an_event(EventType.CLOCK_WARPED))
        for mark in (b"f1", b"none"):
            assert plain_look(reader, mark) == (Warp((one,)), reader.find(mark))
            assert reader.look(mark)[0] is reader.warp()
        writer.end("s1", end := logout(T0 + 1), an_event(EventType.SESSION_ENDED))
        warp, found = reader.look(b"f1")
        assert found is not None and (warp, found.session.end) == (Warp((one,)), end)
        writer.reset(T0 + 70, an_event(EventType.CLOCK_WARPED, T0 + 70))
        assert plain_look(reader, b"f1") == (Warp(), reader.find(b"f1"))

    def test_one_question_tells_a_tokens_session_and_whether_it_is_written_down(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        assert reader.look_for_token(b"place", b"t1") == (Warp(), None, None)
        writer.create(a_session("s1"), b"place", [])
        writer.warp(one := Segment(T0, T0 + 60), an_event(EventType.CLOCK_WARPED))
        warp, session, token = reader.look_for_token(b"place", b"t1")
        assert (warp, plain(session), token) == (Warp((one,)), reader.find(b"place"), None)
        writer.attach("s1", b"t1", T0 + 2)
        warp, session, token = reader.look_for_token(b"place", b"t1")
        assert (warp, plain(session), plain(token)) == (Warp((one,)), reader.find(b"place"), reader.find(b"t1"))
        assert warp is reader.warp()
        assert plain(reader.look_for_token(b"elsewhere", b"t1")[2]) == reader.find(b"t1")
        writer.end("s1", end := logout(T0 + 3), an_event(EventType.SESSION_ENDED))
        _, session, token = reader.look_for_token(b"place", b"t1")
        assert session is not None and token is not None and session.session.end == token.session.end == end

    def test_a_tokens_session_that_was_forgotten_is_still_told(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        writer.create(a_session("s1", source="bearer"), b"place", [])
        writer.attach("s1", b"t1", T0)
        writer.end("s1", logout(T0 + 3), an_event(EventType.SESSION_ENDED))
        writer.forget_sessions(T0 + 4, 10)
        writer.create(a_session("s2", T0 + 9, source="bearer"), b"later", [])
        for place in (b"place", b"later"):
            _, session, token = reader.look_for_token(place, b"t1")
            assert plain(session) == reader.find(place)
            assert token is not None and token == reader.find(b"t1") and token.session.id == "s1"
