"""Sessions, ends and decisions in words, for the commands that print them. Values in, text out."""

from typing import Any

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND
from nightlatch.core.session import End

REASONS = {
    "logout": "logged out",
    "admin": "by an administrator",
    "backchannel": "by the identity provider",
    "policy": "by the policy",
    "reset": "the clock was reset",
    "rotation_reuse": "a credential that had been replaced was used again",
}
"""Why a session ended that no clock ended."""

_RAN = {
    "idle": "no activity for {elapsed}",
    "absolute": "{elapsed} since the login",
    "rolling": "{elapsed} since the credential was issued",
    "token": "{elapsed} since the token was issued",
    "auth": "{elapsed} since the person last proved who they are",
}


def span(seconds: int) -> str:
    """Whole seconds as `1h30m`."""
    return format_duration(seconds * SECOND)


def left(document: dict[str, Any]) -> str:
    """What is left of the clocks of a live session, given as JSON: `idle 14m3s, absolute 7h`."""
    clocks = sorted(document["clocks"].items())
    return ", ".join(f"{name} {_remaining(clock['remaining'])}" for name, clock in clocks) or "no limit"


def _remaining(seconds: int) -> str:
    return span(seconds) if seconds else "has run out"


def why_ended(end: End | None) -> str:
    """Why a session ended, in a few words: `no activity for 31m2s, limit 30m, exceeded by 1m2s (rule admin)`."""
    if end is None:
        return "it has not"
    if end.clock is None:
        return REASONS.get(end.reason, end.reason)
    return clock_words(end.clock, end.limit, end.elapsed) + (f" (rule {end.rule})" if end.rule else "")


def clock_words(clock: object, limit: object, elapsed: object) -> str:
    """A clock that ran out, and by how much: `no activity for 31m2s, limit 30m, exceeded by 1m2s`. Microseconds."""
    if not isinstance(limit, int) or not isinstance(elapsed, int):
        return f"the clock {clock} ran out"
    ran = _RAN.get(str(clock), f"{clock} {{elapsed}}").format(elapsed=format_duration(elapsed))
    over = elapsed // SECOND - limit // SECOND
    return f"{ran}, limit {format_duration(limit)}" + (f", exceeded by {span(over)}" if over > 0 else "")
