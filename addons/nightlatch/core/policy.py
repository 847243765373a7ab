"""The policy as a value: limits, rules, activity, login. Reading it from TOML is `policy_toml`'s work.

All durations are integer microseconds; None means that there is no such limit (`"off"` in the file).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from nightlatch.core.hours import Hours

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Limits(NamedTuple):
    """The limits that apply to a request, every gap filled (rule, else tier, else `[session]`)."""

    idle: int | None = 30 * MINUTE
    absolute: int | None = 8 * HOUR
    rolling: int | None = None
    grace: int = 10 * SECOND
    leeway: int = 30 * SECOND


class OnExpiry(StrEnum):
    END = "end"
    REAUTHENTICATE = "reauthenticate"


class Match(NamedTuple):
    """What a rule applies to; an empty tuple matches everything. Patterns: `*` in a segment, `**` across."""

    path: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    network: tuple[str, ...] = ()


class Requirement(NamedTuple):
    """What a rule demands of the session. `group` and `network` unmet is `denied`, the others `step_up`."""

    amr: tuple[str, ...] = ()
    acr: tuple[str, ...] = ()
    auth_age: int | None = None
    group: tuple[str, ...] = ()
    network: tuple[str, ...] = ()


class Rule(NamedTuple):
    """One `[[rule]]`, its limits resolved. `own_absolute` tells that `absolute` is not `[session]`'s, and so does
    `own_idle` of `idle`."""

    name: str
    match: Match
    limits: Limits
    public: bool = False
    on_expiry: OnExpiry = OnExpiry.END
    passive: bool = False
    require: Requirement = Requirement()
    risk: str | None = None
    own_absolute: bool = False
    own_idle: bool = False


class PassivePattern(NamedTuple):
    """One entry of `[activity].passive`: all given fields must hold. `header` is lower case and asks for presence."""

    path: str | None = None
    method: str | None = None
    header: str | None = None


class Activity(NamedTuple):
    passive: tuple[PassivePattern, ...] = ()
    websocket: str = "client"
    """Which WebSocket messages count: client, none or all."""


class Login(NamedTuple):
    rewrite_upstream: bool = False
    public: tuple[str, ...] = ()


class Concurrency(NamedTuple):
    """How many live sessions a person may have on a site; `max` None: any number."""

    max: int | None = None
    then: str = "end_oldest"
    """What gives way after a login beyond it: `end_oldest`, or the login itself (`refuse`)."""


class Forms(NamedTuple):
    """What becomes of a form that meets an expired session."""

    keep: bool = True
    largest: int = 4 << 20
    """Bytes of body that are kept at most."""
    secret: tuple[str, ...] = ()
    """Further names of fields whose form is not kept, lower case, `*` for any characters."""


class AlertRule(NamedTuple):
    """One entry of `[alerts]`: thresholds as given, and what follows (alert, step_up or end)."""

    then: str = "alert"
    thresholds: Mapping[str, int | str] = {}


class Audit(NamedTuple):
    """`[audit]`: how long events are kept, and sessions after their end; None for ever."""

    keep: int | None = None
    keep_sessions: int | None = None


class Policy(NamedTuple):
    """A whole policy. `version` is the first 12 hex digits of the SHA-256 of its text."""

    name: str
    version: str
    session: Limits = Limits()
    tiers: Mapping[str, Limits] = {}
    rules: tuple[Rule, ...] = ()
    activity: Activity = Activity()
    login: Login = Login()
    forms: Forms = Forms()
    concurrency: Concurrency = Concurrency()
    audit: Audit = Audit()
    hours: Hours = Hours()
    remember: Mapping[str, int | None] = {}
    """The limits of remembered sessions that `[remember]` gives, by `idle` and `absolute`; empty: nobody is remembered.
    What applies to a session is `remembering.policy_for`'s to say."""
    alerts: Mapping[str, AlertRule] = {}
    floor: str | None = None
    review_every: int | None = None
    """How often somebody has to look at the trail (`nightlatch audit review`), microseconds."""
    text: str = ""
    public: tuple[str, ...] = ()
    """Path patterns that are public by command line (`--public`), whatever the rules say."""
