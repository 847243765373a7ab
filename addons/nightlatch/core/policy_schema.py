"""The policy file as a JSON Schema (draft 7, which editors of TOML read), made from what the reader itself goes by.

Whatever `read_policy` takes is valid by it. What a schema cannot say is left to the reader: whether a tier exists,
whether a rule's name is taken, how a limit compares with the floor.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from nightlatch.core import policy_schema_values as values
from nightlatch.core.detect.table import OFF, RULES
from nightlatch.core.durations import format_duration
from nightlatch.core.policy import AlertRule, Forms, Limits
from nightlatch.core.policy_alerts import THEN
from nightlatch.core.policy_remember import REMEMBER
from nightlatch.core.policy_schema_values import Schema, a_few, choice, duration, flag, table, text

_LIMITS = Limits()


def policy_schema(presets: Sequence[str] = ()) -> Schema:
    """The schema; `presets` are the names that an editor offers for `[policy].floor`."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "nightlatch policy",
        **table(
            "How long sessions last, and under which rules.",
            policy=_policy(presets),
            session=_session(),
            remember=_remember(),
            activity=_activity(),
            risk=_risk(),
            rule={"type": "array", "items": _rule(), "description": "The first rule that matches a request applies."},
            login=_login(),
            forms=_forms(),
            concurrency=_concurrency(),
            hours=_hours(),
            audit=_audit(),
            alerts=_alerts(),
        ),
    }


def _audit() -> Schema:
    return table(
        "What is kept of what was.",
        keep=duration("How long events are kept; then the guard prunes them, and the rest can still be proven."),
        keep_sessions=duration(
            "How long sessions are kept after their end (at least a day), and alerts; else as long as events."
        ),
    )


def _policy(presets: Sequence[str]) -> Schema:
    return table(
        "What this policy is.",
        name=text("Its name, in messages and in the audit trail; else the file's.", values.NAME),
        floor=text("No limit here may be looser than that preset's.", values.WORD, examples=list(presets)),
        review_every=duration("How often somebody has to look at the audit trail."),
    )


def _limits(where: str, usual: Mapping[str, int | None] | None = None) -> dict[str, Schema]:
    """`idle`, `absolute`, `rolling`; without `usual` they come from elsewhere when they are not given."""
    told = {
        "idle": "How long without activity until a session ends",
        "absolute": "How long after the login a session ends, however busy it is",
        "rolling": "How often nightlatch renews a credential of its own",
    }
    return {key: duration(f"{what}.{where}", usual, key) for key, what in told.items()}


def _session() -> Schema:
    usual = _LIMITS._asdict()
    return table(
        "The limits of every request for which no rule says otherwise.",
        **_limits("", usual),
        grace=duration("How long a credential that was replaced still works.", usual, "grace"),
        leeway=duration("By how much a token's own times may be off.", usual, "leeway"),
    )


def _remember() -> Schema:
    limits = _limits(" Where that is looser than in `[session]`.")
    kept = {key: limits[key] for key in REMEMBER}
    return {**table("Limits of people who ask at the login to be remembered.", **kept), "minProperties": 1}


def _activity() -> Schema:
    passive = table(
        "Requests for which everything holds that is given here.",
        path=text("A path pattern.", values.PATH),
        method=text("An HTTP method.", values.METHOD),
        header=text("The name of a header field that is there.", values.HEADER),
    )
    return table(
        "What counts as the person being there.",
        passive={
            "type": "array",
            "items": {**passive, "minProperties": 1},
            "description": "Requests that do not count: what an open tab sends by itself.",
        },
        websocket=choice("Which messages of a WebSocket count.", ("client", "none", "all"), "client"),
    )


def _risk() -> Schema:
    tier = table("A tier of limits, which rules name by `risk`.", **_limits(" Else as in `[session]`."))
    return {"type": "object", "additionalProperties": tier, "description": "Tiers of limits; their names are free."}


def _rule() -> Schema:
    of_public = ("risk", "idle", "absolute", "rolling", "on_expiry", "require")
    rule = table(
        "One rule.",
        name=text("Its name, which answers and the audit trail tell.", values.NAME),
        match={**_match(), "minProperties": 1},
        access=choice("`public`: no session needed.", ("public", "guarded"), "guarded"),
        risk=text("The tier whose limits hold here, `[risk.NAME]`.", {}),
        **_limits(" Else as in its tier, else as in `[session]`."),
        on_expiry=choice("What an expiry here does: end the session, or ask again.", ("end", "reauthenticate"), "end"),
        passive=flag("Requests of this rule are no activity.", False),
        require=_require(),
    )
    public = {"properties": {"access": {"const": "public"}}, "required": ["access"]}
    nothing = {"not": {"anyOf": [{"required": [key]} for key in of_public]}}
    return {**rule, "required": ["match"], "if": public, "then": nothing}


def _match() -> Schema:
    return table(
        "What the rule applies to; all of what is given has to fit.",
        path=a_few("Path patterns: `*` within a segment, `**` across. The query takes no part.", values.PATH, 1),
        method=a_few("HTTP methods, `*` for all.", values.METHOD, 1),
        host=a_few("Host names without port, `*` for any characters.", values.HOST, 1),
        group=a_few("Groups of the person; one of them is enough.", values.WORD, 1),
        network=a_few("Networks of the client, in CIDR notation.", values.NETWORK, 1),
    )


def _require() -> Schema:
    return table(
        "What the session must have; else `step_up` (`amr`, `acr`, `auth_age`) or `denied` (`group`, `network`).",
        amr=a_few("How the person logged in: `mfa`, `otp` …; all of these.", values.WORD),
        acr=a_few("The class of the login; one of these.", values.WORD),
        auth_age=duration("How long ago the login may be."),
        group=a_few("Groups; one of these.", values.WORD),
        network=a_few("Networks; one of these.", values.NETWORK),
    )


def _login() -> Schema:
    return table(
        "What needs no login, and whose 401 leads to one.",
        public=a_few("Path patterns that need no session, whatever the rules say.", values.PATH),
        rewrite_upstream=flag("The application's own 401, 419 or 440 on a page leads to the login.", False),
    )


def _forms() -> Schema:
    usual = Forms()
    return table(
        "What becomes of a form that meets an expired session.",
        keep=flag("It is kept until the person is back.", usual.keep),
        largest=text("How large it may be, at most 64MiB.", values.SIZE, default=f"{usual.largest >> 20}MiB"),
        secret=a_few("Further names of fields whose form is not kept; `*` for any characters.", values.WORD),
    )


def _concurrency() -> Schema:
    crowd = table(
        "How many live sessions a person may have.",
        max=values.count("How many."),
        then=choice("What gives way: the oldest, or the new login.", ("end_oldest", "refuse"), "end_oldest"),
    )
    return _or_empty(crowd, "max")


def _hours() -> Schema:
    hours = table(
        "When the site is open; outside of it the answer is `denied`.",
        open=a_few("Days and times: `mon-fri 08:00-18:00`, `22:00-06:00`.", values.SPAN, 1),
        zone=text("The time zone.", values.WORD, default="UTC", examples=["UTC", "Europe/Berlin"]),
    )
    return _or_empty(hours, "open")


def _or_empty(schema: Schema, key: str) -> Schema:
    return {**schema, "anyOf": [{"maxProperties": 0}, {"required": [key]}]}


def _alerts() -> Schema:
    detectors = {name: _detector(name, usual) for name, usual in RULES.items()}
    return table("What is looked for, and what follows. docs/alerts.md tells what each detector finds.", **detectors)


def _detector(name: str, usual: AlertRule) -> Schema:
    keys = {key: _threshold(key, value) for key, value in usual.thresholds.items()}
    then = choice("What follows when it finds something.", THEN, usual.then)
    state = "Off until it is named." if name in OFF else "On unless told otherwise."
    return table(f"The detector {name}. {state}", **keys, then=then)


def _threshold(key: str, usual: int | str) -> Schema:
    shown = usual if isinstance(usual, str) or key == "count" else format_duration(usual)
    kinds: dict[str, Any] = {
        "count": values.count("How many times."),
        "window": text("Within how long.", values.SOME_TIME),
        "grace": text("For how long after it is no matter.", values.SOME_TIME),
        "after": text("After how long without activity: a share of the idle limit, a duration.", values.PAUSE),
        "network": choice("Whether it has to come from a network that is new for the person.", ("changed", "any"), ""),
    }
    return {**kinds[key], "default": shown}
