"""Reading a policy from its TOML text (DESIGN §6.2): the whole policy as a value, or every mistake in it.

Gets text, not files; `nightlatch.presets` finds and reads those.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable
from typing import Any

from nightlatch.core import policy_values as values
from nightlatch.core.mistakes import Mistake, PolicyInvalid
from nightlatch.core.policy import Activity, Limits, Login, PassivePattern, Policy
from nightlatch.core.policy_alerts import read_alerts
from nightlatch.core.policy_audit import read_audit
from nightlatch.core.policy_crowd import read_concurrency
from nightlatch.core.policy_floor import check_floor
from nightlatch.core.policy_forms import read_forms
from nightlatch.core.policy_hours import read_hours
from nightlatch.core.policy_remember import read_remember
from nightlatch.core.policy_rules import LIMITS, over, read_rules, read_tiers
from nightlatch.core.policy_table import Report, Table
from nightlatch.core.toml_places import places

__all__ = ["Mistake", "PolicyInvalid", "read_policy"]

_TABLES = (
    "policy",
    "session",
    "activity",
    "risk",
    "rule",
    "login",
    "forms",
    "concurrency",
    "audit",
    "hours",
    "remember",
    "alerts",
)
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_policy(
    text: str,
    *,
    name: str,
    file: str = "<policy>",
    floors: Callable[[str], Policy] | None = None,
    public: tuple[str, ...] = (),
) -> Policy:
    """The policy that `text` writes.

    Args:
        text: TOML; a byte order mark and CRLF are tolerated.
        name: the policy's name where `[policy].name` gives none.
        file: what messages call the text.
        floors: gives the preset that `[policy].floor` names; may raise ValueError for a name that it does not know.
        public: further path patterns that are public (`--public`).

    Raises:
        PolicyInvalid: with all mistakes at once; of mistakes in the syntax only the first.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n")
    root = _parsed(lines, file)
    policy = _policy(root, text, name)._replace(public=_extra(root.report, public))
    if policy.floor is not None:
        _floor(root, policy, policy.floor, floors)
    if root.report.mistakes:
        raise PolicyInvalid(root.report.in_order())
    return policy


def version_of(text: str) -> str:
    """The version of the policy that `text` writes: the first 12 hex digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _parsed(text: str, file: str) -> Table:
    try:
        parsed: dict[str, Any] = tomllib.loads(text)
        return Table(Report(file, text.split("\n"), places(text)), parsed)
    except RecursionError:
        raise PolicyInvalid((Mistake(file, 1, 1, "arrays or tables nested too deeply", "a policy"),)) from None
    except ValueError as error:
        raise PolicyInvalid((_syntax(str(error), text, file),)) from None


def _syntax(message: str, text: str, file: str) -> Mistake:
    """`tomllib` tells the place of its first complaint in the message, if at all."""
    lines = text.split("\n")
    match = _PLACE.search(message)
    line, column = (len(lines), len(lines[-1]) + 1) if match else (1, 1)
    if match and match[1]:
        line, column = int(match[1]), int(match[2])
    return Mistake(file, line, column, f"not TOML: {_PLACE.sub('', message)}", "TOML 1.0", None, lines[line - 1])


def _policy(root: Table, text: str, name: str) -> Policy:
    root.known(*_TABLES)
    about = root.table("policy")
    about.known("name", "floor", "review_every")
    session = _session(root.table("session"))
    tiers = read_tiers(root, session)
    return Policy(
        name=about.text("name", values.rule_name) or name,
        version=version_of(text),
        session=session,
        tiers={tier: value.limits for tier, value in tiers.items()},
        rules=read_rules(root, session, tiers),
        activity=_activity(root.table("activity")),
        login=_login(root.table("login")),
        forms=read_forms(root.table("forms")),
        concurrency=read_concurrency(root.table("concurrency")),
        audit=read_audit(root.table("audit")),
        hours=read_hours(root.table("hours")),
        remember=read_remember(root),
        alerts=read_alerts(root),
        floor=about.text("floor", values.word),
        review_every=about.durations("review_every").get("review_every"),
        text=text,
    )


def _session(table: Table) -> Limits:
    """`[session]` over the defaults; `grace` and `leeway` are 0 when `off`."""
    table.known(*LIMITS, "grace", "leeway")
    tolerances = {key: value or 0 for key, value in table.durations("grace", "leeway").items()}
    return over(Limits(), table.durations(*LIMITS))._replace(**tolerances)


def _activity(table: Table) -> Activity:
    table.known("passive", "websocket")
    patterns = tuple(_passive(entry) for entry in table.tables("passive"))
    return Activity(patterns, table.choice("websocket", ("client", "none", "all"), "client"))


def _passive(table: Table) -> PassivePattern:
    table.known("path", "method", "header")
    if not table.values:
        table.report.add(table.path, "an entry that names nothing", "a path, a method or a header")
    return PassivePattern(
        table.text("path", values.path_pattern),
        table.text("method", values.method),
        table.text("header", values.header_name),
    )


def _login(table: Table) -> Login:
    table.known("rewrite_upstream", "public")
    return Login(table.flag("rewrite_upstream"), table.texts("public", values.path_pattern))


def _extra(report: Report, public: tuple[str, ...]) -> tuple[str, ...]:
    """`--public` patterns are held to the same as those in the file."""
    for pattern in public:
        try:
            values.path_pattern(pattern)
        except values.Unfit as unfit:
            report.mistakes.append(Mistake("--public", 1, 1, f'"{pattern}"', unfit.expected, unfit.nearest, pattern))
    return public


def _floor(root: Table, policy: Policy, name: str, floors: Callable[[str], Policy] | None) -> None:
    if floors is None:
        root.table("policy").wrong("floor", "no floor: there are no presets to compare with here")
        return
    try:
        floor = floors(name)
    except ValueError as error:
        root.table("policy").wrong("floor", f"the name of a preset ({error})", getattr(error, "nearest", None))
        return
    check_floor(root, policy, floor)
