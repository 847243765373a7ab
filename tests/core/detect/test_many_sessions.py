"""Many sessions of one subject: those that live at once count, whoever else logs in."""

from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.detect.facts import Fact
from nightlatch.core.events import EventType
from nightlatch.core.policy import MINUTE


def started(count: int, every: int = MINUTE) -> list[Fact]:
    return [a_fact(EventType.SESSION_CREATED, n * every, session=f"s{n}") for n in range(count)]


def test_more_than_allowed() -> None:
    (finding,) = found("many_sessions", started(11))
    assert (finding.key, finding.session) == ("ada", "s10")
    assert finding.why == "ada started more than 10 sessions within 1h that all live."
    assert len(found("many_sessions", started(30))) == 20


def test_what_is_ordinary() -> None:
    assert found("many_sessions", started(10)) == []
    assert found("many_sessions", started(50, 10 * MINUTE)) == []
    assert found("many_sessions", [fact._replace(subject=f"p{n}") for n, fact in enumerate(started(50))]) == []
    assert found("many_sessions", [fact._replace(subject=None) for fact in started(50)]) == []


def test_sessions_that_ended_do_not_count() -> None:
    facts = [
        each
        for fact in started(50)
        for each in (fact, fact._replace(kind=str(EventType.SESSION_ENDED), at=fact.at + 1))
    ]
    assert found("many_sessions", facts) == []
