"""Idle flares: long idle and unfamiliar, both; or only long idle where any network will do."""

import pytest
from tests.core.detect.facts_at import ELSEWHERE, a_fact, found

from nightlatch.core.detect.facts import REQUEST
from nightlatch.core.detect.idle_flare import OVERNIGHT, long_idle
from nightlatch.core.policy import HOUR, MINUTE


def flares(gap: int, familiar: bool = False, limit: int | None = 30 * MINUTE, **thresholds: int | str) -> bool:
    fact = a_fact(REQUEST, gap=gap, limit=limit, familiar=familiar, network=ELSEWHERE)
    return bool(found("idle_flare", [fact], **thresholds))


def test_long_idle_and_elsewhere() -> None:
    assert flares(15 * MINUTE)
    assert not flares(15 * MINUTE - 1)
    assert not flares(29 * MINUTE, familiar=True)
    assert flares(29 * MINUTE, familiar=True, network="any")
    assert not flares(14 * MINUTE, network="any")


@pytest.mark.parametrize(
    ("after", "limit", "pause"),
    [
        ("50%", 30 * MINUTE, 15 * MINUTE),
        ("100%", 3, 3),
        ("overnight", 30 * MINUTE, OVERNIGHT),
        ("50%", None, OVERNIGHT),
        (2 * HOUR, 30 * MINUTE, 2 * HOUR),
    ],
)
def test_how_long_is_long(after: str | int, limit: int | None, pause: int) -> None:
    assert long_idle(after, limit) == pause
    assert flares(pause, limit=limit, after=after)
    assert not flares(pause - 1, limit=limit, after=after)


def test_it_says_for_how_long_and_from_where() -> None:
    fact = a_fact(REQUEST, gap=20 * MINUTE + 7, limit=30 * MINUTE, familiar=False, network=ELSEWHERE)
    (finding,) = found("idle_flare", [fact])
    assert finding.why == (
        "After 20m without activity the session came back from 203.0.113.0/24, "
        "where its subject was not seen in the last 30 days."
    )
    assert finding.detail == {"gap": 20 * MINUTE + 7, "limit": 30 * MINUTE}
