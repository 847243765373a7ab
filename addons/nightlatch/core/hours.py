"""Hours of the day: whether a site is open at an instant, and when it next closes.

Times are those of the policy's zone, minutes from Monday 00:00 to Sunday 24:00; a span is open in `[from, until)`, like
every clock here. Summer time moves the hours with the wall clock, as people who work by it do.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """Open from minute `start` of the week for `length` minutes, over midnight and the end of the week if need be."""

    start: int
    length: int


class Hours(NamedTuple):
    """When a site is open; with no spans it is open always."""

    open: tuple[Span, ...] = ()
    zone: str = "UTC"


def is_open(hours: Hours, now: int) -> bool:
    """Whether the site is open at `now` (microseconds since the epoch)."""
    return not hours.open or _left(hours, _minute_of_week(_local(hours, now))) > 0


def closes_at(hours: Hours, now: int) -> int | None:
    """When an open site next closes, microseconds since the epoch; None when it never does. `now` when it is closed."""
    if not hours.open:
        return None
    local = _local(hours, now)
    minute, total = _minute_of_week(local), 0
    while total <= WEEK_MINUTES and (left := _left(hours, (minute + total) % WEEK_MINUTES)) > 0:
        total += left
    if total > WEEK_MINUTES:
        return None
    wall = local.replace(tzinfo=None, second=0, microsecond=0) + timedelta(minutes=total)
    closing = (wall.replace(tzinfo=zone_of(hours.zone)) - _EPOCH) // timedelta(microseconds=1)
    return max(now, closing) if total else now


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The time zone called `name`.

    Raises:
        KeyError, ValueError: there is none of that name.
    """
    return ZoneInfo(name)


def _local(hours: Hours, now: int) -> datetime:
    return (_EPOCH + timedelta(microseconds=now)).astimezone(zone_of(hours.zone))


def _minute_of_week(local: datetime) -> int:
    return local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute


def _left(hours: Hours, minute: int) -> int:
    """For how many minutes more the site is open by a single span; 0 when it is closed."""
    gone = ((minute - span.start) % WEEK_MINUTES for span in hours.open)
    return max((span.length - since for span, since in zip(hours.open, gone, strict=True)), default=0)
