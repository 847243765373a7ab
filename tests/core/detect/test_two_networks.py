"""Two networks at once: to and fro is found; going, flapping once, and IPv4 beside IPv6 are not."""

from tests.core.detect.facts_at import ELSEWHERE, HOME, OFFICE, V6, a_fact, found

from nightlatch.core.detect.facts import REQUEST, Fact
from nightlatch.core.policy import MINUTE, SECOND


def seen(*networks: str, every: int = 5 * SECOND) -> list[Fact]:
    return [a_fact(REQUEST, n * every, network=network) for n, network in enumerate(networks)]


def test_to_and_fro() -> None:
    (finding,) = found("two_networks", seen(HOME, ELSEWHERE, HOME, ELSEWHERE, HOME))
    assert finding.at == seen(*"12345")[-1].at
    assert finding.why == "Within 2m the session was used by turns from 192.0.2.0/24 and 203.0.113.0/24."
    assert finding.detail == {"window": 2 * MINUTE, "other": ELSEWHERE}


def test_what_people_do() -> None:
    assert found("two_networks", seen(HOME, OFFICE, ELSEWHERE)) == []
    assert found("two_networks", seen(HOME, ELSEWHERE, HOME, ELSEWHERE)) == []
    assert found("two_networks", seen(*(HOME, ELSEWHERE) * 20, every=2 * MINUTE)) == []
    assert found("two_networks", seen(*(HOME,) * 50)) == []
    assert found("two_networks", seen(*(HOME, "") * 20)) == []


def test_one_device_has_both_kinds_of_address() -> None:
    assert found("two_networks", seen(*(HOME, V6) * 20)) == []
    assert found("two_networks", seen(*(HOME, V6, ELSEWHERE, V6) * 4))


def test_sessions_are_not_mixed() -> None:
    facts = [fact._replace(session=f"s{n % 2}") for n, fact in enumerate(seen(*(HOME, ELSEWHERE) * 20))]
    assert found("two_networks", facts) == []
