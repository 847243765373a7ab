"""What every ledger must answer, and how the clock, the events and the rest of its memory behave."""

from functools import partial
from itertools import chain
from pathlib import Path

import pytest
from tests.ledger.opened import Opened
from tests.ledger.samples import (
    OTHER_SITE,
    SECOND,
    SITE,
    T0,
    a_decision,
    a_guard,
    a_session,
    an_event,
    logout,
)

from nightlatch.core.events import GENESIS, EventType, canonical, chain_hash
from nightlatch.core.session import End, State
from nightlatch.core.warp import Segment, Warp
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.port import Changes, LedgerReader, LedgerWriter, Overtaken, Touch


class QuestionContract(Opened):
    """Nothing but the port is used here."""

    def test_sessions_come_newest_first(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for key, at in (("old", 1), ("new", 3), ("mid", 2), ("mid2", 2)):
            writer.create(a_session(key, T0 + at), key.encode(), [])
        writer.end("mid", logout(T0 + 9), an_event())
        assert [session.id for session in reader.sessions()] == ["new", "mid2", "mid", "old"]
        assert [session.id for session in reader.sessions(limit=2)] == ["new", "mid2"]
        assert [session.id for session in reader.sessions(state=State.ACTIVE, limit=5)] == ["new", "mid2", "old"]
        assert [session.id for session in reader.sessions(state=State.ENDED)] == ["mid"]
        assert reader.sessions(subject="nobody") == []
        assert len(reader.sessions(subject="alice", state=State.ACTIVE)) == 3
        assert [session.id for session in reader.sessions(subject="alice", limit=1)] == ["new"]
        assert list(reader.sessions(limit=0)) == list(reader.sessions(state=State.EXPIRED)) == []

    @pytest.mark.parametrize("prefix", ["%", "_", "*", "S", "s1'--", "\udcff", "s10x"])
    def test_a_prefix_is_taken_as_it_is(self, reader: LedgerReader, writer: LedgerWriter, prefix: str) -> None:
        writer.create(a_session("s10"), b"f1", [])
        assert list(reader.match(prefix)) == []
        assert reader.session(prefix) is None

    def test_at_most_ten_sessions_match(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for number in range(12):
            writer.create(a_session(f"s{number:02}"), str(number).encode(), [])
        writer.create(a_session("t"), b"t", [])
        assert len(reader.match("")) == len(reader.match("s")) == 10
        assert [session.id for session in reader.match("s1")] == ["s10", "s11"]
        assert [session.id for session in reader.match("t")] == ["t"]

    def test_the_sweeper_is_given_whoever_may_have_run_out(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.create(a_session("idle", last_active_at=T0 + 10, authenticated_at=T0 + 9), b"f1", [])
        writer.create(a_session("old", last_active_at=T0 + 99, authenticated_at=T0 + 5), b"f2", [])
        writer.create(a_session("both", last_active_at=T0 + 1, authenticated_at=T0 + 1), b"f3", [])
        writer.create(a_session("fine", last_active_at=T0 + 11, authenticated_at=T0 + 6), b"f4", [])
        writer.create(a_session("elsewhere", site=OTHER_SITE), b"f5", [])
        writer.create(a_session("gone"), b"f6", [])
        writer.end("gone", logout(T0), an_event())
        found = chain(*reader.idle_since(SITE, active_before=T0 + 10, authenticated_before=T0 + 5, at_once=10))
        assert sorted({session.id for session in found}) == ["both", "idle", "old"]

    def test_the_sweeper_is_given_a_few_at_a_time_and_nobody_is_left_out(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        for number in range(7):  # all at one instant but the first: the order goes on among equals
            writer.create(a_session(f"s{number}", last_active_at=T0 + min(number, 1)), f"f{number}".encode(), [])
        pages = reader.idle_since(SITE, active_before=T0 + 1, authenticated_before=-1, at_once=3)
        assert [[session.id for session in page] for page in pages] == [["s0", "s1", "s2"], ["s3", "s4", "s5"], ["s6"]]

    def test_what_is_ended_while_the_sweeper_goes_through_the_pages_hides_nobody(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        for number in range(6):
            writer.create(a_session(f"s{number}", last_active_at=T0, authenticated_at=T0), f"f{number}".encode(), [])
        seen = []
        for page in reader.idle_since(SITE, active_before=T0, authenticated_before=T0, at_once=2):
            seen += [session.id for session in page]
            writer.end_each([(session.id, logout(T0), an_event()) for session in page])
        assert seen == [f"s{number}" for number in range(6)]

    def test_the_sweeper_asks_for_the_remembered_by_themselves(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        writer.create(a_session("idle", last_active_at=T0 + 10, authenticated_at=T0 + 10, remembered=True), b"f1", [])
        writer.create(a_session("old", last_active_at=T0 + 99, authenticated_at=T0 + 5, remembered=True), b"f2", [])
        writer.create(a_session("fine", last_active_at=T0 + 11, authenticated_at=T0 + 6, remembered=True), b"f3", [])
        writer.create(a_session("other", last_active_at=T0 + 1, authenticated_at=T0 + 1), b"f4", [])
        asked = partial(reader.idle_since, SITE, active_before=T0 + 10, authenticated_before=T0 + 5, at_once=10)
        kept, others = chain(*asked(remembered=True)), chain(*asked())
        assert sorted(session.id for session in kept) == ["idle", "old"]
        assert {session.id for session in others} == {"other"}

    def test_events_are_chained_and_come_back_oldest_first(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        first = an_event(detail={"a": 1, "b": None, "c": True, "d": "ü"}, network="10.0.0.0/24", agent="curl")
        second = an_event(EventType.LOGIN_FAILED, T0 + 1, session=None, subject="\ud800 not utf-8")
        writer.record([first, second])
        one, two = reader.events()
        assert (one.id, one.event, one.prev) == (1, first, GENESIS)
        assert (two.id, two.event, two.prev) == (2, second, one.hash)
        assert two.hash == chain_hash(one.hash, canonical(second))
        assert verify_chain(reader) is None

    def test_events_are_picked_by_id_type_time_and_session(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        kinds = (EventType.SESSION_CREATED, EventType.SESSION_ENDED, EventType.LOGIN_FAILED)
        writer.record(an_event(kinds[n % 3], T0 + 100 - n if n < 3 else T0 + n, session=f"s{n % 2}") for n in range(6))

        def ids(**picked: object) -> list[int]:
            return [chained.id for chained in reader.events(**picked)]  # type: ignore[arg-type] # names checked by use

        assert ids(after=4) == [5, 6]
        assert ids(types=[EventType.SESSION_ENDED]) == [2, 5]
        assert ids(types=kinds[:2], after=2) == [4, 5]
        assert ids(since=T0 + 5) == [1, 2, 3, 6]
        assert ids(since=T0 + 1000) == []
        assert ids(session="s1") == [2, 4, 6]
        assert ids(session="s1", types=[EventType.SESSION_ENDED], since=T0 + 5) == [2]

    def test_more_events_than_are_read_at_a_time(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.record(an_event(at=T0 + n) for n in range(2500))
        assert [chained.id for chained in reader.events()] == list(range(1, 2501))
        assert verify_chain(reader) is None

    def test_the_warp_is_seen_at_once(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert reader.warp() == Warp()
        one, two = Segment(T0, T0 + 60), Segment(T0 + 10, T0 + 70, True)
        writer.warp(one, an_event(EventType.CLOCK_WARPED))
        assert reader.warp() == Warp((one,))
        assert reader.warp() is reader.warp()
        writer.warp(two, an_event(EventType.CLOCK_WARPED))
        assert reader.warp() == Warp((one, two))
        assert [chained.event.type for chained in reader.events()] == [EventType.CLOCK_WARPED] * 2

    def test_two_who_move_the_clock_at_once_do_not_move_it_back(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        mine, theirs = Warp().advance(T0 + 1, 10 * SECOND), Warp().advance(T0, 60 * SECOND)
        writer.warp(theirs, an_event(EventType.CLOCK_WARPED))
        with pytest.raises(Overtaken, match="again"):
            writer.warp(mine, an_event(EventType.CLOCK_WARPED))
        assert reader.warp() == Warp((theirs,))
        assert len(list(reader.events())) == 1

    def test_a_reset_ends_everything_and_starts_time_anew(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        later = T0 + 3600 * SECOND
        writer.warp(Segment(T0, later), an_event(EventType.CLOCK_WARPED, T0))
        writer.create(a_session("s1", later), b"f1", [an_event(at=later)])
        assert reader.horizon() == later
        assert writer.reset(T0 + 5, an_event(EventType.CLOCK_WARPED, later + 5)) == 1
        assert reader.warp() == Warp()
        assert reader.horizon() == 0
        found = reader.session("s1")
        assert found is not None
        assert found.end == End(later + 5, "reset")
        assert [chained.event.type for chained in reader.events(after=2)] == [
            EventType.SESSION_ENDED,
            EventType.CLOCK_WARPED,
        ]
        writer.create(a_session("s2", T0 + 6), b"f2", [an_event(at=T0 + 6)])
        writer.warp(Segment(T0 + 7, T0 + 8), an_event(EventType.CLOCK_WARPED, T0 + 7))
        assert reader.warp() == Warp((Segment(T0 + 7, T0 + 8),))
        assert reader.horizon() == T0 + 7

    def test_the_horizon_is_the_latest_of_activity_and_events(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert reader.horizon() == 0
        writer.create(a_session("s1"), b"f1", [an_event(at=T0)])
        writer.create(a_session("s2", site=OTHER_SITE), b"f2", [an_event(at=T0)])
        assert reader.horizon() == T0
        writer.touch([Touch("s2", T0 + 7, 7, T0)])
        assert reader.horizon() == T0 + 7
        writer.record([an_event(at=T0 + 9), an_event(at=T0 + 8)])
        assert reader.horizon() == T0 + 9

    def test_the_key_is_the_ledgers_own(self, reader: LedgerReader, tmp_path: Path) -> None:
        assert len(reader.key()) == 32
        assert reader.key() == reader.key()
        other = tmp_path / "other"
        self.open_writer(other).close()
        another = self.open_reader(other)
        assert another.key() != reader.key()
        another.close()

    def test_decisions_are_found_by_id_and_session(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        refused = a_decision(
            "d2", verdict="expired", clock="idle", limit=900, elapsed=901, rule="admin", activity=False
        )
        writer.log([a_decision("d1"), refused, a_decision("d3", "s2"), a_decision("d1", "s9")])
        assert reader.decision("d2") == refused
        assert list(reader.decisions("s1")) == [a_decision("d1"), refused]

    def test_the_log_of_decisions_is_told_oldest_first(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert list(reader.decision_log()) == []
        log = [a_decision(f"d{number}", f"s{number % 3}") for number in range(2100)]
        writer.log(log)
        assert list(reader.decision_log()) == log

    def test_a_path_that_is_no_text_does_not_stop_the_log(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.log([a_decision("d1", path="/\udcff\x00"), a_decision("d2")])
        assert [decision.id for decision in reader.decisions("s1")] == ["d1", "d2"]

    def test_issuers_are_remembered_by_site(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert not reader.issues(SITE, "sid")
        writer.mark_issuer(SITE, "sid")
        writer.mark_issuer(SITE, "sid")
        assert reader.issues(SITE, "sid")
        assert not reader.issues(OTHER_SITE, "sid")
        assert not reader.issues(SITE, "SID")

    def test_a_guard_takes_the_place_of_the_one_before_it(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.announce(a_guard("http://127.0.0.1:1", T0))
        writer.announce(a_guard("http://127.0.0.1:2", T0 + 1))
        writer.announce(a_guard("http://127.0.0.1:1", T0 + 2))
        assert list(reader.guards()) == [a_guard("http://127.0.0.1:1", T0 + 2), a_guard("http://127.0.0.1:2", T0 + 1)]

    def test_the_version_tells_of_other_peoples_commits(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        before = reader.version()
        assert reader.version() == before
        writer.touch([Touch("s1", T0, 0, T0)])
        writer.create(a_session(), b"f1", [])
        assert reader.version() != before

    def test_policies_and_probes_can_be_repeated(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for _ in range(2):
            writer.policy("default", "v1", "[session]", T0)
            writer.probe()
        assert reader.facts().sessions == {}
        writer.create(a_session(), b"f1", [an_event()])
        assert reader.facts().sessions == {"active": 1}
        assert reader.facts().events == 1

    def test_the_trail_names_the_sessions_that_changed(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for key in ("s1", "s2", "s3"):
            writer.create(a_session(key), key.encode(), [an_event(session=key)])
        assert reader.changes(0) == Changes(3, frozenset({"s1", "s2", "s3"}))
        seen = reader.changes(3)
        assert seen == Changes(3, frozenset())
        writer.end("s2", logout(T0), an_event(EventType.SESSION_ENDED, session="s2"))
        writer.record([an_event(EventType.POLICY_LOADED, session=None)])
        assert reader.changes(seen.last) == Changes(5, frozenset({"s2"}))

    def test_when_too_many_changed_none_is_named(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.record([an_event(session=f"s{number}") for number in range(1200)])
        assert reader.changes(0) == Changes(1200, None)
        assert reader.changes(1199) == Changes(1200, frozenset({"s1199"}))
