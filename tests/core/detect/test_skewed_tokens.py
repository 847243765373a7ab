"""Tokens from the future: a few within minutes."""

from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.detect.facts import SKEWED
from nightlatch.core.policy import MINUTE


def test_three_are_enough() -> None:
    tokens = [a_fact(SKEWED, n * MINUTE, session=None) for n in range(3)]
    (finding,) = found("skewed_tokens", tokens)
    assert finding.key == "clocks"
    assert found("skewed_tokens", tokens[:2]) == []
    assert found("skewed_tokens", [fact._replace(at=fact.at + n * 9 * MINUTE) for n, fact in enumerate(tokens)]) == []
