"""Durations as other systems write them, in microseconds. Whole seconds: what is below one counts up to one."""

import ast
import operator
import re
from collections.abc import Mapping

from nightlatch.core.durations import LONGEST
from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND
from nightlatch.importers.draft import ImportFailed
from nightlatch.importers.settings_text import python

_GO = {"h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1000, "us": 1, "µs": 1, "ns": 0.001}
_AUTHELIA = {"y": 365 * DAY, "M": 30 * DAY, "w": 7 * DAY, "d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1000}
_AUTHELIA_WORDS = {"year": "y", "month": "M", "week": "w", "day": "d", "hour": "h", "minute": "m", "second": "s"}
_SPRING = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1000, "us": 1, "ns": 0.001}
_LONGEST_TEXT = 200
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE | re.ASCII)
_OPERATORS = {ast.Mult: operator.mul, ast.Add: operator.add, ast.Sub: operator.sub, ast.FloorDiv: operator.floordiv}


def seconds(value: object, key: str) -> int | None:
    """A number of seconds, or a string of one; 0 is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ImportFailed(f"{key}: {_shown(value)} is no number of seconds")
    try:
        amount = int(float(value) * SECOND)
    except (ValueError, OverflowError):
        raise ImportFailed(f"{key}: {value!r} is no number of seconds") from None
    return whole(amount, key)


def go(value: object, key: str) -> int | None:
    """Go's notation, such as `168h0m0s`; 0 is none."""
    text = _written(value, key)
    return None if text == "0" else whole(_sum(text, _GO, key), key)


def authelia(value: object, key: str) -> int | None:
    """`1h30m`, `5 minutes`, `1M` (a month), or a number of seconds."""
    if isinstance(value, int):
        return seconds(value, key)
    text = re.sub(r"[\s,]|\band\b", "", _written(value, key))
    for word, unit in _AUTHELIA_WORDS.items():
        text = re.sub(rf"{word}s?", unit, text)
    return seconds(text, key) if text.isdigit() else whole(_sum(text, _AUTHELIA, key), key)


def spring(value: object, key: str) -> int | None:
    """`30m`, `PT30M`, or a number of seconds."""
    text = _written(value, key)
    if re.fullmatch(r"-?\d+", text):
        return seconds(max(0, int(text)), key)
    iso = _ISO.fullmatch(text)
    if iso and text[-1:].upper() not in ("P", "T"):
        days, hours, minutes, secs = (int(group or 0) for group in iso.groups())
        return whole(days * DAY + hours * HOUR + minutes * MINUTE + secs * SECOND, key)
    return whole(_sum(text, _SPRING, key), key)


def arithmetic(text: str, key: str, names: Mapping[str, float] | None = None) -> float:
    """A sum or product of numbers, such as `60 * 60 * 24`, without running it.

    Raises:
        ImportFailed: anything else.
    """
    try:
        return _value(python(text.strip(), "eval").body, names or {})
    except (SyntaxError, ValueError, ArithmeticError, RecursionError):
        raise ImportFailed(f"{key}: {text.strip()[:60]!r} is no plain arithmetic; write the number") from None


def whole(amount: float, key: str) -> int | None:
    """`amount` in whole seconds, at least one; None for nothing at all, and for what nightlatch calls too long."""
    if not amount >= 0:
        raise ImportFailed(f"{key} is negative, or no number")
    if amount == 0 or amount > LONGEST:
        return None
    return max(SECOND, int(amount) // SECOND * SECOND)


def _written(value: object, key: str) -> str:
    """`value` as text, where it is one value: a list that holds itself a million times over is not written out."""
    if isinstance(value, list | dict | set):
        raise ImportFailed(f"{key}: {_shown(value)} is no duration")
    return str(value).strip()[:_LONGEST_TEXT]


def _shown(value: object) -> str:
    return f"{type(value).__name__} of {len(value)}" if isinstance(value, list | dict | set) else repr(value)[:60]


def _sum(text: str, units: Mapping[str, float], key: str) -> float:
    pattern = "|".join(sorted(units, key=len, reverse=True))
    parts = re.findall(rf"(\d+(?:\.\d+)?)\s*({pattern})", text)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != text.replace(" ", ""):
        raise ImportFailed(f"{key}: {text[:60]!r} is no duration")
    return sum(float(number) * units[unit] for number, unit in parts)


def _value(node: ast.expr, names: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return float(_OPERATORS[type(op)](_value(left, names), _value(right, names)))
    raise ValueError
