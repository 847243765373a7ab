"""What every ledger must do with sessions, their credentials and their ends."""

import pytest
from tests.ledger.opened import Opened
from tests.ledger.samples import (
    OTHER_SITE,
    SITE,
    T0,
    a_session,
    an_event,
    logout,
    timeout,
)

from nightlatch.core.events import Event, EventType
from nightlatch.core.session import End, State, ended
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.port import Credential, Found, LedgerReader, LedgerWriter, Touch


class SessionContract(Opened):
    """Nothing but the port is used here."""

    @pytest.mark.parametrize("remembered", [False, True])
    def test_whether_it_is_remembered_comes_back_whatever_else_there_is(
        self, reader: LedgerReader, writer: LedgerWriter, remembered: bool
    ) -> None:
        session = a_session(remembered=remembered)
        writer.create(session, b"f1", [])
        assert reader.session("s1") == session
        writer.order_expiry("s1", "next-write")
        assert reader.session("s1") == session._replace(expire_when="next-write")
        writer.end("s1", timeout(T0 + 9), an_event())
        found = reader.session("s1")
        assert found is not None and (found.remembered, found.end) == (remembered, timeout(T0 + 9))

    def test_a_session_comes_back_as_it_was_given(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        session = a_session(
            groups=("admins", "päpste"),
            amr=("pwd", "otp"),
            acr="aal2",
            email="a@b.example",
            network="10.0.0.0/24",
            agent="Firefox",
        )
        assert writer.create(session, b"f1", [])
        assert reader.find(b"f1") == Found(session, Credential(b"f1", "s1", T0))
        assert reader.session("s1") == session

    def test_what_is_unknown_is_none(self, reader: LedgerReader) -> None:
        assert reader.find(b"f1") is None
        assert reader.session("s1") is None
        assert reader.decision("d1") is None
        assert not list(reader.events())
        assert not list(reader.sessions())
        assert not list(reader.guards())

    def test_a_known_fingerprint_makes_no_second_session(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert writer.create(a_session("s1"), b"f1", [an_event()])
        assert not writer.create(a_session("s2"), b"f1", [an_event(session="s2")])
        assert [session.id for session in reader.sessions()] == ["s1"]
        assert len(list(reader.events())) == 1

    def test_reissue_moves_only_the_fingerprint_of_an_ended_session(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        writer.create(a_session("s1"), b"f1", [])
        assert not writer.create(a_session("s2"), b"f1", [], reissue=True)
        writer.end("s1", logout(T0 + 1), an_event())
        assert not writer.create(a_session("s2"), b"f1", [])
        assert writer.create(a_session("s2", T0 + 2), b"f1", [], reissue=True)
        assert reader.find(b"f1") == Found(a_session("s2", T0 + 2), Credential(b"f1", "s2", T0 + 2))

    def test_a_further_credential_leads_to_the_same_session(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.create(a_session("s1"), b"f1", [])
        assert writer.attach("s1", b"f2", T0 + 5, an_event())
        assert reader.find(b"f2") == Found(a_session("s1"), Credential(b"f2", "s1", T0 + 5))
        assert reader.find(b"f1") == Found(a_session("s1"), Credential(b"f1", "s1", T0))
        assert not writer.attach("s1", b"f1", T0 + 6, an_event())
        writer.end("s1", logout(T0 + 7), an_event())
        assert not writer.attach("s1", b"f3", T0 + 8, an_event())
        assert reader.find(b"f3") is None

    @pytest.mark.parametrize(("end", "state"), [(logout(T0 + 9), State.ENDED), (timeout(T0 + 9), State.EXPIRED)])
    def test_an_end_is_recorded_with_its_reason(
        self, reader: LedgerReader, writer: LedgerWriter, end: End, state: State
    ) -> None:
        writer.create(a_session(), b"f1", [])
        assert writer.end("s1", end, an_event(EventType.SESSION_ENDED))
        assert reader.session("s1") == ended(a_session(), end)
        assert [session.id for session in reader.sessions(state=state)] == ["s1"]

    def test_the_first_end_is_for_ever(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.create(a_session(), b"f1", [])
        writer.end("s1", logout(T0 + 9), an_event())
        after = reader.find(b"f1")
        assert not writer.end("s1", timeout(T0 + 1), an_event())
        writer.touch([Touch("s1", T0 + 99, 50, T0 + 49)])
        assert not writer.rotate("s1", b"f1", b"f2", T0 + 10, T0 + 20, an_event())
        assert not writer.reauthenticate("s1", b"f1", b"f2", T0 + 10, [an_event()])
        assert not writer.reauthenticate("s1", b"f1", b"f1", T0 + 10, [an_event()])
        assert writer.end_all(None, End(T0 + 11, "admin"), "v1") == 0
        assert reader.find(b"f1") == after
        assert reader.find(b"f2") is None
        assert len(list(reader.events())) == 1

    def test_several_end_at_once_those_that_live_with_an_event_each(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        for key in ("s1", "s2", "s3"):
            writer.create(a_session(key), key.encode(), [])
        writer.end("s2", logout(T0 + 1), an_event(session="s2"))
        each = [(key, timeout(T0 + 9), an_event(session=key)) for key in ("s1", "s2", "s3", "s4")]
        assert writer.end_each(each) == 2
        ends = {session.id: session.end for session in reader.sessions()}
        assert ends == {"s1": timeout(T0 + 9), "s2": logout(T0 + 1), "s3": timeout(T0 + 9)}
        assert [chained.event.session for chained in reader.events()] == ["s2", "s1", "s3"]

    def test_nobody_can_end_what_does_not_exist(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert not writer.end("nobody", logout(T0), an_event())
        assert list(reader.events()) == []

    def test_all_sessions_of_one_site_end_with_an_event_each(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.create(a_session("s1", network="10.0.0.0/24", agent="Firefox"), b"f1", [])
        writer.create(a_session("s2"), b"f2", [])
        writer.create(a_session("s3", site=OTHER_SITE), b"f3", [])
        assert writer.end_all(SITE, End(T0 + 5, "policy"), "v2") == 2
        assert {session.id: session.end for session in reader.sessions()} == {
            **dict.fromkeys(("s1", "s2"), End(T0 + 5, "policy")),
            "s3": None,
        }
        detail = {"reason": "policy"}
        assert next(iter(reader.events(session="s1"))).event == Event(
            EventType.SESSION_ENDED, T0 + 5, "s1", "alice", "10.0.0.0/24", "Firefox", "v2", detail
        )
        assert writer.end_all(None, End(T0 + 6, "admin"), "v2") == 1
        assert verify_chain(reader) is None
