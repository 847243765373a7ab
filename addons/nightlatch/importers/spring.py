"""Spring Boot: `server.servlet.session.timeout` or `spring.session.timeout`, from properties or YAML."""

from typing import Any

from nightlatch.core.policy import MINUTE
from nightlatch.importers.amounts import spring
from nightlatch.importers.draft import Draft, ImportFailed
from nightlatch.importers.settings_text import Values, properties, yaml

_TIMEOUTS = ("spring.session.timeout", "server.servlet.session.timeout", "server.reactive.session.timeout")
_DEFAULT = 30 * MINUTE


def read(text: str) -> Draft:
    """The policy that behaves as these settings do.

    Raises:
        ImportFailed: they cannot be read.
    """
    found = _values(text)
    draft = Draft("Spring")
    name = next((name for name in _TIMEOUTS if name in found), None)
    idle = _DEFAULT if name is None else spring(found[name], name)
    draft.limit("idle", idle, name or "maxInactiveInterval, 30 minutes unless set")
    draft.limit("absolute", None, "there is none (spring-session issue 1085)")
    draft.note("every request counts as activity there, polling and event streams that reconnect included")
    draft.note("there is no absolute limit: a session that is kept busy never ends")
    age = found.get("server.servlet.session.cookie.max-age")
    if age is not None:
        draft.note(
            f"server.servlet.session.cookie.max-age ({age}) is the browser's doing; the server does not hold to it"
        )
    return draft


def _values(text: str) -> Values:
    """Properties, or YAML flattened to the same names."""
    try:
        nested = yaml(text)
    except ImportFailed:
        nested = {}
    flat = _flat(nested)
    return flat if any(name in flat for name in _TIMEOUTS) else properties(text)


def _flat(value: Any, prefix: str = "") -> Values:
    if not isinstance(value, dict):
        return {prefix: value}
    found: Values = {}
    for key, inner in value.items():
        found.update(_flat(inner, f"{prefix}.{key}" if prefix else str(key)))
    return found
