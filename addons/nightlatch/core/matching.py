"""Which rules apply to a request: for every reading of its path the first that matches.

The strictest of them decides (law of trust 1); which that is depends on the session and is `decide`'s business, so
all of them are handed over. Knows no time.
"""

from collections.abc import Iterator
from typing import NamedTuple

from nightlatch.core.paths import EVERY, readings
from nightlatch.core.patterns import host_matches, network_contains, path_matches
from nightlatch.core.policy import Match, Policy, Rule
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session

BUILT_IN_PUBLIC = (
    "/favicon.ico",
    "/robots.txt",
    "/manifest.webmanifest",
    "/apple-touch-icon*.png",
    "/.well-known/security.txt",
)
"""What browsers and crawlers fetch unasked (law of trust 12)."""

_MODES = ((False, False), (True, False), (False, True), (True, True))
"""Whether letter case, and whether a slash at the end, may make no difference to the application."""

_MOST_CACHED = 4096
_LONGEST_CACHED = 512

_Chain = tuple[Rule, ...]
"""The rules that match one reading, up to the first without a condition on the session or the address."""


class _Entry(NamedTuple):
    rule: Rule
    unless: tuple[str, ...] = ()
    """Paths that a rule of the policy names literally, and so takes from a built-in entry."""


class _Book:
    """A policy made ready for matching, with a bounded memory of what was matched."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        last = session_rule(policy)
        self.guarded = (*(rule for rule in policy.rules if not rule.public), last)
        idles = [rule.limits.idle for rule in self.guarded if rule.limits.idle is not None]
        self.shortest_idle = min(idles, default=None)
        self.entries = (*_implicit(policy), *map(_Entry, policy.rules), _Entry(last))
        self.chains: dict[tuple[str, str, str], tuple[_Chain, ...]] = {}
        self.settled: dict[tuple[str, str, str], tuple[Rule, ...]] = {}


_books: dict[int, _Book] = {}


def candidates(policy: Policy, request: RequestView, session: Session | None) -> tuple[Rule, ...]:
    """The distinct rules that apply to `request`, that of the plain reading first; at least one.

    Public paths come before the rules: `[login].public`, `Policy.public`, then the built-in ones, unless a rule names
    that very path. Where no rule matches, `session_rule` does. A path with too many readings is judged by every
    guarded rule.
    """
    book = _book(policy)
    key = (request.method, request.host, request.path)
    rules = book.settled.get(key)
    if rules is not None:
        return rules
    chains = book.chains.get(key) or _remembered(book, key)
    return _distinct(next(rule for rule in chain if _holds(rule.match, request, session)) for chain in chains)


def session_rule(policy: Policy) -> Rule:
    """The rule of a request that no `[[rule]]` matches: the limits of `[session]`, nothing else."""
    return Rule(name="", match=Match(), limits=policy.session)


def all_rules(policy: Policy) -> tuple[Rule, ...]:
    """Every rule that is not public, and the session rule last: what the sweeper judges by (law of time 8)."""
    return _book(policy).guarded


def shortest_idle(policy: Policy) -> int | None:
    """The smallest idle limit of any guarded rule, microseconds: who was active since then is idle for none of them."""
    return _book(policy).shortest_idle


def _book(policy: Policy) -> _Book:
    """By identity: a policy holds mappings and cannot be hashed; the book keeps it, so that its id stays its own."""
    book = _books.get(id(policy))
    if book is not None and book.policy is policy:
        return book
    if len(_books) >= 16:
        _books.clear()
    book = _books[id(policy)] = _Book(policy)
    return book


def _implicit(policy: Policy) -> Iterator[_Entry]:
    for name, patterns in (("login.public", policy.login.public), ("--public", policy.public)):
        if patterns:
            yield _Entry(Rule(name, Match(path=patterns), policy.session, public=True))
    named = [path for rule in policy.rules for path in rule.match.path]
    for pattern in BUILT_IN_PUBLIC:
        if pattern not in named:
            taken = tuple(path for path in named if "*" not in path and path_matches(pattern, path, fold=True))
            match = Match(path=(pattern,), method=("GET",))
            yield _Entry(Rule("built-in public", match, policy.session, public=True), taken)


def _remembered(book: _Book, key: tuple[str, str, str]) -> tuple[_Chain, ...]:
    chains = tuple(dict.fromkeys(_chains(book, *key)))
    if len(key[2]) > _LONGEST_CACHED:
        return chains
    if len(book.chains) + len(book.settled) >= _MOST_CACHED:
        book.chains.clear()
        book.settled.clear()
    if all(len(chain) == 1 for chain in chains):
        book.settled[key] = _distinct(chain[0] for chain in chains)
    else:
        book.chains[key] = chains
    return chains


def _chains(book: _Book, method: str, host: str, path: str) -> Iterator[_Chain]:
    entries = [entry for entry in book.entries if _for_method(entry, method) and _for_host(entry, host)]
    for reading in readings(path):
        if reading == EVERY:
            yield from ((rule,) for rule in book.guarded if not rule.match.group and not rule.match.network)
            yield from ((rule, book.guarded[-1]) for rule in book.guarded if rule.match.group or rule.match.network)
            return
        near = [entry for entry in entries if _for_path(entry, reading, fold=True, slash=True)]
        modes = _MODES if any(entry.rule.match.path for entry in near) else _MODES[:1]
        for fold, slash in modes:
            yield _chain(entry.rule for entry in near if _for_path(entry, reading, fold=fold, slash=slash))


def _chain(rules: Iterator[Rule]) -> _Chain:
    chain = []
    for rule in rules:
        chain.append(rule)
        if not rule.match.group and not rule.match.network:
            break
    return tuple(chain)


def _for_method(entry: _Entry, method: str) -> bool:
    wanted = entry.rule.match.method
    return not wanted or method in wanted or "*" in wanted or (method == "HEAD" and "GET" in wanted)


def _for_host(entry: _Entry, host: str) -> bool:
    wanted = entry.rule.match.host
    return not wanted or any(host_matches(pattern, host) for pattern in wanted)


def _for_path(entry: _Entry, reading: str, *, fold: bool, slash: bool) -> bool:
    wanted = entry.rule.match.path
    if not wanted:
        return True
    if any(path_matches(path, reading, fold=fold, slash=slash) for path in entry.unless):
        return False
    return any(path_matches(pattern, reading, fold=fold, slash=slash) for pattern in wanted)


def _holds(match: Match, request: RequestView, session: Session | None) -> bool:
    """The conditions that hang on more than the request line: groups of the session, network of the client."""
    if match.group and (session is None or not set(match.group) & set(session.groups)):
        return False
    return not match.network or any(network_contains(network, request.address) for network in match.network)


def _distinct(rules: Iterator[Rule]) -> tuple[Rule, ...]:
    return tuple(dict.fromkeys(rules))
