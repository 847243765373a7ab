"""`nightlatch policy explain` and `policy diff`: which rule a request meets, and what differs between two policies."""

from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from nightlatch.core.activity import is_passive
from nightlatch.core.durations import format_duration, seconds_down
from nightlatch.core.lint.finding import Written
from nightlatch.core.matching import candidates
from nightlatch.core.paths import EVERY, readings
from nightlatch.core.policy import Policy, Rule
from nightlatch.core.policy_diff import differences
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session
from nightlatch.presets import load_policy
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.options import JsonOption
from nightlatch_cli.output import print_json, print_table, say, tell
from nightlatch_cli.policy_commands import PolicyArgument

MethodArgument = Annotated[str, typer.Argument(metavar="METHOD", help="Such as GET.")]
UrlArgument = Annotated[str, typer.Argument(metavar="URL", help="A URL, or its path alone.")]
OtherArgument = Annotated[str, typer.Argument(metavar="OTHER", help="What would take its place.")]
GroupOption = Annotated[list[str] | None, typer.Option("--group", metavar="NAME", help="A group of the person.")]
AddressOption = Annotated[str, typer.Option("--from", metavar="ADDRESS", help="The client's IP address.")]
ExitCodeOption = Annotated[bool, typer.Option("--exit-code", help="End with 1 when there are differences.")]


def explain(
    policy: PolicyArgument,
    method: MethodArgument,
    url: UrlArgument,
    group: GroupOption = None,
    address: AddressOption = "127.0.0.1",
    json: JsonOption = False,
) -> None:
    """Explain which rule a request meets, with which limits, and whether it counts as activity."""
    found, request = load_policy(policy), _request(method, url, address)
    rules = candidates(found, request, _person(tuple(group or ())))
    shown = [_rule_document(found, rule, request) for rule in rules]
    if json:
        read = [reading for reading in readings(request.path) if reading != EVERY]
        print_json(
            {"method": request.method, "host": request.host, "path": request.path, "readings": read, "rules": shown}
        )
        return
    if len(shown) > 1:
        say("the path can be read in several ways; the strictest of these rules decides")
    for document, rule in zip(shown, rules, strict=True):
        tell(f"{request.method} {request.path}: {_sentence(document, rule)}")


def diff(
    policy: PolicyArgument, other: OtherArgument, exit_code: ExitCodeOption = False, json: JsonOption = False
) -> None:
    """Tell what changes in meaning when OTHER takes the place of POLICY."""
    found = differences(load_policy(policy), load_policy(other))
    if json:
        print_json([difference._asdict() for difference in found])
    elif found:
        rows = [(each.at, each.before or "", each.after or "", each.change) for each in found]
        print_table(("what", policy, other, "change"), rows)
    else:
        say("no difference in meaning")
    if found and exit_code:
        raise typer.Exit(ExitCode.FINDING)


def _request(method: str, url: str, address: str) -> RequestView:
    """The request line as the guard would see it.

    Raises:
        Failure: the URL is neither absolute nor a path.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        fail(ExitCode.USAGE, f"URL `{url}` cannot be read: {error}")
    path = url.partition("?")[0].partition("#")[0] if url.startswith("/") else parts.path or "/"
    if not path.startswith("/") or (not url.startswith("/") and not host):
        fail(ExitCode.USAGE, f"URL `{url}` is neither absolute nor a path", "such as http://localhost/admin or /admin")
    return RequestView(method.upper(), host, path, "", {}, address)


def _person(groups: tuple[str, ...]) -> Session:
    return Session("", "", "", "nightlatch", 0, 0, 0, 0, groups=groups)


def _rule_document(policy: Policy, rule: Rule, request: RequestView) -> dict[str, Any]:
    seconds = {
        key: None if limit is None else seconds_down(limit)
        for key, limit in rule.limits._asdict().items()
        if key in ("idle", "absolute", "rolling")
    }
    require = {key: value for key, value in rule.require._asdict().items() if value}
    return {
        "rule": rule.name or None,
        "line": _line(policy, rule),
        "access": "public" if rule.public else "guarded",
        **seconds,
        "on_expiry": str(rule.on_expiry),
        "activity": not rule.public and not is_passive(policy, rule, request),
        "require": require,
    }


def _line(policy: Policy, rule: Rule) -> int | None:
    """Where the rule begins; None for what no `[[rule]]` of the file says."""
    if rule not in policy.rules:
        return None
    written = Written(policy.text)
    return written.place(("rule", policy.rules.index(rule))).line


def _sentence(document: dict[str, Any], rule: Rule) -> str:
    named = f'rule "{rule.name}"' if rule.name else "[session]"
    where = f"{named} (line {document['line']})" if document["line"] else named
    if rule.public:
        return f"{where}: public"
    limits = f"idle {format_duration(rule.limits.idle)}, absolute {format_duration(rule.limits.absolute)}"
    counts = "counts as activity" if document["activity"] else "passive"
    wants = ", ".join(f"{key} {_words(key, value)}" for key, value in document["require"].items())
    return f"{where}: {limits}, {counts}" + (f", requires {wants}" if wants else "")


def _words(key: str, value: Any) -> str:
    return format_duration(value) if key == "auth_age" else " or ".join(value)
