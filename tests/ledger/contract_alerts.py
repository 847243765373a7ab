"""What every ledger must do with alerts: raise one once, count in it, follow it up; and lose no delivery."""

import pytest
from tests.ledger.opened import Opened
from tests.ledger.samples import SECOND, SITE, T0, a_finding, a_session, an_event, logout

from nightlatch.core.alert import PER_MINUTE, QUIET, REST
from nightlatch.core.events import EventType
from nightlatch.core.policy import DAY, MINUTE
from nightlatch.core.session import End, State
from nightlatch.ledger.alerts_port import Backlog, Delivery, Place
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter


def deliveries(*keys: str, receiver: str = "hook") -> list[Delivery]:
    return [Delivery(key, receiver, 1, f'{{"n": "{key}"}}') for key in keys]


class AlertContract(Opened):
    """Nothing but the port is used here."""

    def test_an_alert_is_raised_with_its_event(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        finding = a_finding(detail={"count": 10, "window": 60 * SECOND, "name": "ü\udcff"})
        alert = writer.raise_alert(finding, "alert", "v1")
        assert alert is not None
        assert (alert.detector, alert.key, alert.times, alert.then, alert.open) == (
            "refresh_storm",
            "s1",
            1,
            "alert",
            True,
        )
        assert (alert.raised_at, alert.last_at, alert.session, alert.subject) == (T0, T0, "s1", "alice")
        assert (alert.network, alert.agent, alert.why, alert.policy) == ("10.0.0.0/24", "curl", "ten refreshes", "v1")
        assert list(reader.alerts()) == [alert]
        assert reader.alert(alert.id) == alert
        assert reader.alert(alert.id + 1) is None
        (told,) = reader.events()
        assert (told.id, told.event.type, told.event.session) == (alert.event, EventType.ALERT_RAISED, "s1")
        assert told.event.detail == {
            "alert": alert.id,
            "detector": "refresh_storm",
            "then": "alert",
            "count": 1,
            "why": "ten refreshes",
        }
        assert verify_chain(reader) is None

    def test_what_follows_closely_counts_and_is_told_again_at_the_end(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        for number in range(5):
            writer.raise_alert(a_finding(at=T0 + number * (QUIET - 1)), "alert", "v1")
        writer.raise_alert(a_finding("s2", times=3), "alert", "v1")
        one, two = reader.alerts()
        assert (one.times, one.last_at, two.times) == (5, T0 + 4 * (QUIET - 1), 3)
        assert len(list(reader.events())) == 2
        assert dict(reader.alert_counts()) == {"refresh_storm": 8}
        assert writer.close_alerts(one.last_at + QUIET - 1) == 1
        assert writer.close_alerts(one.last_at + QUIET) == 1
        assert writer.close_alerts(one.last_at + QUIET) == 0
        assert [alert.open for alert in reader.alerts()] == [False, False]
        assert [chained.event.detail["count"] for chained in reader.events(after=2)] == [3, 5]
        writer.raise_alert(a_finding(at=one.last_at + QUIET), "alert", "v1")
        assert [alert.times for alert in reader.alerts(after=two.id)] == [1]

    def test_an_alert_that_never_went_on_is_not_told_twice(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.raise_alert(a_finding(), "alert", "v1")
        assert writer.close_alerts(T0 + QUIET) == 1
        assert len(list(reader.events())) == 1

    def test_the_same_event_raises_once_whoever_saw_it(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert writer.raise_alert(a_finding(cause=7), "alert", "v1") is not None
        assert writer.raise_alert(a_finding(cause=7), "alert", "v1") is None
        assert writer.raise_alert(a_finding(cause=6), "end", "v1") is None
        assert writer.raise_alert(a_finding(cause=8), "alert", "v1") is not None
        assert writer.raise_alert(a_finding("s2", cause=7), "alert", "v1") is not None
        assert writer.raise_alert(a_finding(cause=7, detector="two_networks"), "alert", "v1") is not None
        assert [alert.times for alert in reader.alerts()] == [2, 1, 1]

    def test_a_storm_over_many_sessions_is_a_few_alerts(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for number in range(50):
            writer.raise_alert(a_finding(f"s{number}", T0 + number, cause=number + 1), "alert", "v1")
        found = list(reader.alerts())
        assert len(found) == PER_MINUTE + 1
        assert (found[-1].key, found[-1].times) == (REST, 50 - PER_MINUTE)
        assert writer.raise_alert(a_finding("s49", cause=50), "alert", "v1") is None
        writer.raise_alert(a_finding("later", T0 + MINUTE + PER_MINUTE), "alert", "v1")
        assert reader.alerts()[-1].key == "later"

    def test_a_step_up_is_asked_for_until_the_person_logs_in(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.create(a_session(), b"f1", [])
        writer.create(a_session("other"), b"f2", [])
        assert writer.raise_alert(a_finding(at=T0 + 5), "step_up", "v1") is not None
        writer.raise_alert(a_finding(at=T0 + 6), "step_up", "v1")
        found = reader.find(b"f1")
        assert found is not None
        assert found.session == a_session(step_up_at=T0 + 5)
        assert reader.session("s1") == found.session
        assert reader.session("other") == a_session("other")
        assert writer.reauthenticate("s1", b"f1", b"f3", T0 + 5, [])
        again = reader.session("s1")
        assert again is not None
        assert again.step_up_at is None

    def test_an_alert_can_end_a_session_for_ever(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.create(a_session(), b"f1", [])
        writer.raise_alert(a_finding(at=T0 + 5), "step_up", "v1")
        writer.raise_alert(a_finding(at=T0 + 6), "end", "v1")
        writer.raise_alert(a_finding(at=T0 + 7), "end", "v1")
        found = reader.session("s1")
        assert found is not None
        assert (found.state, found.end, found.step_up_at) == (State.ENDED, End(T0 + 6, "policy"), None)
        ends = [chained.event for chained in reader.events(types=[EventType.SESSION_ENDED])]
        assert [event.detail for event in ends] == [{"reason": "policy", "detector": "refresh_storm"}]

    def test_what_has_ended_stays_as_it_ended(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.create(a_session(), b"f1", [])
        writer.end("s1", logout(T0 + 1), an_event(EventType.SESSION_ENDED))
        writer.raise_alert(a_finding(at=T0 + 2), "step_up", "v1")
        writer.raise_alert(a_finding(at=T0 + 2), "end", "v1")
        found = reader.session("s1")
        assert found is not None
        assert (found.end, found.step_up_at) == (logout(T0 + 1), None)
        assert len(list(reader.events(types=[EventType.SESSION_ENDED]))) == 1

    def test_alerts_are_picked(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        for number, detector in enumerate(("a", "b", "a")):
            finding = a_finding(f"s{number}", T0 + number * MINUTE, detector=detector)
            writer.raise_alert(finding, "alert", "v1")

        def ids(**picked: object) -> list[int]:
            return [alert.id for alert in reader.alerts(**picked)]  # type: ignore[arg-type] # names checked by use

        assert ids() == [1, 2, 3]
        assert ids(after=1) == [2, 3]
        assert ids(detector="a") == [1, 3]
        assert ids(since=T0 + MINUTE) == [2, 3]
        assert ids(session="s1") == [2]
        assert ids(session="' OR 1", detector="\udcff") == []

    def test_places_are_remembered_for_a_month(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.note_places([Place(SITE, "ada", "10.0.0.0/24", T0), Place(SITE, "bob", "10.0.1.0/24", T0)])
        writer.note_places([Place(SITE, "ada", "10.0.0.0/24", T0 - 5), Place(SITE, "ada", "10.0.2.0/24", T0 + 1)])
        assert list(reader.places(SITE, "ada", T0)) == ["10.0.2.0/24", "10.0.0.0/24"]
        assert list(reader.places(SITE, "ada", T0 + 1)) == ["10.0.2.0/24"]
        assert list(reader.places("http://elsewhere", "ada", 0)) == []
        writer.note_places([Place(SITE, "ada", "10.0.3.0/24", T0 + 32 * DAY)])
        assert list(reader.places(SITE, "ada", 0)) == ["10.0.3.0/24"]
        assert list(reader.places(SITE, "bob", 0)) == ["10.0.1.0/24"]

    def test_a_new_receiver_is_told_of_what_comes(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        assert reader.told("hook") is None
        writer.record([an_event(), an_event()])
        writer.enlist("hook")
        writer.record([an_event()])
        writer.enlist("hook")
        assert reader.told("hook") == 2

    def test_of_two_guards_one_dispatches(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.enlist("hook")
        assert writer.dispatch("hook", after=0, until=3, deliveries=deliveries("d1", "d2"))
        assert not writer.dispatch("hook", after=0, until=3, deliveries=deliveries("d3", "d4"))
        assert reader.told("hook") == 3
        assert [each.id for each in writer.claim("hook", T0, SECOND, 9)] == ["d1", "d2"]

    def test_what_is_claimed_is_nobody_elses_until_the_lease_is_over(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        writer.enlist("hook")
        writer.dispatch("hook", after=0, until=1, deliveries=deliveries("d1", "d2"))
        (first,) = writer.claim("hook", T0, SECOND, 1)
        assert first == Delivery("d1", "hook", 1, '{"n": "d1"}', 1)
        assert [each.id for each in writer.claim("hook", T0, SECOND, 9)] == ["d2"]
        assert list(writer.claim("hook", T0 + SECOND - 1, SECOND, 9)) == []
        assert [(each.id, each.attempts) for each in writer.claim("hook", T0 + SECOND, SECOND, 9)] == [
            ("d1", 2),
            ("d2", 2),
        ]
        writer.delivered(["d1"])
        assert list(reader.backlogs()) == [Backlog("hook", 1, 0, "")]

    def test_a_receiver_that_is_down_is_left_alone_as_a_whole(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.enlist("hook")
        assert not reader.is_due("hook", T0)
        writer.dispatch("hook", after=0, until=1, deliveries=deliveries("d1", "d2", "d3"))
        assert reader.is_due("hook", T0)
        assert not reader.is_due("other", T0)
        writer.claim("hook", T0, SECOND, 1)
        writer.put_off("hook", ["d1"], T0 + 9 * SECOND, "no answer", all_of_it=True)
        assert list(writer.claim("hook", T0 + 9 * SECOND - 1, SECOND, 9)) == []
        assert not reader.is_due("hook", T0 + 9 * SECOND - 1)
        assert reader.is_due("hook", T0 + 9 * SECOND)
        assert list(reader.backlogs()) == [Backlog("hook", 3, 0, "no answer")]
        assert [each.id for each in writer.claim("hook", T0 + 9 * SECOND, SECOND, 9)] == ["d1", "d2", "d3"]
        writer.put_off("hook", ["d2"], T0 + 20 * SECOND, "x" * 1000, all_of_it=False)
        assert [each.id for each in writer.claim("hook", T0 + 10 * SECOND, SECOND, 9)] == ["d1", "d3"]

    def test_what_a_receiver_will_not_have_is_kept_and_not_tried_again(
        self, reader: LedgerReader, writer: LedgerWriter
    ) -> None:
        writer.enlist("hook")
        writer.dispatch("hook", after=0, until=1, deliveries=deliveries("d1"))
        writer.refuse("d1", "400 invalid_request")
        assert list(writer.claim("hook", T0, SECOND, 9)) == []
        writer.put_off("hook", [], T0, "", all_of_it=True)
        assert list(reader.backlogs()) == [Backlog("hook", 0, 1, "400 invalid_request")]

    def test_a_delivery_that_cannot_be_written_moves_nothing(self, reader: LedgerReader, writer: LedgerWriter) -> None:
        writer.enlist("hook")
        writer.dispatch("hook", after=0, until=1, deliveries=deliveries("d1"))
        with pytest.raises(LedgerError):
            writer.dispatch("hook", after=1, until=2, deliveries=deliveries("d2", "d1"))
        assert reader.told("hook") == 1
        assert len(writer.claim("hook", T0, SECOND, 9)) == 1
