"""A credential that was replaced is used after its grace: two parties hold credentials of one session, and one of
them stole its. The guard ends the session itself (law of trust 11) unless `then` says otherwise. No window."""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, by_session, finding
from nightlatch.core.detect.facts import REPLACED, Fact
from nightlatch.core.events import EventType

NAME = "rotation_reuse"


def key(fact: Fact) -> str | None:
    """The session, where it was ended for this reason or a request told so."""
    return by_session(fact) if fact.kind == REPLACED or fact.text("reason") == NAME else None


def step(memory: None, fact: Fact, thresholds: Thresholds) -> tuple[None, Finding | None]:
    """Found at once."""
    why = "A replaced credential of the session was used after its grace."
    return None, finding(NAME, fact.session or "", fact, why)


DETECTOR = Detector(NAME, frozenset((REPLACED, str(EventType.SESSION_ENDED))), key, step)
