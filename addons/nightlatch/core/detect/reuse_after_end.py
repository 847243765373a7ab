"""A credential is used although its session was ended: somebody holds a copy of it.

After a logout the browser that logged out has no cookie any more, so whoever comes with it is somebody else. After
any other end (revoked, reset …) the owner's open tabs go on asking, so only another network or browser counts; and a
session that ran out is asked for by every laptop that wakes up, so that never does. No window.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, by_session, finding, number
from nightlatch.core.detect.facts import Fact
from nightlatch.core.durations import format_duration
from nightlatch.core.events import EventType

NAME = "reuse_after_end"


def step(memory: None, fact: Fact, thresholds: Thresholds) -> tuple[None, Finding | None]:
    """Found unless it is the owner's own late request, or the application's doing (`fixation` tells that)."""
    reason, elapsed = fact.text("reason"), fact.whole("elapsed")
    owner_could = reason != "logout" or fact.text("source") == "bearer"
    if not reason or reason == "expired" or elapsed < number(thresholds, "grace"):
        return None, None
    if owner_could and fact.detail.get("elsewhere") is not True:
        return None, None
    later = format_duration(elapsed // 1_000_000 * 1_000_000)
    why = f"A credential of the session was used {later} after its end ({reason})."
    return None, finding(NAME, fact.session or "", fact, why, reason=reason, elapsed=elapsed)


DETECTOR = Detector(NAME, frozenset((str(EventType.SESSION_REUSED_AFTER_END),)), by_session, step)
