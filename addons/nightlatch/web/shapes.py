"""What goes in and what comes out, as types: requests are checked against them, and the OpenAPI document is made of
them. The documents themselves are made by `core` (the command line prints the same ones); a test compares.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Instant = Annotated[str, Meta(description="RFC 3339, UTC.", extra_json_schema={"format": "date-time"})]
Seconds = Annotated[int, Meta(description="Whole seconds.")]


class ClockOf(Struct):
    """One clock of a session. What has elapsed is rounded down, what remains up."""

    limit: Seconds
    elapsed: Seconds
    remaining: Seconds
    deadline: Instant


class Why(Struct):
    """Why a session ended; the clock and its figures only where a clock ended it."""

    reason: str
    clock: str | None
    limit: Seconds | None
    elapsed: Seconds | None
    rule: str | None


class Counted(Struct):
    """The request that counted last as activity, as far as the decision log reaches."""

    at: Instant
    method: str
    path: str


class Session(Struct):
    """A session: who, since when, what is left of its clocks under the policy in force, or why it ended."""

    id: str
    site: str
    subject: str | None
    state: Literal["active", "expired", "ended"]
    started_at: Instant
    last_active_at: Instant
    ended_at: Instant | None
    clocks: dict[str, ClockOf]
    end: Why | None
    source: str
    authenticated_at: Instant
    remembered: bool
    reauthenticated_at: Instant | None
    groups: list[str]
    amr: list[str]
    acr: str | None
    network: str
    agent: str
    counted: Counted | UnsetType | None = UNSET


class Decision(Struct):
    """What was asked and what was answered; durations in seconds."""

    id: str
    at: Instant
    site: str
    session: str | None
    method: str
    host: str
    path: str
    verdict: str
    reason: str
    clock: str | None
    limit: Seconds | None
    elapsed: Seconds | None
    rule: str | None
    activity: bool
    policy: str


class Moment(Struct):
    """One line of a session's timeline: an event, or equal requests in a row."""

    at: Instant
    text: str
    activity: bool | None
    times: int
    until: Instant | None
    type: str | None
    decision: str | None


class Explanation(Struct):
    """Why a session ended, or stands where it stands, with the evidence."""

    summary: str
    decision: Decision | None
    session: Session
    timeline: list[Moment]


class Event(Struct):
    """An audit event: what every event has; each type adds fields of its own."""

    id: int
    type: str
    at: Instant
    session: str | None
    subject: str | None
    network: str
    agent: str
    policy: str
    prev: str
    hash: str


class Alert(Struct):
    """What a detector found, and what followed; what it counts is in `detail`."""

    id: int
    detector: str
    raised_at: Instant
    last_at: Instant
    count: int
    session: str | None
    subject: str | None
    network: str
    agent: str
    then: Literal["alert", "step_up", "end"]
    why: str
    event: int
    policy: str
    open: bool
    detail: dict[str, str | int | bool | None]


class Clock(Struct):
    """nightlatch's time and wall time; `offset` is the seconds between them, negative after a freeze."""

    now: Instant
    wall: Instant
    offset: int
    frozen: bool
    ended: int | UnsetType = UNSET
    """After a reset: how many sessions it ended."""


class Mistake(Struct):
    """One mistake in a policy; line and column from 1."""

    file: str
    line: int
    column: int
    found: str
    expected: str
    nearest: str | None
    message: str


class Problem(Struct):
    """Every error (RFC 9457). `errors` is there for a policy that cannot come into force."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Mistake] | UnsetType = UNSET


class Finding(Struct):
    """What is questionable in a policy, with the clause behind it where there is one."""

    code: str
    severity: str
    message: str
    clause: str
    line: int
    column: int


class Policy(Struct):
    """The policy in force."""

    name: str
    version: str
    text: str
    words: list[str]
    """What it means, a sentence each."""
    findings: list[Finding]
    file: str
    """The preset or file that the guard was started with."""
    in_place_of: str | None
    """The version that this file holds, where another one is in force: changed over the API, or by a rollback."""
    refused: list[Mistake]
    """What keeps the file, as it is now, from coming into force; empty: nothing."""
    ended: int | UnsetType = UNSET
    """After a change: how many sessions its limits ended."""


class Effect(Struct):
    """What a policy would do to one live session."""

    session: str
    subject: str | None
    effect: Literal["ends", "shorter", "longer", "same"]
    clock: str | None
    before: Instant | None
    """When it ends under the policy in force if nothing more happens; null: never."""
    after: Instant | None
    """The same under the policy that was sent."""


class Preview(Struct):
    """What a policy would do to the sessions that live now, were it to come into force."""

    name: str
    version: str
    words: list[str]
    findings: list[Finding]
    live: int
    ends: int
    shorter: int
    longer: int
    same: int
    sessions: list[Effect]
    """Those that would change, the ones that end first; at most 200."""


class Cookie(Struct):
    """A credential: send it as `Cookie: NAME=VALUE`."""

    name: str
    value: str
    session: str


class Ended(Struct):
    """How many sessions were ended."""

    ended: int


class Status(Struct):
    """`alive` or `ready`."""

    status: str


class Versions(Struct):
    """What runs here."""

    nightlatch: str
    mitmproxy: str
    python: str
    database: str
    """What the ledger is kept in, with its version, such as `SQLite 3.46.1` or `PostgreSQL 15.8`."""
    kept_in: str
    """Where: what `--ledger` takes, a whole path or a URL, which has no password."""
    ledger: int
    """The ledger's schema there."""
    url: str
    site: str
    login: str
    users: list[str]
