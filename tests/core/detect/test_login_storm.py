"""Login storms: failures add up by network, or by subject where that is known."""

from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.detect.facts import Fact
from nightlatch.core.events import EventType
from nightlatch.core.policy import SECOND


def failures(count: int, every: int = SECOND, subject: str | None = None) -> list[Fact]:
    return [a_fact(EventType.LOGIN_FAILED, n * every, session=None, subject=subject) for n in range(count)]


def test_from_one_network() -> None:
    (finding,) = found("login_storm", failures(10))
    assert (finding.key, finding.why) == ("192.0.2.0/24", "10 logins from 192.0.2.0/24 failed within 1m.")
    assert finding.detail["failures"] == 10


def test_for_one_subject_from_everywhere() -> None:
    facts = [fact._replace(network=f"10.0.{n}.0/24") for n, fact in enumerate(failures(10, subject="root"))]
    (finding,) = found("login_storm", facts)
    assert finding.key == "root"


def test_a_group_counts_as_often_as_it_says() -> None:
    group = a_fact(EventType.LOGIN_FAILED, 9 * SECOND, session=None, subject=None, count=8, window=8 * SECOND)
    (finding,) = found("login_storm", [*failures(2), group])
    assert finding.at == group.at
    assert found("login_storm", [*failures(1), group]) == []


def test_a_group_that_took_long_does_not_lie_within_a_short_window() -> None:
    group = a_fact(EventType.LOGIN_FAILED, 50 * SECOND, session=None, subject=None, count=20, window=40 * SECOND)
    assert found("login_storm", [group], window=10 * SECOND) == []
    assert len(found("login_storm", [group])) == 1


def test_an_outage_is_no_storm() -> None:
    for reason in ("provider_down", "unverifiable"):
        facts = [fact._replace(detail={"reason": reason}) for fact in failures(20)]
        assert found("login_storm", facts) == []


def test_what_is_no_storm() -> None:
    assert found("login_storm", failures(9)) == []
    assert found("login_storm", failures(100, 7 * SECOND)) == []
    assert found("login_storm", [a_fact(EventType.LOGIN_SUCCEEDED, n) for n in range(100)]) == []
