"""A session goes on in another program: the family of the user agent changes (Firefox, then curl).

A browser's updates do not change its family. No window: a request tells what the one before it was.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, by_session, finding
from nightlatch.core.detect.facts import REQUEST, Fact

NAME = "agent_change"

HANDED_OVER = frozenset(("control API", "nightlatch login"))
"""Logins whose credential is for another program: whichever comes with it first is the session's own."""


def step(memory: None, fact: Fact, thresholds: Thresholds) -> tuple[None, Finding | None]:
    """Found when the family is another than before."""
    before = fact.text("before_agent")
    if before == fact.agent or before in HANDED_OVER:
        return None, None
    why = f"The session went on in {fact.agent or 'a program without a name'}, after {before or 'one without a name'}."
    return None, finding(NAME, fact.session or "", fact, why, before=before)


DETECTOR = Detector(NAME, frozenset((REQUEST,)), by_session, step)
