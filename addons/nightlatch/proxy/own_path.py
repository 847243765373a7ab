"""Which paths are nightlatch's own: all below `/.nightlatch/`, in whatever spelling. None reaches the upstream."""

from nightlatch.core.paths import readings

PREFIX = "/.nightlatch"


def own_page(path: str) -> str | None:
    """The page asked for below `/.nightlatch/`, such as `login`; empty for a disguised spelling; None for others."""
    if path.startswith(PREFIX + "/"):
        page = path.removeprefix(PREFIX + "/")
        return page if page.replace("-", "").replace(".", "").isalnum() else ""
    return "" if any(_below(reading) for reading in readings(path)) else None


def _below(reading: str) -> bool:
    folded = reading.lower()
    return folded == PREFIX or folded.startswith(PREFIX + "/")
