"""By what a replay tells sessions apart, and finding it out when nobody said: which cookie behaves like a session's?

Looks at names, values and how often they come; knows nothing of time and policy.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from nightlatch.core.request import RequestView
from nightlatch.identity.cookies import cookie_values
from nightlatch.replay.exchange import Exchange

CHOICES = "auto, cookie:NAME, header:NAME, bearer, column or address"
COLUMN = ":session"
"""Where a reader of tables puts what stood in the session's column, among the header fields: none has such a name."""

_PLAIN_KINDS = ("auto", "bearer", "column", "address")
_NAMED_KINDS = ("cookie", "header")


class SessionKey(NamedTuple):
    """Where the credential is: `cookie` and `header` have a name (a header's in lower case), `bearer` and `address`
    have none."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


class Choice(NamedTuple):
    """What was chosen, and in a few words why."""

    key: SessionKey
    why: str


class Candidate(NamedTuple):
    """A credential that a capture has, and how much it is like that of a session."""

    key: SessionKey
    requests: int
    score: int
    why: str


_SESSION_NAME = re.compile(
    r"(?i)(.*[^a-z])?(php|j|asp)?(sess(ion)?(_?id|_?key|_?token)?s?|sid|auth(_?token)?|login|remember_\w+|"
    r"(access|id|refresh|user)_?token|jwt)([^a-z].*)?|aspsessionid.*|\.aspnetcore\..*|connect\.sid|nightlatch.*"
)
_OTHER_NAME = re.compile(
    r"(?i)_ga.*|_g[ic][dl].*|_gat.*|_fb[pc]|_hj.*|__utm.*|_pk_.*|_tap.*|s_(vi|pers|sess|cc|sq|fid)|amcvs?_.*|_clck|_clsk|"
    r"_uet.*|mp_.*|amplitude.*|ajs_.*|intercom.*|__cf.*|cf_.*|optanon.*|cookie_?consent.*|.*(csrf|xsrf).*|"
    r"lang(uage)?|locale|theme|tz|timezone|location.*"
)
_RANDOM = re.compile(r"(?=.*\d)[\w.+/=~%-]{16,}", re.ASCII)
_PLAUSIBLE = 4


def parse_session_key(text: str) -> SessionKey | None:
    """What `--session-key` says; None for `auto`.

    Raises:
        ValueError: no such key; names the choices and the nearest.
    """
    kind, colon, name = text.strip().partition(":")
    kind = kind.lower()
    if kind in _PLAIN_KINDS and not colon:
        return None if kind == "auto" else SessionKey(kind)
    if kind in _NAMED_KINDS and name.strip():
        return SessionKey(kind, name.strip() if kind == "cookie" else name.strip().lower())
    if kind in _NAMED_KINDS:
        raise ValueError(f"--session-key {text}: expected the name of a {kind}, such as {kind}:sid")
    near = get_close_matches(kind, (*_PLAIN_KINDS, *_NAMED_KINDS), 1)
    meant = f". Did you mean {near[0]}?" if near else ""
    raise ValueError(f"--session-key {text}: unknown; choose {CHOICES}{meant}")


def choose(exchanges: Iterable[Exchange]) -> Choice | None:
    """The credential that behaves most like a session's; None when the requests carry none at all.

    Of those that plausibly are one, that of the most requests; else the likeliest of the rest.
    """
    exchanges = list(exchanges)
    column = _column(exchanges)
    if column is not None:
        return column
    candidates = found(exchanges)
    plausible = [each for each in candidates if each.score >= _PLAUSIBLE]
    if plausible:
        best = max(plausible, key=lambda each: (each.requests, each.score))
        return Choice(best.key, best.why)
    best_guess = max(candidates, key=lambda each: (each.score, each.requests), default=None)
    if best_guess is None:
        return _address(exchanges)
    return Choice(best_guess.key, f"{best_guess.why}; a guess, as nothing here is clearly a session's")


def _address(exchanges: Sequence[Exchange]) -> Choice | None:
    """Logs tell no credential, but who asked and with what: people behind one address are taken for one."""
    if not exchanges or not all(exchange.log for exchange in exchanges):
        return None
    addresses = len({exchange.request.address for exchange in exchanges})
    return Choice(SessionKey("address"), f"a log without credentials; {addresses} addresses, told apart by agent too")


def _column(exchanges: Sequence[Exchange]) -> Choice | None:
    """The column of a table, where one tells the session."""
    rows = sum(COLUMN in exchange.request.headers for exchange in exchanges)
    return Choice(SessionKey("column"), f"the session's column, filled in {rows} rows") if rows else None


def found(exchanges: Iterable[Exchange]) -> list[Candidate]:
    """Every cookie and bearer token that the requests carry."""
    views: Counter[int] = Counter()
    distinct: dict[int, RequestView] = {}
    issued: dict[str, str] = {}
    for exchange in exchanges:
        views[id(exchange.request)] += 1
        distinct[id(exchange.request)] = exchange.request
        for line in exchange.set_cookies:
            issued[line.partition("=")[0].strip()] = line
    requests, values = _cookies(distinct, views)
    cookies = [_candidate(name, requests[name], values[name], issued.get(name, "")) for name in requests]
    bearers = sum(views[key] for key, view in distinct.items() if is_bearer(view))
    if bearers:
        cookies.append(Candidate(SessionKey("bearer"), bearers, 6, f"bearer tokens on {bearers} requests"))
    return cookies


def is_bearer(request: RequestView) -> bool:
    """Whether the request carries a bearer token."""
    return request.header("authorization")[:7].lower() == "bearer "


def _cookies(
    distinct: Mapping[int, RequestView], views: Mapping[int, int]
) -> tuple[Mapping[str, int], Mapping[str, set[str]]]:
    """How many requests carry each cookie, and which values it has."""
    requests: Counter[str] = Counter()
    values: dict[str, set[str]] = {}
    for key, view in distinct.items():
        for pair in (pair for line in view.headers.get("cookie", ()) for pair in line.split(";")):
            name, _, value = pair.strip().partition("=")
            if not name or not value:
                continue
            requests[name] += views[key]
            values.setdefault(name, set()).add(value)
    return requests, values


def _candidate(name: str, requests: int, values: set[str], issued: str) -> Candidate:
    signs = [(4, "its name")] if _SESSION_NAME.fullmatch(name) else []
    if _OTHER_NAME.fullmatch(name):
        signs = [(-6, "")]
    if "httponly" in issued.lower():
        signs.append((3, "set HttpOnly"))
    if any(_RANDOM.fullmatch(value) for value in values):
        signs.append((1, "a long random value"))
    if len(values) > 1 + requests // 4:
        signs.append((-3, ""))
    elif len(values) <= 1 + requests // 10:
        signs.append((1, f"{len(values)} value{'s' * (len(values) != 1)} on {requests} requests"))
    why = ", ".join(text for _, text in signs if text) or f"on {requests} requests"
    return Candidate(SessionKey("cookie", name), requests, sum(points for points, _ in signs), why)


def carried(key: SessionKey, request: RequestView) -> bool:
    """Whether the request carries the credential that `key` names. Every request comes from somewhere."""
    if key.kind == "cookie":
        return bool(cookie_values(request.headers, key.name))
    if key.kind == "header":
        return any(value.strip() for value in request.headers.get(key.name, ()))
    if key.kind == "column":
        return COLUMN in request.headers
    return key.kind == "address" or is_bearer(request)
