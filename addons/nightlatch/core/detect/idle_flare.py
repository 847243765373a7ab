"""A session that had been idle for long comes back from a network that its subject is not known to use.

That is what a stolen credential looks like when it is tried out after its owner went home. No window: the request
itself tells how long the session was idle, and whether the subject was seen in that network in the last 30 days.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, by_session, finding
from nightlatch.core.detect.facts import REQUEST, Fact
from nightlatch.core.durations import format_duration
from nightlatch.core.policy import HOUR

NAME = "idle_flare"
OVERNIGHT = 6 * HOUR
"""What `after = "overnight"` means; and, for want of an idle limit, a share of one."""


def long_idle(after: int | str, limit: int | None) -> int:
    """How long a session has to have been idle (microseconds): a duration, a share of its idle limit, or overnight."""
    if isinstance(after, int):
        return after
    if after == "overnight" or limit is None:
        return OVERNIGHT
    return limit * int(after.removesuffix("%")) // 100


def step(memory: None, fact: Fact, thresholds: Thresholds) -> tuple[None, Finding | None]:
    """Found when the pause was long, and (unless `network` is `any`) the network is unfamiliar."""
    gap, limit = fact.whole("gap"), fact.whole("limit")
    anywhere = thresholds["network"] == "any"
    if gap < long_idle(thresholds["after"], limit or None) or (fact.detail.get("familiar") is True and not anywhere):
        return None, None
    place = "" if anywhere else ", where its subject was not seen in the last 30 days"
    why = f"After {format_duration(gap // 1_000_000 * 1_000_000)} without activity the session came back"
    return None, finding(NAME, fact.session or "", fact, f"{why} from {fact.network}{place}.", gap=gap, limit=limit)


DETECTOR = Detector(NAME, frozenset((REQUEST,)), by_session, step)
