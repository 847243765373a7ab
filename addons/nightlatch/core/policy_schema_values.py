"""JSON Schemas of single values in a policy file, and of tables of them: what `policy_values` checks, as patterns.

A pattern may let through what the reader then refuses (a network with host bits set), never the other way round. No
lookaround: not every editor's engine has it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from nightlatch.core.durations import format_duration
from nightlatch.core.policy_values import METHODS

Schema = dict[str, Any]
"""A JSON Schema, or a part of one."""

_ISO_TIME = "T([0-9]+H([0-9]+M)?([0-9]+S)?|[0-9]+M([0-9]+S)?|[0-9]+S)"
_SHORT = (
    "[0-9]+d([0-9]+h)?([0-9]+m)?([0-9]+s)?|[0-9]+h([0-9]+m)?([0-9]+s)?|[0-9]+m([0-9]+s)?|[0-9]+s"
    f"|P([0-9]+D({_ISO_TIME})?|{_ISO_TIME})"
)
_OF_NOTHING = {"pattern": "^[^1-9]*[dhmsDHMS]$"}

DURATION: Schema = {"pattern": f"^(off|{_SHORT})$", "not": _OF_NOTHING}
SOME_TIME: Schema = {"pattern": f"^({_SHORT})$", "not": _OF_NOTHING}
PAUSE: Schema = {"anyOf": [{"pattern": "^(100|[1-9][0-9]?)%$"}, {"const": "overnight"}, SOME_TIME]}
PATH: Schema = {"pattern": r"^/[^?#{}\\]*$", "not": {"pattern": r"\*\*\*|//|/\.\.?(/|$)"}}
METHOD: Schema = {"enum": list(METHODS)}
HOST: Schema = {"pattern": r"^[^/\s]+$"}
NETWORK: Schema = {"pattern": r"^[0-9a-fA-F.:]+(%[^/]+)?(/[0-9.]+)?$"}
HEADER: Schema = {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"}
NAME: Schema = {"pattern": r"^[!#-\[\]-~]([ !#-\[\]-~]{0,62}[!#-\[\]-~])?$"}
WORD: Schema = {"pattern": r"\S"}
SIZE: Schema = {"pattern": "^[1-9][0-9]{0,8}(B|kB|MB|KiB|MiB)$"}
SPAN: Schema = {"pattern": "^([a-z,-]+ )?[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$"}


def text(what: str, shape: Schema, **more: Any) -> Schema:
    """A string of that shape."""
    return {"type": "string", "description": what, **shape, **more}


def duration(what: str, usual: Mapping[str, int | None] | None = None, key: str = "") -> Schema:
    """A duration or `off`; `usual[key]`, in microseconds, is what holds when it is not given."""
    default = {} if usual is None else {"default": format_duration(usual[key])}
    return text(what, DURATION, **default)


def a_few(what: str, shape: Schema, least: int = 0) -> Schema:
    """One string of that shape, or an array of at least `least`."""
    one = {"type": "string", **shape}
    return {"description": what, "anyOf": [one, {"type": "array", "items": one, "minItems": least}]}


def choice(what: str, options: Sequence[str], default: str) -> Schema:
    """One of `options`."""
    return {"type": "string", "description": what, "enum": list(options), "default": default}


def flag(what: str, default: bool) -> Schema:
    """true or false."""
    return {"type": "boolean", "description": what, "default": default}


def count(what: str) -> Schema:
    """A whole number from 1."""
    return {"type": "integer", "description": what, "minimum": 1, "maximum": 999_999}


def table(what: str, **keys: Schema) -> Schema:
    """A table with these keys and no other."""
    return {"type": "object", "description": what, "properties": keys, "additionalProperties": False}
