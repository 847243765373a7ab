"""The application keeps the session cookie of before the login, or gives out one whose session had ended.

Whoever planted the cookie is then logged in as its victim (session fixation). No window, and one alert for the
application: it is the application that does it, at every login.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, finding
from nightlatch.core.detect.facts import KEPT, Fact
from nightlatch.core.events import EventType

NAME = "fixation"


def key(fact: Fact) -> str | None:
    """All logins of the application together."""
    return "application" if fact.kind == KEPT or fact.text("by") == "application" else None


def step(memory: None, fact: Fact, thresholds: Thresholds) -> tuple[None, Finding | None]:
    """Found at once."""
    why = "The application logged somebody in and kept the session cookie of before the login."
    if fact.kind != KEPT:
        why = "The application issued the session cookie of a session that had ended again."
    return None, finding(NAME, "application", fact, why)


DETECTOR = Detector(NAME, frozenset((KEPT, str(EventType.SESSION_REUSED_AFTER_END))), key, step)
