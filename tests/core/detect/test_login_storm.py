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


def test_what_is_no_storm() -> None:
    assert found("login_storm", failures(9)) == []
    assert found("login_storm", failures(100, 7 * SECOND)) == []
    assert found("login_storm", [a_fact(EventType.LOGIN_SUCCEEDED, n) for n in range(100)]) == []
