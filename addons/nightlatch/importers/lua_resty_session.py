"""lua-resty-session: options in Lua (`idling_timeout = 900`) or nginx variables (`$session_idling_timeout`)."""

import re

from nightlatch.importers.amounts import seconds
from nightlatch.importers.draft import Draft

_OPTION = re.compile(
    r"\b(\w+_timeout|(?:session_)?(?:stale_ttl|remember|touch_threshold))(?:\s*=\s*|\s+)\"?(\d+|true|false|on|off)"
)
_LIMITS = {
    "idle": ("idling_timeout", 900),
    "rolling": ("rolling_timeout", 3600),
    "absolute": ("absolute_timeout", 86400),
    "grace": ("stale_ttl", 10),
}

_REMEMBERED = {
    "idle": ("remember_rolling_timeout", 604800),
    "absolute": ("remember_absolute_timeout", 2592000),
}


def read(text: str) -> Draft:
    """The policy that behaves as these settings do.

    Raises:
        ImportFailed: they cannot be read.
    """
    text = re.sub(r"--.*$|^[ \t]*#.*$", "", text, flags=re.MULTILINE)
    found = {name.removeprefix("session_"): value for name, value in _OPTION.findall(text)}
    draft = Draft("lua-resty-session")
    for key, (name, default) in _LIMITS.items():
        draft.limit(key, seconds(found.get(name, default), name), name)
    draft.note("a timeout ends the session there when more than it has passed, here at exactly it")
    draft.note(
        "a session is renewed after three quarters of rolling_timeout, and ends with it; here rolling only renews"
    )
    draft.note("activity is written down at most every touch_threshold seconds (60): idle ends up to that early there")
    if found.get("remember") in ("true", "on"):
        _remember(draft, found)
    return draft


def _remember(draft: Draft, found: dict[str, str]) -> None:
    for key, (name, default) in _REMEMBERED.items():
        draft.remember(key, seconds(found.get(name, default), name), name)
    draft.note(
        "remember: remembered sessions have no idling timeout there, but end when they are not used and so not renewed "
        "for remember_rolling_timeout, at times a quarter of it after their last use"
    )
