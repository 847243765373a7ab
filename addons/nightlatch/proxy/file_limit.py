"""How many files this process may have open, sockets among them. Knows nothing of what they are for."""

import contextlib

try:
    import resource
except ImportError:  # Windows, which has no such limit
    resource = None  # type: ignore[assignment]  # a module elsewhere

WANTED = 16_384
"""Files. Shells allow 256 (macOS) or 1,024 (Linux) unless asked for more; it is what is in use that costs."""


def open_files() -> int | None:
    """The limit in force; None where there is none."""
    if resource is None:
        return None
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if soft == resource.RLIM_INFINITY else soft


def allow_more() -> None:
    """Raise the limit as far as the system lets this process, and no further than it can use."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(OSError, ValueError):  # macOS tells a limit that it does not give
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
