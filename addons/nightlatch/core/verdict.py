"""What was decided about one request, with its reason: data that response, audit, CLI and replay read alike."""

from enum import StrEnum
from typing import NamedTuple

from nightlatch.core.session import End


class Kind(StrEnum):
    """The nine verdicts (DESIGN §1)."""

    ALLOW = "allow"
    PUBLIC = "public"
    LOGIN = "login"
    EXPIRED = "expired"
    REFUSED = "refused"
    STEP_UP = "step_up"
    DENIED = "denied"
    INVALID = "invalid"
    ERROR = "error"


PASSES = frozenset({Kind.ALLOW, Kind.PUBLIC})


class Clock(StrEnum):
    """The five things that run out (DESIGN §1)."""

    IDLE = "idle"
    ABSOLUTE = "absolute"
    ROLLING = "rolling"
    TOKEN = "token"  # noqa: S105 (the name of a clock)
    AUTH = "auth"


CROSS_SITE = "cross_site"
"""The reason of a `denied` WebSocket handshake that came with a credential from another site (law of trust 2)."""


class Remaining(NamedTuple):
    """Microseconds left on the clocks of a live session under one set of limits; None where there is no limit."""

    idle: int | None
    absolute: int | None


class Verdict(NamedTuple):
    """One decision. Durations are microseconds. `end` is set when this very request ends the session."""

    kind: Kind
    reason: str
    """A short code that says why, such as `no_credential`, `unknown_credential`, `clock`, `ended`, `group`."""
    rule: str | None = None
    clock: Clock | None = None
    limit: int | None = None
    elapsed: int | None = None
    activity: bool = False
    """Whether this request counts as activity; only ever true for `allow`."""
    end: End | None = None
    remaining: Remaining | None = None
    asks: tuple[tuple[str, str], ...] = ()
    """For `step_up`: what the login must give, such as `(("max_age", "900"),)`."""
    forward_credential: bool = True
    """False: the credential is removed before the request goes on (law of trust 5)."""

    @property
    def passes(self) -> bool:
        """Whether the request goes on to the upstream."""
        return self.kind in PASSES
