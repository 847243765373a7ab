"""What every ledger must do when it is told to forget: an end is for ever all the same (law 5)."""

from typing import Any

import pytest
from tests.ledger.opened import Opened
from tests.ledger.samples import (
    OTHER_SITE,
    SECOND,
    SITE,
    T0,
    a_finding,
    a_session,
    an_event,
    logout,
    timeout,
)

from nightlatch.core.authentication import ProviderSession
from nightlatch.core.policy import DAY
from nightlatch.core.session import End, Session, State
from nightlatch.ledger.alerts_port import Backlog, Delivery, Place
from nightlatch.ledger.port import Found, LedgerReader, LedgerWriter

LATER = T0 + 100 * DAY


def over(writer: LedgerWriter, key: str, end: End, source: str = "cookie", **more: Any) -> Session:
    """A session that began at `T0` with the credential `key`, and ended so."""
    session = a_session(key, source=source, **more)
    assert writer.create(session, key.encode(), [])
    assert writer.end(key, end, an_event(session=key))
    return session


def shadow(session: Session, end: End) -> Session:
    """What a ledger still answers of a session that it forgot."""
    nobody = Session(session.id, session.site, None, session.source, *session[5:6], *session[5:8])
    state = State.EXPIRED if end.clock else State.ENDED
    kept = {name: getattr(session, name) for name in ("gap", "reauthenticated_at", "remembered")}
    return nobody._replace(state=state, end=end, **kept)


class RetentionContract(Opened):
    """Nothing but the port is used here."""

    @pytest.mark.parametrize("source", ["cookie", "bearer", "jwt-cookie", "assertion"])
    @pytest.mark.parametrize("end", [timeout(T0 + 9), logout(T0 + 9)], ids=["expired", "ended"])
    def test_a_credential_that_could_be_taken_over_is_refused_as_before(
        self, reader: LedgerReader, writer: LedgerWriter, source: str, end: End
    ) -> None:
        more = {"gap": 5, "gap_from_at": T0 + 1, "last_active_at": T0 + 6, "reauthenticated_at": T0 + 1}
        session = over(writer, "s1", end, source, remembered=True, groups=("admins",), network="10.0.0.0/24", **more)
        assert writer.forget_sessions(T0 + 10, 9) == 1
        found = reader.find(b"s1")
        assert found is not None and found.session == shadow(session, end)
        assert found.credential.session == "s1"
        assert reader.look(b"s1")[1] == found
        assert (reader.session("s1"), list(reader.match("s")), list(reader.sessions())) == (None, [], [])

    def test_of_own_cookies_nothing_stays(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        over(writer, "s1", timeout(T0 + 9), "nightlatch")
        assert writer.forget_sessions(T0 + 10, 9) == 1
        assert reader.find(b"s1") is None and reader.look(b"s1")[1] is None
        assert reader.session("s1") is None

    def test_what_lives_or_ended_later_stays(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        live = a_session("live")
        writer.create(live, b"live", [])
        over(writer, "s1", logout(T0 + 10))
        over(writer, "s2", logout(T0 + 9))
        assert writer.forget_sessions(T0 + 10, 9) == 1
        assert sorted(each.id for each in reader.sessions()) == ["live", "s1"]
        assert writer.forget_sessions(T0 + 10, 9) == 0
        found = reader.find(b"live")
        assert found is not None and found.session == live

    def test_in_steps_the_earliest_end_first(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for number in (3, 1, 2):
            over(writer, f"s{number}", logout(T0 + number))
        assert [writer.forget_sessions(LATER, 2), writer.forget_sessions(LATER, 0)] == [2, 0]
        assert [each.id for each in reader.sessions()] == ["s3"]
        assert [writer.forget_sessions(LATER, 2), writer.forget_sessions(LATER, 2)] == [1, 0]

    def test_every_value_that_an_application_rotated_stays_refused(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        writer.create(a_session(source="cookie"), b"f1", [])
        writer.rotate("s1", b"f1", b"f2", T0 + 1, T0 + 2, an_event())
        writer.attach("s1", b"f3", T0 + 3)
        writer.end("s1", logout(T0 + DAY), an_event())
        writer.forget_sessions(LATER, 9)
        assert all((found := reader.find(mark)) and found.session.end for mark in (b"f1", b"f2", b"f3"))

    def test_of_tokens_the_session_and_the_last_ones_stay_known(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        writer.create(a_session(source="assertion"), b"person", [])
        for mark, at in ((b"first", T0), (b"between", T0 + SECOND), (b"last", T0 + DAY - SECOND)):
            writer.attach("s1", mark, at)
        writer.end("s1", logout(T0 + DAY), an_event())
        writer.forget_sessions(LATER, 9)
        known = {mark for mark in (b"person", b"first", b"between", b"last") if reader.find(mark) is not None}
        assert known == {b"person", b"first", b"last"}

    def test_a_forgotten_credential_cannot_come_back_as_a_new_one(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        over(writer, "s1", logout(T0 + 9))
        writer.forget_sessions(LATER, 9)
        assert not writer.create(a_session("s2", source="cookie"), b"s1", [])
        writer.create(a_session("s3", source="cookie"), b"s3", [])
        assert not writer.attach("s3", b"s1", T0 + 20)
        assert not writer.rotate("s3", b"s3", b"s1", T0 + 20, T0 + 30, an_event())
        assert [each.id for each in reader.sessions()] == ["s3"]
        found = reader.find(b"s1")
        assert found is not None and found.session.end == logout(T0 + 9)

    def test_reissue_gives_it_to_a_new_session(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        over(writer, "s1", logout(T0 + 9))
        writer.forget_sessions(LATER, 9)
        fresh = a_session("s2", source="cookie")
        assert writer.create(fresh, b"s1", [], reissue=True)
        found = reader.find(b"s1")
        assert found is not None and found.session == fresh
        writer.end("s2", logout(T0 + 20), an_event())
        writer.forget_sessions(LATER, 9)
        assert isinstance(again := reader.find(b"s1"), Found) and again.session.end == logout(T0 + 20)

    def test_what_a_provider_login_was_spent_on_stays_spent(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for key, authenticated in (("s1", T0 - 5), ("s2", T0 - 9)):
            provider = ProviderSession(b"alice", key.encode(), authenticated)
            writer.create(a_session(key), key.encode(), [], provider=provider)
            writer.end(key, logout(T0 + 1), an_event())
            writer.forget_sessions(LATER, 9)
        assert reader.spent(SITE, b"alice") == T0 - 5
        assert reader.spent(OTHER_SITE, b"alice") is reader.spent(SITE, b"bob") is None
        assert reader.provider_session("s1") is None

    def test_what_came_after_counts_beside_what_was_forgotten(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for key, authenticated in (("s1", T0 - 5), ("s2", T0 - 2)):
            provider = ProviderSession(b"alice", None, authenticated)
            writer.create(a_session(key), key.encode(), [], provider=provider)
            writer.end(key, logout(T0 + 1), an_event())
            if key == "s1":
                writer.forget_sessions(LATER, 9)
        assert reader.spent(SITE, b"alice") == T0 - 2

    def test_closed_alerts_go_open_ones_stay(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for number in (1, 2):
            writer.raise_alert(a_finding(f"s{number}", T0 + number), "alert", "v1")
        writer.close_alerts(T0 + DAY)
        writer.raise_alert(a_finding("s3", T0 + DAY), "alert", "v1")
        assert writer.forget_alerts(T0 + 1, 9) == 0
        assert writer.forget_alerts(LATER, 1) == 1
        assert [alert.key for alert in reader.alerts()] == ["s2", "s3"]
        assert [writer.forget_alerts(LATER, 9), writer.forget_alerts(LATER, 9)] == [1, 0]
        assert [alert.key for alert in reader.alerts()] == ["s3"]

    def test_what_a_receiver_would_not_have_goes_with_its_event(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        writer.record([an_event(), an_event(), an_event()])
        writer.enlist("hook")
        made = [Delivery(f"d{event}", "hook", event, "{}") for event in (1, 1, 3)]
        made[1] = made[1]._replace(id="waiting")
        writer.dispatch("hook", after=3, until=4, deliveries=made)
        writer.refuse("d1", "400")
        writer.refuse("d3", "400")
        writer.forget_alerts(LATER, 9)
        assert list(reader.backlogs()) == [Backlog("hook", 1, 2, "400")]
        writer.prune(2, LATER, "v1")
        writer.forget_alerts(LATER, 9)
        assert list(reader.backlogs()) == [Backlog("hook", 1, 1, "400")]

    def test_places_of_those_who_never_came_back_go(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.note_places([Place(SITE, "ada", f"10.0.{number}.0/24", T0 + number) for number in range(3)])
        assert [writer.forget_places(T0 + 2, 1), writer.forget_places(T0 + 2, 9), writer.forget_places(T0, 9)] == [
            1,
            1,
            0,
        ]
        assert list(reader.places(SITE, "ada", 0)) == ["10.0.2.0/24"]

    def test_giving_space_back_loses_nothing(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for number in range(50):
            over(writer, f"s{number}", logout(T0 + 1), "nightlatch", agent="x" * 1000)
        live = a_session("live")
        writer.create(live, b"live", [])
        writer.forget_sessions(LATER, 100)
        steps = 0
        while writer.shrink(1):
            steps += 1
            assert steps < 1000
        writer.compact()
        assert list(reader.sessions()) == [live]
        assert reader.space().free == 0
