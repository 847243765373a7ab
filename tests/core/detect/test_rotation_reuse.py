"""Reuse of a rotated credential: what the guard ended for it, and what it let go on."""

from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.detect.facts import REPLACED
from nightlatch.core.events import EventType


def test_ended_or_not() -> None:
    facts = [a_fact(EventType.SESSION_ENDED, reason="rotation_reuse"), a_fact(REPLACED)]
    assert [finding.key for finding in found("rotation_reuse", facts)] == ["s1", "s1"]
    assert found("rotation_reuse", [a_fact(EventType.SESSION_ENDED, reason="logout")]) == []
