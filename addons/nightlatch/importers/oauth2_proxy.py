"""oauth2-proxy: its file, flags or environment (`cookie_expire`, `cookie_refresh`, `skip_auth_routes`)."""

import re

from nightlatch.core.policy import DAY
from nightlatch.importers.amounts import go
from nightlatch.importers.draft import Draft, Scope
from nightlatch.importers.settings_text import Values, path_of_regex, toml

_FLAG = re.compile(r"--([a-z0-9-]+)(?:[= ]\"?([^\s\"]+))?")
_VARIABLE = re.compile(r"^[ \t]*(?:export\s+|-\s+)?OAUTH2_PROXY_([A-Z0-9_]+)\s*[=:]\s*\"?([^\s\"]+)", re.MULTILINE)
_DEFAULT_EXPIRE = 7 * DAY
"""168h."""


def read(text: str) -> Draft:
    """The policy that behaves as these settings do.

    Raises:
        ImportFailed: they cannot be read.
    """
    values = _values(text)
    expire = go(values["cookie_expire"], "cookie_expire") if "cookie_expire" in values else _DEFAULT_EXPIRE
    refresh = go(values.get("cookie_refresh", "0"), "cookie_refresh")
    draft = Draft("oauth2-proxy")
    _clocks(draft, expire, refresh)
    for key in ("skip_auth_routes", "skip_auth_regex"):
        for route in _list(values.get(key)):
            _public(draft, key, route)
    if _list(values.get("api_routes")):
        draft.note("api_routes answer 401 in place of a login page; nightlatch tells scripts by what they send")
    return draft


def _clocks(draft: Draft, expire: int | None, refresh: int | None) -> None:
    if expire is None:
        draft.note(
            "cookie_expire = 0 ends the session with the browser; a server cannot see that, so there is no limit"
        )
    if refresh is None:
        draft.limit("idle", None, "there is no idle timeout")
        draft.limit("absolute", expire, "cookie_expire; without cookie_refresh it counts from the login")
        return
    draft.limit("idle", expire, "cookie_expire: with cookie_refresh it slides, so it is an idle timeout")
    draft.limit("absolute", None, "nothing ends a session that is used (oauth2-proxy issue 3155)")
    draft.limit("rolling", refresh, "cookie_refresh")
    draft.note(
        "cookie_expire is no maximum: every refresh starts it anew, and any request, polling included, refreshes; "
        "give absolute a value to have one"
    )


def _public(draft: Draft, key: str, route: str) -> None:
    method, _, pattern = route.rpartition("=") if re.match(r"[A-Z]+!?=", route) else ("", "", route)
    path = path_of_regex(pattern)
    if path is None or method.endswith("!"):
        draft.note(f"{key} {route!r} is a regular expression that no path pattern says: write a public rule for it")
    else:
        methods = (method,) if method else ()
        draft.scopes.append(Scope(f"public {method} {path}", f"{key} {route!r}", (path,), public=True, methods=methods))


def _values(text: str) -> Values:
    variables = {name.lower(): value for name, value in _VARIABLE.findall(text)}
    flags = {name.replace("-", "_"): value or "true" for name, value in _FLAG.findall(text)}
    return variables or flags or toml(text)


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split(",")
    return [str(item) for item in value] if isinstance(value, list) else []
