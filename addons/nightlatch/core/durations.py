"""Durations as people write them in a policy, on the command line and in answers; inside, integer microseconds.

Knows the notation and nothing else: which durations make sense where is for the reader of the policy to say.
"""

import re

from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND

LONGEST = 3650 * DAY
"""Ten years. A longer limit is a slip of the finger, and so is refused."""

EXPECTED = 'a duration such as "90s", "15m", "8h", "30d", "1h30m" or "PT30M"'

_SHORT = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_ISO = re.compile(r"P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_UNITS = (DAY, HOUR, MINUTE, SECOND)
_LONGEST_HINTED = 40
"""Characters: the patterns of the hints go back and forth, and what is longer is no slip of the pen."""
_HINTS = (
    (re.compile(r""), "it is empty"),
    (re.compile(r"0+[dhms]?|PT?0+[DHMS]", re.ASCII), 'a limit of nothing would let nobody in; "off" is for no limit'),
    (re.compile(r"-.*", re.DOTALL), "it is negative"),
    (re.compile(r"\d+", re.ASCII), "a number without a unit"),
    (re.compile(r"(?:PT?)?\d*[.,]\d.*", re.DOTALL), "fractions are not read; use the smaller unit"),
    (re.compile(r"(?i:off|none|never|no)"), '"off" (in lower case) is for no limit'),
    (re.compile(r"P.*W|\d+w", re.IGNORECASE | re.DOTALL), "weeks are not read; use days"),
    (re.compile(r".*\d+(M|mo|months?)", re.ASCII | re.DOTALL), "M could be minutes or months; write m for minutes"),
    (re.compile(r"P\d.*[YM].*|.*\d+y.*", re.DOTALL | re.IGNORECASE), "months and years have no fixed length; use days"),
    (re.compile(r".*\s.*", re.DOTALL), "spaces are not read"),
)


def parse_duration(text: str) -> int | None:
    """The duration that `text` writes, in microseconds; None for `off`.

    Read are `90s`, `15m`, `8h`, `30d` and their sums from the largest unit down (`1h30m`), and ISO 8601 durations
    of days, hours, minutes and seconds (`PT30M`, `P1D`).

    Raises:
        ValueError: anything else, with what was wrong: nothing, zero, negative, without a unit, a fraction, `M`
            (minute or month?), years, spaces, or more than ten years.
    """
    if text == "off":
        return None
    match = _SHORT.fullmatch(text) or _ISO.fullmatch(text)
    amount = _sum(match) if match else 0
    if amount > LONGEST:
        raise ValueError(f"{_shown(text)} is longer than ten years (3650d)")
    if amount == 0:
        raise ValueError(f"{_shown(text)} is no duration{_hint(text)}; expected {EXPECTED}")
    return amount


def _sum(match: re.Match[str]) -> int:
    digits = [(group or "0").lstrip("0") for group in match.groups()]
    if any(len(number) > 12 for number in digits):
        return LONGEST + 1
    return sum(int(number or "0") * unit for number, unit in zip(digits, _UNITS, strict=True))


def _shown(text: str) -> str:
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


def _hint(text: str) -> str:
    if len(text) > _LONGEST_HINTED:
        return ""
    return next((f" ({hint})" for pattern, hint in _HINTS if pattern.fullmatch(text)), "")


def format_duration(us: int | None) -> str:
    """`us` microseconds as `parse_duration` reads them (`1h30m`); `off` for None.

    Rounded towards zero to whole seconds, `0s` below one; a negative duration (a clock that lags) gets a minus sign.
    """
    if us is None:
        return "off"
    if us < 0:
        return f"-{format_duration(-us)}"
    parts = []
    for unit, letter in zip(_UNITS, "dhms", strict=True):
        count, us = divmod(us, unit)
        if count:
            parts.append(f"{count}{letter}")
    return "".join(parts) or "0s"


def seconds_up(us: int) -> int:
    """Whole seconds, rounded up: what remains is never said to be nothing while there is something."""
    return -(-us // SECOND)


def seconds_down(us: int) -> int:
    """Whole seconds, rounded down: what has elapsed is never said to be more than it was."""
    return us // SECOND
