"""Authelia: `session` (inactivity, expiration, remember_me, cookies) and the `bypass` rules of `access_control`."""

from typing import Any

from nightlatch.core.policy import HOUR, MINUTE
from nightlatch.importers.amounts import authelia
from nightlatch.importers.draft import Draft, Scope
from nightlatch.importers.settings_text import Values, entries, mapping, path_of_regex, yaml

_DEFAULTS = {"inactivity": 5 * MINUTE, "expiration": HOUR}


def read(text: str) -> Draft:
    """The policy that behaves as these settings do.

    Raises:
        ImportFailed: they cannot be read.
    """
    root = yaml(text)
    session = mapping(root.get("session"), "session")
    draft = Draft("Authelia")
    draft.limit("idle", _limit(session, "inactivity"), "session.inactivity")
    draft.limit("absolute", _limit(session, "expiration"), "session.expiration")
    draft.note(
        "the server's record of a session slides with every check; expiration is held by the browser's cookie only"
    )
    _remember(draft, session.get("remember_me", "1M"))
    for cookie in entries(session.get("cookies"), "session.cookies"):
        _cookie(draft, session, cookie)
    control = mapping(root.get("access_control"), "access_control")
    for rule in entries(control.get("rules"), "access_control.rules"):
        if rule.get("policy") == "bypass":
            _bypass(draft, rule)
    return draft


def _remember(draft: Draft, remember: Any) -> None:
    if str(remember) in ("-1", "0", "disable"):
        return
    draft.remember("idle", None, "remember_me: no inactivity limit")
    draft.remember("absolute", authelia(remember, "session.remember_me"), "session.remember_me")
    draft.note(f"remember_me ({remember}): sessions that were remembered have no inactivity limit there")


def _limit(table: Values, key: str, default: int | None = None) -> int | None:
    if key not in table:
        return default or _DEFAULTS[key]
    return authelia(table[key], f"session.{key}")


def _cookie(draft: Draft, session: Values, cookie: Values) -> None:
    """A cookie domain may have limits of its own."""
    domain = str(cookie.get("domain", ""))
    if not domain or not {"inactivity", "expiration"} & cookie.keys():
        return
    for host in (domain, f"**.{domain}"):
        idle = _limit(cookie, "inactivity", _limit(session, "inactivity"))
        absolute = _limit(cookie, "expiration", _limit(session, "expiration"))
        limits = (("idle", idle), ("absolute", absolute))
        draft.scopes.append(Scope(host, f"session.cookies, {domain}", host=host, limits=limits))


def _bypass(draft: Draft, rule: Values) -> None:
    resources = [str(item) for item in _some(rule.get("resources"))]
    paths = [path_of_regex(resource) for resource in resources]
    origin = f"access_control, bypass of {', '.join(map(str, _some(rule.get('domain'))))}"
    known = tuple(path for path in paths if path is not None)
    if len(known) < len(resources):
        draft.note(
            f"{origin}: a resource is a regular expression that no path pattern says: write a public rule for it"
        )
    for domain in _some(rule.get("domain")):
        if known or not resources:
            host = str(domain).replace("*.", "**.")
            draft.scopes.append(Scope(f"bypass {host}", origin, known or ("/**",), host, public=True))


def _some(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
