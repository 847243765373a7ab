"""Logins that were begun and are not over: one `state` each, kept here and nowhere else, bounded in number and time.

A state is good once, for a while, and in the browser that began it: each login has a small cookie of its own, so that
ten tabs that come at once do not take one another's away, and a link with somebody else's state leads nowhere.
"""

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import NamedTuple

from nightlatch.clock import monotonic_now
from nightlatch.core.demands import Demand
from nightlatch.core.policy import MINUTE

GOOD_FOR = 15 * MINUTE
"""Microseconds. Somebody may have to look for their second factor."""
MOST = 10_000
MOST_OF_A_BROWSER = 30
"""Further cookies would make a header that servers refuse."""


class PendingLogin(NamedTuple):
    """One login that was begun."""

    state: str
    nonce: str
    verifier: str
    """Of PKCE (RFC 7636)."""
    site: str
    redirect_uri: str
    return_to: str
    demand: Demand
    started: int
    """Microseconds on the wall clock."""
    at: int
    """The same on a clock that is never set."""
    spent: int | None
    """The authentication (wall clock) of the session that is to be made fresher or stronger, if there is one."""
    remember: bool
    """The person asks to be remembered."""
    binding: bytes
    """Hash of what the browser that began it has in its cookie."""

    @property
    def tag(self) -> str:
        """What the login's cookie is called after; tells nothing of the state."""
        return tag_of(self.state)


class Begun(NamedTuple):
    """A login and what its browser is given to keep."""

    login: PendingLogin
    secret: str


class PendingLogins:
    """The logins of one guard."""

    def __init__(self, now: Callable[[], int] = monotonic_now) -> None:
        self._now = now
        self._logins: OrderedDict[str, PendingLogin] = OrderedDict()

    def __len__(self) -> int:
        return len(self._logins)

    def begin(
        self,
        *,
        site: str,
        redirect_uri: str,
        return_to: str,
        demand: Demand,
        started: int,
        spent: int | None,
        remember: bool = False,
    ) -> Begun:
        """A login with a state, a nonce and a verifier that nobody can guess."""
        secret = secrets.token_urlsafe(24)
        login = PendingLogin(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            site=site,
            redirect_uri=redirect_uri,
            return_to=return_to,
            demand=demand,
            started=started,
            at=self._now(),
            spent=spent,
            remember=remember,
            binding=_hashed(secret),
        )
        self._forget_old()
        self._logins[login.state] = login
        return Begun(login, secret)

    def look(self, state: str) -> PendingLogin | None:
        """The login that `state` belongs to, left where it is; None when it is over, or never was."""
        login = self._logins.get(state)
        return login if login is not None and self._now() - login.at < GOOD_FOR else None

    def take(self, state: str) -> PendingLogin | None:
        """The same, and it is over now: a state is good once."""
        login = self.look(state)
        self._logins.pop(state, None)
        return login

    def surplus(self, tags: Iterable[str]) -> list[str]:
        """Which of a browser's login cookies are to go, so that one more has room: those of logins that are over, then
        the oldest."""
        open_ = {login.tag: login.at for login in self._logins.values() if self._now() - login.at < GOOD_FOR}
        oldest_first = sorted(dict.fromkeys(tags), key=lambda tag: open_.get(tag, -1))
        over = sum(tag not in open_ for tag in oldest_first)
        return oldest_first[: max(over, len(oldest_first) - MOST_OF_A_BROWSER + 1)]

    def _forget_old(self) -> None:
        while self._logins:
            oldest = next(iter(self._logins.values()))
            if len(self._logins) < MOST and self._now() - oldest.at < GOOD_FOR:
                return
            del self._logins[oldest.state]


def belongs(login: PendingLogin, secret: str) -> bool:
    """Whether the browser that keeps `secret` began `login`; compared in constant time."""
    return hmac.compare_digest(login.binding, _hashed(secret))


def tag_of(state: str) -> str:
    """Twelve hexadecimal digits for `state`."""
    return sha256(state.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _hashed(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
