"""The kinds of file that settings come in, read into plain values: YAML, JSON, TOML, properties, `key = value`."""

import ast
import json
import re
import tomllib
import warnings
from typing import Any

from nightlatch.importers.draft import ImportFailed

Values = dict[str, Any]

_LOOSE_ENDS = (ValueError, LookupError, TypeError, AttributeError, OverflowError, AssertionError)
"""What ruamel.yaml raises besides its own errors, such as over a tag whose value is not of its type (`!!float x`)."""


def yaml(text: str) -> Values:
    """A YAML mapping.

    Raises:
        ImportFailed: no YAML, or no mapping.
    """
    from ruamel.yaml import YAML  # a tenth of a second that only an import of YAML pays
    from ruamel.yaml.error import YAMLError

    try:
        with warnings.catch_warnings(action="ignore"):
            found = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError, *_LOOSE_ENDS) as error:
        raise ImportFailed(f"no YAML: {' '.join(str(error).split())[:200]}") from None
    return mapping(found, "the file")


def json_object(text: str) -> Values:
    """A JSON object.

    Raises:
        ImportFailed: no JSON, or no object.
    """
    try:
        return mapping(json.loads(text), "the file")
    except (ValueError, RecursionError) as error:
        raise ImportFailed(f"no JSON: {error}") from None


def toml(text: str) -> Values:
    """A TOML document.

    Raises:
        ImportFailed: not TOML.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ImportFailed(f"not TOML: {error}") from None


def python(text: str, mode: str = "exec") -> Any:
    """The syntax tree of Python code, or in the mode `eval` of an expression. Nothing of it is run.

    Raises:
        ValueError: no Python, or nested too deeply.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(text, mode=mode)
    except (SyntaxError, ValueError) as error:
        raise ValueError(str(error)) from None
    except (RecursionError, MemoryError):
        raise ValueError("nested too deeply") from None


def properties(text: str) -> Values:
    """`name=value` or `name: value` a line; `#` and `!` begin a comment."""
    found = {}
    for line in text.splitlines():
        match = re.match(r"\s*([^#!\s=:][^=:\s]*)\s*[=:]\s*(.*)", line)
        if match:
            found[match[1]] = match[2].rstrip()
    return found


def mapping(value: object, what: str) -> Values:
    """`value` where it is a mapping with names for keys; an empty one for nothing.

    Raises:
        ImportFailed: it is something else.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ImportFailed(f"{what} is no mapping of names to values")
    return {str(key): inner for key, inner in value.items()}


def entries(value: object, what: str) -> list[Values]:
    """`value` where it is a list of mappings.

    Raises:
        ImportFailed: it is something else.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise ImportFailed(f"{what} is no list")
    return [mapping(item, f"an entry of {what}") for item in value]


def path_of_regex(pattern: str) -> str | None:
    """The path pattern that a plain regular expression amounts to, such as `^/health$`; None when it takes more."""
    text = pattern.removeprefix("^")
    whole = text.endswith("$")
    text = re.sub(r"(\(?[/?]?\.\*\)?|\(\[/\?\]\.\*\)\?)$", "", text.removesuffix("$"))
    text = text.replace("\\/", "/").replace("\\.", ".").replace("\\-", "-")
    if not text.startswith("/") or re.search(r"[\\^$*+?()\[\]{}|]", text):
        return None
    exact = whole and text == pattern.removeprefix("^").removesuffix("$").replace("\\", "")
    return text if exact else f"{text.rstrip('/')}/**"
