"""A session is used from two networks at once: requests go back and forth between them.

One move is a person who went home, or a phone that left the Wi-Fi. Networks of IPv4 and IPv6 are not compared: one
device uses both at once. Window: the session's moves of the last minutes.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, by_session, finding, number
from nightlatch.core.detect.facts import REQUEST, Fact
from nightlatch.core.durations import format_duration

NAME = "two_networks"

Seen = tuple[tuple[int, str], ...]
"""The latest requests that came from elsewhere than the one before: when, and from where."""


def step(seen: Seen | None, fact: Fact, thresholds: Thresholds) -> tuple[Seen | None, Finding | None]:
    """Found when the session has returned to a network that it had left `count` times within `window`."""
    window, count = number(thresholds, "window"), number(thresholds, "count")
    before = tuple(entry for entry in seen or () if fact.at - window < entry[0])
    same_kind = [network for _, network in before if (":" in network) == (":" in fact.network)]
    if not fact.network or (same_kind and same_kind[-1] == fact.network):
        return before or None, None
    kept = (*before, (fact.at, fact.network))[-4 * (count + 1) :]
    if fact.network not in same_kind or _returns([*same_kind, fact.network]) < count:
        return kept, None
    others = sorted(set(same_kind) - {fact.network})
    why = f"Within {format_duration(window)} the session was used by turns from {fact.network} and {', '.join(others)}."
    return kept, finding(NAME, fact.session or "", fact, why, window=window, other=others[0] if others else "")


def _returns(networks: list[str]) -> int:
    """How often a network comes up that had been left before."""
    return len(networks) - len(set(networks))


DETECTOR = Detector(NAME, frozenset((REQUEST,)), by_session, step, within_window=True)
