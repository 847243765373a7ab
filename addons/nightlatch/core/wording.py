"""Verdicts in words: one sentence that tells a person which clock ran out, by how much, or what else was the matter.

The same sentence stands on pages, in problem documents and in challenges. It may not hold anything a client sent.
"""

from collections.abc import Mapping

from nightlatch.core.durations import LONGEST
from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND, Policy
from nightlatch.core.remembering import remembered_policy
from nightlatch.core.verdict import Clock, Kind, Verdict

_UNITS = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second"))
_CLOCKS = {
    Clock.IDLE: "You were idle for {elapsed}; the limit is {limit}.",
    Clock.ABSOLUTE: "You logged in {elapsed} ago; a session lasts {limit} at most.",
    Clock.ROLLING: "This credential was issued {elapsed} ago; it is good for {limit}.",
    Clock.TOKEN: "This token was issued {elapsed} ago; it was good for {limit}.",
    Clock.AUTH: "You last proved who you are {elapsed} ago; this needs it within {limit}.",
}
_REASONS = {
    "logout": "This session was logged out.",
    "admin": "This session was ended by an administrator.",
    "backchannel": "This session was ended by the identity provider.",
    "policy": "This session was ended by the policy.",
    "reset": "This session ended when the clock was reset.",
    "rotation_reuse": "This session was ended because an old credential of it was used again.",
    "duplicate": "The request carries more than one credential; only one can be meant.",
    "unknown_credential": "The credential is not known here.",
    "no_credential": "This needs a login.",
    "upstream_refused": "The application asks for a login of its own.",
    "not_yet_valid": "The token is not valid yet.",
    "signature": "The token's signature does not fit any key that is trusted here.",
    "unknown_key": "The token names a key that is not trusted here.",
    "algorithm": "The token is signed with an algorithm that is not accepted here.",
    "audience": "The token is meant for someone else.",
    "issuer": "The token comes from an issuer that is not trusted here.",
    "no_expiry": "The token does not say when it expires.",
    "signer": "The token was signed by somebody else's load balancer.",
    "malformed": "The token cannot be read.",
    "critical_extension": "The token asks for something that is not understood here.",
    "keys": "The keys with which credentials are checked cannot be had at the moment, so nobody can be let in.",
    "no_subject": "The token does not say whose it is.",
    "type": "The token is of another kind.",
    "too_large": "The credential is too large.",
    "group": "Your groups do not allow this.",
    "hours": "This site is closed at this hour.",
    "network": "This is not allowed from your network.",
    "alert": "Something unusual was seen in this session; it needs a fresh login.",
    "amr": "This needs a stronger login.",
    "acr": "This needs a stronger login.",
    "ledger": "The ledger of sessions cannot be used, so nobody can be let in.",
}
_KINDS = {
    Kind.LOGIN: "This needs a login.",
    Kind.EXPIRED: "The session has expired.",
    Kind.REFUSED: "The session has ended.",
    Kind.STEP_UP: "This needs a fresh login.",
    Kind.DENIED: "This is not allowed.",
    Kind.INVALID: "The credential cannot be read.",
    Kind.ERROR: "Requests cannot be judged at the moment, so nobody can be let in.",
}
_TOLD_AT_LOGIN = frozenset({Kind.LOGIN, Kind.EXPIRED, Kind.REFUSED, Kind.STEP_UP, Kind.INVALID})
_NEVER_AT_LOGIN = frozenset({"group", "hours", "network", "ledger", "keys"})
"""Reasons of verdicts that no login mends: nobody is sent to it for one."""


def sentence(verdict: Verdict) -> str:
    """Why `verdict` came about, for the person whom it concerns."""
    if verdict.clock is not None and verdict.limit is not None and verdict.elapsed is not None:
        words = {"elapsed": spoken(verdict.elapsed), "limit": spoken(verdict.limit)}
        return _CLOCKS[verdict.clock].format_map(words)
    return _REASONS.get(verdict.reason) or _KINDS.get(verdict.kind, "This request may pass.")


def remembered_for(policy: Policy) -> str:
    """For how long a person can be remembered, as an end of a sentence; empty where the policy remembers nobody."""
    if not policy.remember:
        return ""
    idle, absolute = remembered_policy(policy).session[:2]
    most = "" if absolute is None else f"for {spoken(absolute)}"
    away = "" if idle is None else f"until you have been away for {spoken(idle)}"
    return " at most, and ".join(part for part in (most, away) if part) or "until you log out"


def told(query: Mapping[str, str]) -> str | None:
    """The sentence for what `respond.login_location` told the dev login in its query; None when that makes no sense.

    Only words of this module come out, and only what leads to a login: no numbers that no session can have, and not
    that somebody was denied something.
    """
    try:
        kind, reason = Kind(query["verdict"]), query.get("reason", "")
        if kind not in _TOLD_AT_LOGIN or reason in _NEVER_AT_LOGIN:
            return None
        if "clock" not in query:
            return sentence(Verdict(kind, reason))
        limit, elapsed = (int(query[name][:12]) * SECOND for name in ("limit", "elapsed"))
        ran_out = Verdict(kind, reason, None, Clock(query["clock"]), limit, elapsed)
        return sentence(ran_out) if _can_be(kind, limit, elapsed) else None
    except (KeyError, ValueError):
        return None


def _can_be(kind: Kind, limit: int, elapsed: int) -> bool:
    return kind in (Kind.EXPIRED, Kind.STEP_UP) and 0 <= limit <= elapsed <= LONGEST


def spoken(duration: int) -> str:
    """`duration` (microseconds) in its two largest units, rounded down: `1 hour 31 minutes`, `0 seconds`."""
    for place, (unit, name) in enumerate(_UNITS):
        if duration >= unit:
            first = _count(duration // unit, name)
            smaller = _UNITS[place + 1 : place + 2]
            rest = [_count(duration % unit // small, word) for small, word in smaller if duration % unit >= small]
            return " ".join([first, *rest])
    return "0 seconds"


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
