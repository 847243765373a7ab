"""Which paths are nightlatch's own: all below `/.nightlatch/`, in whatever spelling. None reaches the upstream."""

from functools import lru_cache

from nightlatch.core.paths import readings

PREFIX = "/.nightlatch"

_LONGEST_REMEMBERED = 256
"""Characters. The same few paths come again and again; nobody is to fill the memory with long ones."""


def own_page(path: str) -> str | None:
    """The page asked for below `/.nightlatch/`, such as `login`; empty for a disguised spelling; None for others."""
    return _remembered(path) if len(path) <= _LONGEST_REMEMBERED else _own_page(path)


def _own_page(path: str) -> str | None:
    if path.startswith(PREFIX + "/"):
        page = path.removeprefix(PREFIX + "/")
        return page if page.replace("-", "").replace(".", "").isalnum() else ""
    return "" if any(_below(reading) for reading in readings(path)) else None


def _below(reading: str) -> bool:
    folded = reading.lower()
    return folded == PREFIX or folded.startswith(PREFIX + "/")


_remembered = lru_cache(maxsize=2048)(_own_page)
