"""The tables of docs/policy-file.md, from the JSON Schema of policies. `scripts/document.py` puts them in place."""

import json
import re
from collections.abc import Iterator
from typing import Any

from nightlatch.core import policy_schema_values as values
from nightlatch.core.policy_schema import policy_schema
from nightlatch.presets import preset_names

KINDS = (
    (values.DURATION, "a duration, or `off`"),
    (values.SOME_TIME, "a duration"),
    (values.PATH, "a path pattern"),
    (values.METHOD, "an HTTP method"),
    (values.HOST, "a host pattern"),
    (values.NETWORK, "a network"),
    (values.HEADER, "a header field's name"),
    (values.NAME, "a name"),
    (values.WORD, "a word"),
    (values.SIZE, "a size: `512KiB`, `4MiB`"),
    (values.SPAN, "days and times"),
    (values.PAUSE, "`50%`, a duration, or `overnight`"),
)
"""What a value is called, by its shape."""


def schema_text() -> str:
    """docs/policy.schema.json."""
    return json.dumps(policy_schema(preset_names()), indent=2) + "\n"


def reference() -> str:
    """Every table of a policy file with its keys; the thresholds of detectors are told in docs/alerts.md."""
    parts = []
    for name, schema in tables(policy_schema()):
        rows = [row(key, inner, key in schema.get("required", ())) for key, inner in schema["properties"].items()]
        head = "| key | is | if not given | what it does |\n|---|---|---|---|\n"
        parts.append(f"### {name}\n\n{schema['description']}\n\n{head}" + "\n".join(rows))
    return "\n\n".join(parts)


def tables(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each table and how it is headed in a file, but for `[alerts]`."""
    for key, inner in schema["properties"].items():
        if key == "rule":
            yield "`[[rule]]`", inner["items"]
            nested = inner["items"]["properties"]
            yield from ((f"`{part}` of a rule", nested[part]) for part in ("match", "require"))
        elif key == "risk":
            yield "`[risk.NAME]`", inner["additionalProperties"]
        elif key != "alerts":
            yield f"`[{key}]`", inner
            if key == "activity":
                yield "An entry of `passive`", inner["properties"]["passive"]["items"]


def row(key: str, schema: dict[str, Any], required: bool) -> str:
    """One key."""
    usual = schema.get("default")
    shown = "" if usual is None else f"`{str(usual).lower() if isinstance(usual, bool) else usual}`"
    what = re.sub(r"\|", r"\\|", schema["description"])
    return f"| `{key}` | {kind(schema)} | {'required' if required else shown} | {what} |"


def kind(schema: dict[str, Any]) -> str:
    """What a value may be, in words."""
    if schema.get("type") == "object":
        return "a table"
    if schema.get("type") == "array":
        return "an array of tables"
    if schema.get("type") == "boolean":
        return "`true`, `false`"
    if schema.get("type") == "integer":
        return f"a number from {schema['minimum']}"
    if "anyOf" in schema and schema.get("type") != "string":
        return f"{kind(schema['anyOf'][0])}, or several: `[…]`"
    found = [name for shape, name in KINDS if all(schema.get(part) == value for part, value in shape.items())]
    if found:
        return found[0]
    return ", ".join(f"`{option}`" for option in schema["enum"]) if "enum" in schema else "a word"
