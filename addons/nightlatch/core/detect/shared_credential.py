"""One credential is presented for several subjects: it is passed around, or its issuer gives two people one session.

No window: a session has one subject, and a request that names another is enough.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, by_session, finding
from nightlatch.core.detect.facts import FOREIGN, Fact

NAME = "shared_credential"


def step(memory: None, fact: Fact, thresholds: Thresholds) -> tuple[None, Finding | None]:
    """Found at once."""
    named = fact.text("named")
    why = f"The session of {fact.subject} was used with a credential that names {named}."
    return None, finding(NAME, fact.session or "", fact, why, named=named)


DETECTOR = Detector(NAME, frozenset((FOREIGN,)), by_session, step)
