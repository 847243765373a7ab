"""Rules and routes as rows of a table, with what became of their requests under each policy."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class TallyRow(NamedTuple):
    """One rule or route. `cells`: expired, logins again and lost writes, policy by policy."""

    name: str | None
    looks_like: str
    requests: int
    cells: list[int]


def tally_rows(document: Mapping[str, Any], key: str, most: int) -> Iterator[TallyRow]:
    """The rows, at most so many, those with the most requests first.

    Args:
        document: that of a study.
        key: `rule` or `route`.
        most: how many.
    """
    policies = [{each[key]: each for each in what_if[f"{key}s"]} for what_if in document["what_if"]]
    looks = {route["route"]: route["looks_like"] for route in document["routes"]}
    names = dict.fromkeys(name for policy in policies for name in policy)
    for name in list(names)[:most]:
        found = [policy.get(name) for policy in policies]
        requests = max(each["requests"] for each in found if each)
        cells = [count for each in found for count in _cells(each)]
        yield TallyRow(name, looks.get(name or "", ""), requests, cells)


def _cells(tally: Mapping[str, Any] | None) -> tuple[int, int, int]:
    if tally is None:
        return 0, 0, 0
    return tally["verdicts"].get("expired", 0), tally["relogins"], tally["lost_writes"]
