"""What every ledger must know of logins at identity providers, and of what these have called off."""

from typing import Any

import pytest
from tests.ledger.opened import Opened
from tests.ledger.samples import OTHER_SITE, SITE, T0, a_session, an_event, logout, timeout

from nightlatch.core.authentication import Authentication, ProviderSession
from nightlatch.core.session import End, Session, reauthenticated
from nightlatch.ledger.port import LedgerReader, LedgerWriter

ALICE = ProviderSession(b"alice", b"sid-1", T0 - 5)


def started(writer: LedgerWriter, key: str, provider: ProviderSession | None, **more: Any) -> Session:
    session = a_session(key, **more)
    assert writer.create(session, key.encode(), [], provider=provider)
    return session


class ProviderContract(Opened):
    """Nothing but the port is used here."""

    def test_a_session_is_found_by_what_its_provider_calls_it(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        first = started(writer, "s1", ALICE)
        second = started(writer, "s2", ALICE._replace(sid=b"sid-2"), site=OTHER_SITE)
        third = started(writer, "s3", ALICE._replace(sid=None))
        started(writer, "s4", None)
        assert list(reader.started_by(b"sid-1")) == [first]
        assert sorted(reader.started_by(b"alice")) == [first, second, third]
        assert list(reader.started_by(b"nobody")) == []
        assert reader.provider_session("s1") == ALICE
        assert reader.provider_session("s3") == ALICE._replace(sid=None)
        assert reader.provider_session("s4") is reader.provider_session("nobody") is None

    @pytest.mark.parametrize("end", [logout(T0 + 9), timeout(T0 + 9)])
    def test_what_has_ended_is_found_no_more_and_its_authentication_is_spent(
        self, reader: LedgerReader, writer: LedgerWriter, end: End
    ) -> None:
        started(writer, "s1", ALICE)
        assert reader.spent(SITE, b"alice") is None
        writer.end("s1", end, an_event())
        assert list(reader.started_by(b"sid-1")) == []
        assert reader.spent(SITE, b"alice") == T0 - 5
        assert reader.spent(OTHER_SITE, b"alice") is reader.spent(SITE, b"sid-1") is None

    def test_the_latest_authentication_is_the_one_that_is_spent(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        for key, at in (("s1", T0 + 7), ("s2", T0 + 3)):
            started(writer, key, ALICE._replace(authenticated=at))
            writer.end(key, logout(T0 + 9), an_event())
        started(writer, "s3", ALICE._replace(authenticated=T0 + 8))
        assert reader.spent(SITE, b"alice") == T0 + 7

    def test_a_stronger_login_takes_the_place_of_the_first(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        session = started(writer, "s1", ALICE)
        later = ALICE._replace(sid=b"sid-9", authenticated=T0 + 50)
        proof = Authentication("alice", "oidc", T0 + 60, ("päpste",), ("pwd", "otp"), "gold", provider=later)
        assert writer.reauthenticate("s1", b"s1", b"f2", T0 + 60, [], authentication=proof)
        stronger = session._replace(groups=("päpste",), amr=("pwd", "otp"), acr="gold")
        assert reader.session("s1") == reauthenticated(stronger, T0 + 60)
        assert reader.provider_session("s1") == later
        assert list(reader.started_by(b"sid-1")) == []

    def test_more_proof_without_a_new_login_moves_no_clock(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        session = started(writer, "s1", ALICE)
        proof = Authentication("alice", "oidc", T0 + 60, (), ("pwd", "otp"), "gold", provider=ALICE)
        assert writer.reauthenticate("s1", b"s1", b"f2", T0 + 60, [], authentication=proof, anew=False)
        assert reader.session("s1") == session._replace(amr=("pwd", "otp"), acr="gold")
        assert reader.find(b"f2") is not None
        writer.end("s1", logout(T0 + 70), an_event())
        assert not writer.reauthenticate("s1", b"f2", b"f2", T0 + 80, [], anew=False)

    def test_a_login_that_comes_too_late_changes_nothing(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        session = started(writer, "s1", ALICE)
        proof = Authentication("alice", "oidc", T0 + 60, (), ("otp",), "gold", provider=ALICE._replace(sid=b"sid-9"))
        assert not writer.reauthenticate("s1", b"unknown", b"f2", T0 + 60, [], authentication=proof)
        assert reader.session("s1") == session
        assert reader.provider_session("s1") == ALICE
        assert not writer.create(a_session("s2"), b"s1", [], provider=ALICE)
        assert [each.id for each in reader.started_by(b"alice")] == ["s1"]

    def test_a_mark_is_called_off_once(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert not reader.barred(b"m")
        assert writer.bar(b"m", "sid", T0)
        assert not writer.bar(b"m", "logout_token", T0 + 1)
        assert reader.barred(b"m")
        assert not reader.barred(b"n")

    def test_the_live_sessions_of_a_person(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        here, gone, *_ = (
            started(writer, "s1", None),
            started(writer, "s2", None),
            started(writer, "s3", None, subject="bob"),
            started(writer, "s4", None, site=OTHER_SITE),
        )
        writer.end(gone.id, logout(T0 + 1), an_event())
        assert list(reader.live_sessions(SITE, "alice")) == [here]
        assert list(reader.live_sessions(SITE, "nobody")) == []

    def test_they_come_in_the_order_in_which_they_were_written(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        """Not by when they started, which a slow login had read earlier, nor by id."""
        first = started(writer, "s9", None, started_at=T0 + 5)
        others = [started(writer, name, None, started_at=T0) for name in ("s5", "s7", "s3")]
        assert list(reader.live_sessions(SITE, "alice")) == [first, *others]
