"""Instants as people and JSON write them: RFC 3339, always UTC. Inside, an instant is integer microseconds."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(at: int) -> str:
    """`at` (microseconds since the epoch) as RFC 3339 in UTC, to the millisecond, rounded down."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def exact(at: int) -> str:
    """`at` as RFC 3339 in UTC to the microsecond, so that `parse_rfc3339` gives it back."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_rfc3339(text: str) -> int:
    """Microseconds since the epoch; a time without an offset is taken for UTC.

    Raises:
        ValueError: `text` is no such time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(microseconds=1)
