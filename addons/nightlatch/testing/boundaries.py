"""The edges of a policy: for each rule and each of its clocks a request that meets the rule, and what it is answered a
second before the limit, at it, and a second after it. Values in, values out; who writes tests of them is elsewhere."""

from collections.abc import Iterator
from typing import NamedTuple

from nightlatch.core.activity import is_passive
from nightlatch.core.deadlines import sweep_at
from nightlatch.core.matching import all_rules, candidates, session_rule
from nightlatch.core.policy import SECOND, OnExpiry, Policy, Rule
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session
from nightlatch.core.verdict import Clock, Kind

ADDRESS = "127.0.0.1"
NOWHERE = "/nightlatch-boundary"
"""A path that no application has: it is judged all the same."""


class Asked(NamedTuple):
    """A request that meets a rule, and the group that its person must be in, if any."""

    method: str
    path: str
    group: str = ""


class Boundary(NamedTuple):
    """One clock of one rule. Whole seconds."""

    rule: str
    """Its name; empty for `[session]`."""
    clock: str
    limit: int
    asked: Asked
    verdict: str
    """From the limit on; a second before it is `allow`."""
    keep: Asked | None = None
    """What keeps the person active until then, where the idle limit is shorter; asked every `every` seconds."""
    every: int = 0


class Untested(NamedTuple):
    """A rule, or a clock of it, of which no test can be written, and why."""

    rule: str
    why: str


Meeting = tuple[Rule, Asked, bool]
"""A rule, a request that meets it, and whether that is activity."""


def boundaries(policy: Policy) -> tuple[list[Boundary], list[Untested]]:
    """Every edge of `policy` that can be tested from outside, in the order of its rules, and what cannot be."""
    found = list(_edges(policy))
    return [each for each in found if isinstance(each, Boundary)], [
        each for each in found if isinstance(each, Untested)
    ]


def _edges(policy: Policy) -> Iterator[Boundary | Untested]:
    if policy.hours.open:
        yield Untested("[hours]", "the tests ask when they run: give them the policy without it, or they fail at night")
    meetings = [(rule, None if _untestable(rule) else _meeting(policy, rule)) for rule in _guarded(policy)]
    keepers = [meeting for _, meeting in meetings if meeting is not None and meeting[2]]
    for rule, meeting in meetings:
        if meeting is None:
            yield Untested(rule.name, _untestable(rule) or "no request can be thought of that meets this rule alone")
        else:
            yield from (_judged(policy, edge) for edge in _clocks(rule, meeting, keepers))


def _judged(policy: Policy, edge: Boundary | Untested) -> Boundary | Untested:
    """`edge` with the verdict from its limit on. A rule that asks to authenticate anew does so only while the session
    lives for some other rule."""
    if isinstance(edge, Untested) or edge.verdict == Kind.EXPIRED:
        return edge
    steps = (edge.limit - 1) // edge.every if edge.every else 0
    active, gap = steps * edge.every * SECOND, edge.every * SECOND
    session = Session("", "", "", "nightlatch", 0, 0, active, max(0, active - gap), gap=gap if steps else 0)
    swept = sweep_at(session, all_rules(policy))
    if swept is not None and swept.at == (edge.limit + 1) * SECOND:
        return Untested(edge.rule, f"{edge.clock}: the session ends for every rule a second later")
    over = swept is not None and swept.at <= edge.limit * SECOND
    return edge._replace(verdict=str(Kind.EXPIRED)) if over else edge


def _guarded(policy: Policy) -> list[Rule]:
    return [*(rule for rule in policy.rules if not rule.public), session_rule(policy)]


def _untestable(rule: Rule) -> str:
    if rule.require.amr or rule.require.acr:
        return "it requires a login (amr, acr) that a test cannot give"
    wanted = set(rule.require.group)
    if wanted and rule.match.group and not wanted & set(rule.match.group):
        return "it requires a group besides the one that it matches"
    return ""


def _meeting(policy: Policy, rule: Rule) -> Meeting | None:
    """A request that meets `rule` and no other."""
    for asked in _requests(rule):
        request = RequestView(asked.method, ADDRESS, asked.path, "", {}, ADDRESS)
        person = Session("", "", "", "nightlatch", 0, 0, 0, 0, groups=(asked.group,) if asked.group else ())
        if candidates(policy, request, person) == (rule,):
            return rule, asked, not is_passive(policy, rule, request)
    return None


def _requests(rule: Rule) -> Iterator[Asked]:
    methods = [method for method in rule.match.method if method != "*"] or ["GET", "POST"]
    group = next(iter((*rule.match.group, *rule.require.group)), "")
    for method in methods:
        for pattern in rule.match.path or ("/", NOWHERE, f"{NOWHERE}/x"):
            for path in _paths(pattern):
                yield Asked(method, path, group)


def _paths(pattern: str) -> Iterator[str]:
    """Paths that `pattern` means, the plainest first."""
    below = pattern.removesuffix("/**")
    for base in dict.fromkeys((below, f"{below}/x1", f"{below}/x1/y2") if below != pattern else (pattern,)):
        yield base.replace("/**", "/x1").replace("**", "x1").replace("*", "x1") or "/"


def _clocks(rule: Rule, meeting: Meeting, keepers: list[Meeting]) -> Iterator[Boundary | Untested]:
    limits, end = rule.limits, Kind.STEP_UP if rule.on_expiry is OnExpiry.REAUTHENTICATE else Kind.EXPIRED
    age = rule.require.auth_age
    first = min((each for each in (limits.absolute, age) if each is not None), default=None)
    if limits.idle is not None:
        if first is None or limits.idle < first:
            yield Boundary(rule.name, str(Clock.IDLE), limits.idle // SECOND, meeting[1], str(end))
        else:
            yield Untested(rule.name, "idle: another clock runs out before it")
    if age is not None and (limits.absolute is None or age < limits.absolute):
        yield _kept(
            Boundary(rule.name, str(Clock.AUTH), age // SECOND, meeting[1], str(Kind.STEP_UP)), meeting, keepers
        )
    if limits.absolute is not None:
        if age is not None and age <= limits.absolute:
            yield Untested(rule.name, "absolute: auth_age asks for a login before it")
        else:
            edge = Boundary(rule.name, str(Clock.ABSOLUTE), limits.absolute // SECOND, meeting[1], str(end))
            yield _kept(edge, meeting, keepers)


def _kept(edge: Boundary, meeting: Meeting, keepers: list[Meeting]) -> Boundary | Untested:
    """`edge` with what keeps the person active until it: a request of the rule itself, else of another one."""
    idle = meeting[0].limits.idle
    if idle is None or idle // SECOND > edge.limit + 1:
        return edge
    mine = [meeting] if meeting[2] else []
    for rule, asked, _ in (*mine, *(each for each in keepers if each[1].group in ("", edge.asked.group))):
        if rule.limits.absolute is not None and rule.limits.absolute // SECOND < edge.limit:
            continue
        shortest = min(each for each in (idle, rule.limits.idle) if each is not None) // SECOND
        if shortest > 1:
            return edge._replace(keep=asked, every=shortest - 1)
    return Untested(edge.rule, f"{edge.clock}: nothing keeps anybody active until then")
