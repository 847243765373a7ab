"""What may be asked, as types: query parameters and bodies are checked against them, and the OpenAPI document tells
them. What comes back is in `shapes`."""

import re
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from nightlatch.core.events import EventType

Text = Annotated[str, Meta(max_length=1_000)]
_TYPES = "^(" + "|".join(re.escape(name) for each in EventType for name in (each, each.partition(".")[0])) + ")$"
Kind = Annotated[str, Meta(pattern=_TYPES, description="`session.expired`, or `session` for all of them.")]
MOST = 100_000
"""How many sessions or events are given at most in one answer."""


class SessionsQuery(Struct, forbid_unknown_fields=True):
    limit: Annotated[int, Meta(ge=0, le=MOST, description=f"How many at most; 0: {MOST}.")] = 1000
    state: Literal["active", "expired", "ended"] | UnsetType = UNSET
    subject: Text | UnsetType = UNSET


class SubjectQuery(Struct, forbid_unknown_fields=True):
    subject: Annotated[str, Meta(max_length=1_000, description="Whose sessions.")]


class EventsQuery(Struct, forbid_unknown_fields=True):
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most.")] = 1000
    after: Annotated[int, Meta(ge=0, le=2**62, description="Only those with a higher id.")] | UnsetType = UNSET
    type: Kind | UnsetType = UNSET
    session: Text | UnsetType = UNSET


class DecisionsQuery(Struct, forbid_unknown_fields=True):
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most, the last ones.")] = 1000
    session: Text | UnsetType = UNSET


class AlertsQuery(Struct, forbid_unknown_fields=True):
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most.")] = 1000
    after: Annotated[int, Meta(ge=0, le=2**62, description="Only those with a higher id.")] | UnsetType = UNSET
    session: Text | UnsetType = UNSET


class Nothing(Struct, forbid_unknown_fields=True):
    """No parameters."""


class Advance(Struct, forbid_unknown_fields=True):
    by: Annotated[str, Meta(description="How far: 90s, 31m, 8h, 1h30m.", max_length=100)]


class Who(Struct, forbid_unknown_fields=True):
    user: (
        Annotated[str, Meta(min_length=1, max_length=128, description="Left out: the first of the guard's dev users.")]
        | UnsetType
    ) = UNSET
    remember: Annotated[bool, Meta(description="A session with the limits of `[remember]`.")] = False


class NewPolicy(Struct, forbid_unknown_fields=True):
    text: Annotated[str, Meta(max_length=1 << 20, description="TOML.")]
