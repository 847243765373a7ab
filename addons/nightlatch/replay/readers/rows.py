"""From the row of a table, whatever kind of file it stood in, to an exchange."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from nightlatch.core.instants import parse_rfc3339
from nightlatch.replay.exchange import EARLIEST, LATEST, Exchange, Unfit
from nightlatch.replay.readers.views import Fields, Place, Views, host_of
from nightlatch.replay.session_key import COLUMN

Row = Mapping[str, Any]
"""What a row tells, by the names of `columns.KNOWN`."""

_METHOD = re.compile(r"[A-Za-z][A-Za-z_-]{0,30}")
_LOG_TIME = "%d/%b/%Y:%H:%M:%S %z"
_UNITS = {"duration": 1_000_000, "duration_ms": 1_000, "duration_us": 1, "duration_ns": 0.001}
_NOTHING = ("", "-")
_HEADERS = (("agent", "user-agent"), ("cookie", "cookie"), ("authorization", "authorization"), ("accept", "accept"))
_EPOCH_UNITS = ((1e11, 1_000_000.0), (1e14, 1_000.0), (1e17, 1.0), (1e20, 0.001))
"""A number of seconds, milliseconds, microseconds or nanoseconds since the epoch, told apart by its size."""


class RowReader:
    """Turns the rows of one file into exchanges."""

    def __init__(self, file: str, views: Views) -> None:
        self._file, self._views = file, views
        self._places: dict[tuple[str, str], Place] = {}

    def exchange(self, position: int, row: Row) -> Exchange:
        """The exchange that `row` tells of.

        Raises:
            Unfit: it tells no time, or no request.
        """
        method, target = request_line(row)
        host = text(row.get("host"))
        place = self._places.get((host, target))
        if place is None:
            place = self._places[host, target] = self._place(host, target)
        size = _number(row.get("size"))
        return Exchange(
            position,
            self._file,
            instant(row.get("at")),
            duration(row),
            self._views.view(method, place, _fields(row), text(row.get("address")), size > 0),
            place.origin,
            int(_number(row.get("status"))),
            size=int(size),
            log=True,
        )

    def _place(self, host: str, target: str) -> Place:
        if "://" in target.partition("?")[0]:
            return self._views.place(target)
        path = target.partition("?")[0].partition("#")[0]
        if not path.startswith(("/", "*")):
            raise Unfit(f"no request target: {target[:40]!r}")
        named = host.lower()
        return Place(f"http://{named}" if named else "", host_of(named), path, False)


def request_line(row: Row) -> tuple[str, str]:
    """Method and target; a table that has no such column is of GET requests for `/`.

    Raises:
        Unfit: what stands there is no request.
    """
    if "request" in row:
        words = text(row["request"]).split(" ")
        method, target = (words[0], words[1]) if len(words) in (2, 3) else ("", "")
    else:
        method = text(row["method"]) if "method" in row else "GET"
        target = text(row["url"]) if "url" in row else "/"
    if not _METHOD.fullmatch(method):
        shown = text(row.get("request", method))
        raise Unfit(f"no request: {shown[:40]!r}")
    return method.upper(), target or "/"


def _fields(row: Row) -> Fields:
    fields = [(name, value) for column, name in _HEADERS if (value := text(row.get(column)))]
    session = text(row.get("session"))
    return (*fields, (COLUMN, session)) if session else tuple(fields)


def text(value: object) -> str:
    """A cell as text; empty where there is nothing in it. Of a list (a header in a JSON log) the first."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if value is None or value is False:
        return ""
    shown = value.strip() if isinstance(value, str) else str(value)
    return "" if shown in _NOTHING else shown


def instant(value: object) -> int:
    """A time, in any of the ways in which logs write it, as microseconds since the epoch; without an offset it is UTC.

    Raises:
        Unfit: it is no time.
    """
    try:
        at = _read(value)
    except (ValueError, OverflowError):
        raise Unfit(f"no time: {str(value)[:40]!r}") from None
    if not EARLIEST <= at < LATEST:
        raise Unfit(f"no time of a request: {str(value)[:40]!r}")
    return at


def _read(value: object) -> int:
    if isinstance(value, datetime):
        return parse_rfc3339(value.isoformat())
    if isinstance(value, date):
        return parse_rfc3339(f"{value.isoformat()}T00:00:00")
    return _epoch(float(value)) if isinstance(value, int | float) else _instant(str(value or "").strip())


def _instant(written: str) -> int:
    if written[2:3] == "/":
        return round(datetime.strptime(written, _LOG_TIME).astimezone(UTC).timestamp() * 1_000_000)
    try:
        return _epoch(float(written))
    except ValueError:
        return parse_rfc3339(written)


def _epoch(number: float) -> int:
    unit = next((unit for limit, unit in _EPOCH_UNITS if 1 <= number < limit), None)
    if unit is None:
        raise ValueError("no time since the epoch")
    return round(number * unit)


def duration(row: Row) -> int:
    """How long the exchange took, microseconds; 0 where no column tells."""
    for name, unit in _UNITS.items():
        taken = _number(row.get(name))
        if taken > 0:
            return min(round(taken * unit), 10**15)
    return 0


def _number(value: object) -> float:
    try:
        number = float(value) if isinstance(value, int | float | str) else 0.0
    except (ValueError, OverflowError):
        return 0.0
    return number if 0 <= number < 1e18 else 0.0
