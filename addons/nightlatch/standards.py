"""What standards say about session limits, read from `policies/standards.csv`; what it means is the core's work."""

import csv
from collections.abc import Mapping
from functools import lru_cache

from nightlatch.core.durations import parse_duration
from nightlatch.core.lint.clause import Clause, Demand, gravity
from nightlatch.core.policy_values import nearest
from nightlatch.presets import preset_folder


class StandardUnknown(ValueError):
    """No clause of that name; the message names the nearest, or all."""

    def __init__(self, name: str) -> None:
        names = standard_names()
        near = nearest(name, names)
        meant = f'did you mean "{near}"?' if near else f"known are {', '.join(names)}"
        super().__init__(f'there is no standard "{name}"; {meant}')


@lru_cache(maxsize=1)
def _table() -> tuple[Clause, ...]:
    with (preset_folder() / "standards.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_clause(row) for row in csv.DictReader(file))


def standard_names() -> tuple[str, ...]:
    """The names that `--standard` takes, in the order of the table."""
    return tuple(dict.fromkeys(clause.name for clause in _table()))


def clauses_of(name: str) -> tuple[Clause, ...]:
    """The clauses of the standard `name`.

    Raises:
        StandardUnknown: there are none.
    """
    found = tuple(clause for clause in _table() if clause.name == name)
    if not found:
        raise StandardUnknown(name)
    return found


def _clause(row: Mapping[str, str]) -> Clause:
    return Clause(
        name=row["name"],
        title=row["title"],
        number=row["clause"],
        privileged=row["scope"] == "privileged",
        idle=_demand(row, "idle"),
        absolute=_demand(row, "absolute"),
        note=row["note"],
    )


def _demand(row: Mapping[str, str], key: str) -> Demand:
    """What a row says of `idle` or `absolute`; a word of strength that nobody knows is a mistake in the table."""
    strength, exists = row[f"{key}_strength"], row[f"{key}_exists"]
    for word in filter(None, (strength, exists)):
        gravity(word)
    return Demand(parse_duration(row[key]) if row[key] else None, strength, exists)
