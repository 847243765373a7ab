"""How far a test moves the clock: `minutes=31`, a `timedelta`, or `"31m"`. Whole seconds, forward only."""

from datetime import timedelta

from nightlatch.core.durations import format_duration, parse_duration
from nightlatch.core.policy import SECOND

By = str | timedelta | None


def span(by: By, days: float, hours: float, minutes: float, seconds: float) -> str:
    """As the control API reads it.

    Raises:
        ValueError: nothing, backwards, a fraction of a second, or no duration at all.
    """
    parts = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if isinstance(by, str):
        amount = parse_duration(by)
        if amount is None:
            raise ValueError('"off" is nothing that the clock could be moved by')
        parts += timedelta(microseconds=amount)
    elif by is not None:
        parts += by
    if parts <= timedelta():
        raise ValueError("say how far, forward: minutes=31 or '31m'; time goes back with reset(), which ends sessions")
    if parts.microseconds:
        raise ValueError(f"the clock moves by whole seconds, and {parts.total_seconds()} s is not")
    return format_duration(int(parts.total_seconds()) * SECOND)


def milliseconds(by: str) -> int:
    """A span as the `page.clock` of Playwright wants it."""
    return (parse_duration(by) or 0) // 1000
