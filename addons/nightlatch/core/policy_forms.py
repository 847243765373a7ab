"""The `[forms]` table of a policy file: whether a form that meets an expired session is kept until the person is back,
how large it may be, and which of its fields are secrets."""

import re
from fnmatch import fnmatchcase

from nightlatch.core.policy import Forms
from nightlatch.core.policy_table import Table
from nightlatch.core.policy_values import Unfit

LARGEST = 64 << 20
"""Bytes that a policy may allow at most: kept forms live in memory."""

_SIZE = re.compile(r"([1-9]\d{0,8})(B|kB|MB|KiB|MiB)", re.ASCII)
_UNITS = {"B": 1, "kB": 1000, "MB": 1_000_000, "KiB": 1024, "MiB": 1 << 20}


def read_forms(table: Table) -> Forms:
    """`[forms]` over the defaults."""
    table.known("keep", "largest", "secret")
    keep = table.flag("keep") if "keep" in table.values else True
    size = table.text("largest", _size)
    return Forms(keep, Forms().largest if size is None else size_of(size), table.texts("secret", _field))


def size_of(text: str) -> int:
    """Bytes of a size such as `4MiB`.

    Raises:
        Unfit: it is no size, or more than `LARGEST`.
    """
    found = _SIZE.fullmatch(text)
    size = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < size <= LARGEST:
        raise Unfit('a size up to 64MiB, such as "512KiB" or "4MiB"', text.replace(" ", "") if " " in text else None)
    return size


def _size(text: str) -> str:
    size_of(text)
    return text


def _field(text: str) -> str:
    if not text.strip() or len(text) > 128 or not text.isprintable():
        raise Unfit('the name of a form field, `*` for any characters: "iban", "card[*"')
    return text.lower()


def names_secret(patterns: tuple[str, ...], name: str) -> bool:
    """Whether one of the policy's `secret` patterns is true of the field `name`, whatever its letter case."""
    return any(fnmatchcase(name.lower(), pattern.replace("[", "[[]")) for pattern in patterns)
