"""What the console tells a developer in the first minutes: a cookie that behaves like a session, a login loop.

Each thing is said once, and no more than `MOST` things: cookies and paths are as many as somebody likes to invent. What
is quoted can be pasted into a shell: it is one word there.
"""

import logging
from collections.abc import Iterable
from shlex import quote as _word

from nightlatch.core.printable import printable
from nightlatch.identity.set_cookies import looks_like_session, parse_set_cookie

log = logging.getLogger(__name__)

MOST = 50


class Hints:
    """Remembers what has been said."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def session_cookie(self, set_cookies: Iterable[str]) -> None:
        """The application keeps sessions of its own: say how to guard those."""
        for line in set_cookies:
            cookie = parse_set_cookie(line)
            if cookie.name in self._said or (why := looks_like_session(cookie)) is None:
                continue
            self._say(
                cookie.name,
                f"the application sets the cookie `{cookie.name}`, and {why}. "
                f"To guard the application's own sessions, start with: --identity {_word(f'cookie:{cookie.name}')}",
            )

    def login_loop(self, path: str) -> None:
        """A browser is bounced between a page and the login: say how to open the page."""
        self._say(
            f"loop {path}",
            f"a browser was sent to the login three times within ten seconds for {path}. "
            f"If that is the login page itself, open it with: --public {_word(path)}",
        )

    def _say(self, key: str, text: str) -> None:
        if key not in self._said and len(self._said) < MOST:
            self._said.add(key)
            log.warning("%s", printable(text, keep=""))
