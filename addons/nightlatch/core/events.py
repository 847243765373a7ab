"""Audit events: their types, their shape and the hash chain that makes a change to any of them evident.

Pure: the ledger stores them, the shells decide when one happens. An event never holds a credential or a query string.
"""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

Field = str | int | bool | None

GENESIS = "0" * 64
"""What the first event of a ledger names as its predecessor."""


class EventType(StrEnum):
    """What an event tells (DESIGN §6.6)."""

    SESSION_CREATED = "session.created"
    SESSION_ADOPTED = "session.adopted"
    SESSION_REFRESHED = "session.refreshed"
    SESSION_ROTATED = "session.rotated"
    SESSION_EXTENDED = "session.extended"
    SESSION_EXPIRED = "session.expired"
    SESSION_ENDED = "session.ended"
    SESSION_REUSED_AFTER_END = "session.reused_after_end"
    STEP_UP_REQUIRED = "step_up.required"
    STEP_UP_SATISFIED = "step_up.satisfied"
    LOGIN_STARTED = "login.started"
    LOGIN_SUCCEEDED = "login.succeeded"
    LOGIN_FAILED = "login.failed"
    LOGIN_SILENT = "login.silent"
    POLICY_LOADED = "policy.loaded"
    POLICY_REJECTED = "policy.rejected"
    CLOCK_WARPED = "clock.warped"
    ALERT_RAISED = "alert.raised"
    LEDGER_ERROR = "ledger.error"
    AUDIT_PRUNED = "audit.pruned"
    AUDIT_REVIEWED = "audit.reviewed"


class Event(NamedTuple):
    """One audit record before it is chained. `at` is microseconds on nightlatch's clock; `policy` is a version."""

    type: EventType
    at: int
    session: str | None = None
    subject: str | None = None
    network: str = ""
    agent: str = ""
    policy: str = ""
    detail: Mapping[str, Field] = {}


def occurrences(event: Event) -> int:
    """How often what `event` tells of a login happened: those of a flood are told in groups, with their `count`."""
    count = event.detail.get("count")
    return count if event.type.startswith("login.") and isinstance(count, int) else 1


class Chained(NamedTuple):
    """An event in its place: `id` counts from 1, `prev` is the hash of the event before it."""

    id: int
    event: Event
    prev: str
    hash: str


def canonical(event: Event) -> str:
    """`event` as one line of JSON with sorted keys: what is hashed, so a stored event hashes the same for ever."""
    fields = {**event._asdict(), "type": str(event.type), "detail": dict(event.detail)}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def chain_hash(prev: str, payload: str) -> str:
    """The hash of an event whose canonical form is `payload`, after the event whose hash is `prev`."""
    return hashlib.sha256(f"{prev}\n{payload}".encode()).hexdigest()
