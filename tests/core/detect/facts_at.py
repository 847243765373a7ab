"""Facts for the tests of detectors: what matters is given; and a detector fed with them."""

from collections.abc import Iterable, Mapping
from typing import Any

from nightlatch.core.alert import Finding
from nightlatch.core.detect.facts import Fact
from nightlatch.core.detect.stream import Stream
from nightlatch.core.detect.table import RULES
from nightlatch.core.policy import SECOND, AlertRule

T0 = 1_700_000_000 * SECOND
HOME, OFFICE, ELSEWHERE, V6 = "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8:1::/48"


def a_fact(kind: str, at: int = 0, *, session: str | None = "s1", subject: str | None = "ada", **about: Any) -> Fact:
    """A fact at `at` microseconds after `T0`; fields that a fact does not have go into its detail."""
    fixed = {name: about.pop(name) for name in ("network", "agent", "id") if name in about}
    return Fact(str(kind), T0 + at, session, subject, **{"network": HOME, "agent": "Firefox", **fixed}, detail=about)


def found(name: str, facts: Iterable[Fact], **thresholds: int | str) -> list[Finding]:
    """What one detector finds in `facts`."""
    given: Mapping[str, int | str] = {**RULES[name].thresholds, **thresholds}
    stream = Stream({name: AlertRule("alert", given)})
    return [finding for fact in facts for finding in stream.feed(fact)]
