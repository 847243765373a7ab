"""The cookies of one person at the live target: those of the capture, until the target sets others."""

from collections.abc import Iterable

from nightlatch.identity.set_cookies import is_deletion, parse_set_cookie


class Jar:
    """What the target has set and deleted so far. Paths and domains take no part: it is one site, and one person."""

    def __init__(self) -> None:
        self._set: dict[str, str | None] = {}

    def answered(self, set_cookies: Iterable[str], wall: int) -> None:
        """Take in the Set-Cookie fields of an answer that came at `wall`, microseconds."""
        for cookie in map(parse_set_cookie, set_cookies):
            self._set[cookie.name] = None if is_deletion(cookie, wall) else cookie.value

    def line(self, recorded: str) -> str:
        """The Cookie field in place of the `recorded` one."""
        pairs = (pair.strip().partition("=") for pair in recorded.split(";") if pair.strip())
        cookies: dict[str, str | None] = {name: value for name, _, value in pairs}
        return "; ".join(f"{name}={value}" for name, value in {**cookies, **self._set}.items() if value is not None)
