"""The `[hours]` table of a policy file: when a site is open, as people write it, such as `mon-fri 08:00-18:00`."""

import re
from collections.abc import Iterator

from nightlatch.core.hours import DAY_MINUTES, WEEK_MINUTES, Hours, Span, zone_of
from nightlatch.core.policy_table import Table
from nightlatch.core.policy_values import Unfit

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(?:([a-z,-]+) )?([0-2]\d):([0-5]\d)-([0-2]\d):([0-5]\d)", re.ASCII)
_EXPECTED = 'days and times such as "mon-fri 08:00-18:00", "sat,sun 10:00-24:00" or "22:00-06:00"'


def read_hours(table: Table) -> Hours:
    """`[hours]`; without it the site is always open."""
    table.known("open", "zone")
    zone = table.text("zone", _zone) or "UTC"
    if table.values and "open" not in table.values:
        table.report.add(table.path, "[hours] without open", f"open = [...] with {_EXPECTED}")
    spans = [span for text in table.texts("open", _checked, some=True) for span in spans_of(text)]
    return Hours(tuple(dict.fromkeys(spans)), zone)


def spans_of(text: str) -> tuple[Span, ...]:
    """The spans that `text` writes, one a day.

    Raises:
        Unfit: it is none; an hour beyond 24:00, a day of another name, nothing between start and end.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise Unfit(_EXPECTED)
    start, end = (int(found[at]) * 60 + int(found[at + 1]) for at in (2, 4))
    if start >= DAY_MINUTES or end > DAY_MINUTES or start == end:
        raise Unfit(_EXPECTED)
    length = (end - start) % DAY_MINUTES or DAY_MINUTES
    return tuple(Span((day * DAY_MINUTES + start) % WEEK_MINUTES, length) for day in _days(found[1] or "mon-sun"))


def _days(text: str) -> Iterator[int]:
    """Days in a list, and ranges of days, which may lead over the end of the week."""
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise Unfit(_EXPECTED)
        begin, end = DAYS.index(first), DAYS.index(last or first)
        yield from (day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))


def _checked(text: str) -> str:
    spans_of(text)
    return text


def _zone(text: str) -> str:
    try:
        zone_of(text)
    except (KeyError, ValueError, OSError):
        raise Unfit('the name of a time zone, such as "Europe/Berlin" or "UTC"') from None
    return text
