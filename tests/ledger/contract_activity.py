"""What every ledger must do with activity, rotation and re-authentication: the same as the core."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger.opened import Opened
from tests.ledger.samples import OTHER_SITE, SECOND, SITE, T0, a_session, an_event, logout, timeout

from nightlatch.core.events import EventType
from nightlatch.core.session import Session, ended, reauthenticated, touched
from nightlatch.ledger.port import Credential, Found, Hold, LedgerReader, LedgerWriter, Touch
from nightlatch.ledger.touches import laid_over, touch_of

STEPS = st.lists(st.tuples(st.sampled_from(["touch", "reauthenticate", "end"]), st.integers(-50, 100)), max_size=12)
TOUCHES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30), st.integers(0, 60)), max_size=8)


class ActivityContract(Opened):
    """Nothing but the port is used here."""

    @given(steps=STEPS)
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_the_ledger_changes_as_the_core_does(self, steps: list[tuple[str, int]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            writer, reader = self.open_writer(Path(folder)), self.open_reader(Path(folder))
            model, current = a_session(), b"0"
            writer.create(model, current, [])
            for number, (step, by) in enumerate(steps, 1):
                at = T0 + 60 * number + by
                fresh = str(number).encode()
                model, current = self._step(writer, model, step, at, current, fresh)
                assert reader.session("s1") == model
            writer.close()
            reader.close()

    def _step(
        self, writer: LedgerWriter, model: Session, step: str, at: int, current: bytes, fresh: bytes
    ) -> tuple[Session, bytes]:
        """One step on the ledger, and the same in the core."""
        if step == "touch":
            writer.touch([touch_of(touched(model, at))])
            return (touched(model, at) if model.end is None else model), current
        if step == "end":
            assert writer.end("s1", timeout(at), an_event()) is (model.end is None)
            return ended(model, timeout(at)), current
        done = writer.reauthenticate("s1", current, fresh, at, [])
        assert done is (model.end is None)
        return (reauthenticated(model, at), fresh) if done else (model, current)

    @given(touches=TOUCHES, fresh=st.none() | st.integers(0, 60))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_touches_in_any_order_are_laid_over_as_in_memory(
        self, touches: list[tuple[int, int, int]], fresh: int | None
    ) -> None:
        with tempfile.TemporaryDirectory() as folder:
            writer, reader = self.open_writer(Path(folder)), self.open_reader(Path(folder))
            model = a_session(gap=5, last_active_at=T0 + 20)
            writer.create(model, b"f1", [])
            if fresh is not None:
                writer.reauthenticate("s1", b"f1", b"f2", T0 + fresh, [])
                model = reauthenticated(model, T0 + fresh)
            for active, gap, start in touches:
                touch = Touch("s1", T0 + active, gap, T0 + start)
                writer.touch([touch, touch])
                model = laid_over(model, touch)
                assert reader.session("s1") == model
            writer.close()
            reader.close()

    def test_an_old_gap_does_not_come_back_after_a_fresh_login(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        writer.create(a_session(), b"f1", [])
        late = touch_of(touched(a_session(), T0 + 1000 * SECOND))
        writer.reauthenticate("s1", b"f1", b"f2", T0 + 1001 * SECOND, [])
        writer.touch([late])
        found = reader.session("s1")
        assert found is not None
        assert (found.gap, found.gap_from_at) == (0, T0 + 1001 * SECOND)

    def test_one_batch_touches_many(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for number in range(5):
            writer.create(a_session(f"s{number}"), str(number).encode(), [])
        writer.touch([Touch(f"s{number}", T0 + number, number, T0) for number in range(5)])
        assert {session.last_active_at - T0 for session in reader.sessions()} == {0, 1, 2, 3, 4}
        writer.touch([])

    def test_a_rotation_gives_the_old_credential_its_grace(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.create(a_session(), b"f1", [])
        assert writer.rotate("s1", b"f1", b"f2", T0 + 10, T0 + 20, an_event(EventType.SESSION_ROTATED))
        assert reader.find(b"f1") == Found(a_session(), Credential(b"f1", "s1", T0, T0 + 10, T0 + 20))
        assert reader.find(b"f2") == Found(a_session(), Credential(b"f2", "s1", T0 + 10))
        assert not writer.rotate("s1", b"f1", b"f3", T0 + 11, T0 + 21, an_event())
        assert reader.find(b"f3") is None
        assert len(list(reader.events())) == 1

    def test_a_rotation_to_a_known_credential_changes_nothing(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.create(a_session("s1"), b"f1", [])
        writer.create(a_session("s2"), b"f2", [])
        assert not writer.rotate("s1", b"f1", b"f2", T0 + 10, T0 + 20, an_event())
        assert not writer.rotate("s1", b"f2", b"f9", T0 + 10, T0 + 20, an_event())
        assert reader.find(b"f1") == Found(a_session("s1"), Credential(b"f1", "s1", T0))
        assert reader.find(b"f2") == Found(a_session("s2"), Credential(b"f2", "s2", T0))

    def test_a_fresh_login_replaces_the_credential_without_grace(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        writer.create(a_session(), b"f1", [])
        assert writer.reauthenticate("s1", b"f1", b"f2", T0 + 10, [an_event(EventType.STEP_UP_SATISFIED)])
        assert reader.find(b"f1") == Found(
            reauthenticated(a_session(), T0 + 10), Credential(b"f1", "s1", T0, T0 + 10, T0 + 10)
        )
        assert not writer.reauthenticate("s1", b"f1", b"f3", T0 + 11, [])
        assert writer.reauthenticate("s1", b"f2", b"f2", T0 + 12, [])
        assert reader.find(b"f2") == Found(reauthenticated(a_session(), T0 + 12), Credential(b"f2", "s1", T0 + 10))

    def test_exchanges_that_hold_idle(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        first, second = Hold("x1", "s1", 42, T0, 900), Hold("x2", "s2", 43, T0 + 1, None)
        writer.hold([first, second])
        writer.hold([first])
        assert list(reader.holds("s1")) == [first]
        assert sorted(reader.holds()) == [first, second]
        writer.release(["x1", "never"])
        assert list(reader.holds()) == [second]

    def test_a_live_session_can_be_ordered_to_end(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for key in ("s1", "s2"):
            writer.create(a_session(key), key.encode(), [])
        assert writer.order_expiry("s1", "next-write")
        assert [session.id for session in reader.ordered(SITE, "next-write")] == ["s1"]
        assert list(reader.ordered(OTHER_SITE, "next-write")) == list(reader.ordered(SITE, "mid-upload")) == []
        assert reader.session("s1") == a_session("s1", expire_when="next-write")
        assert writer.order_expiry("s1", None) and reader.session("s1") == a_session("s1")
        writer.end("s2", logout(T0), an_event())
        assert not writer.order_expiry("s2", "next-write")
