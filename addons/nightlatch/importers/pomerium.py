"""Pomerium: `cookie_expire`, and routes that are open to everyone. Its idle timeouts are about connections."""

from urllib.parse import urlsplit

from nightlatch.core.policy import HOUR
from nightlatch.importers.amounts import go
from nightlatch.importers.draft import Draft, Scope
from nightlatch.importers.settings_text import Values, entries, path_of_regex, yaml

_DEFAULT_EXPIRE = 14 * HOUR


def read(text: str) -> Draft:
    """The policy that behaves as these settings do.

    Raises:
        ImportFailed: they cannot be read.
    """
    root = yaml(text)
    expire = go(root["cookie_expire"], "cookie_expire") if "cookie_expire" in root else _DEFAULT_EXPIRE
    draft = Draft("Pomerium")
    draft.limit("idle", None, "sessions have no idle timeout (pomerium issue 1250)")
    draft.limit("absolute", expire, "cookie_expire, from the login")
    if "timeout_idle" in root:
        draft.note(f"timeout_idle ({root['timeout_idle']}) closes idle connections; it says nothing of sessions")
    draft.note("connections that are open outlive their session there; nightlatch closes them")
    for key in ("routes", "policy"):
        for route in entries(root.get(key), key):
            _route(draft, route)
    return draft


def _route(draft: Draft, route: Values) -> None:
    host = _host(str(route.get("from", "")))
    if "idle_timeout" in route:
        draft.note(f"idle_timeout of {host} ({route['idle_timeout']}) closes idle streams; it says nothing of sessions")
    if route.get("allow_public_unauthenticated_access") is not True:
        return
    path = _path(route)
    if path is None or host is None:
        draft.note(f"the public route from {route.get('from')} has a regular expression: write a public rule for it")
    else:
        draft.scopes.append(Scope(f"public {host}{path}", "allow_public_unauthenticated_access", (path,), host, True))


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _path(route: Values) -> str | None:
    if "regex" in route:
        return path_of_regex(str(route["regex"]))
    if "path" in route:
        return str(route["path"])
    return f"{str(route.get('prefix', '/')).rstrip('/')}/**"
