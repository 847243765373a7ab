"""The decision: may this request pass, now? Values in, one verdict out; nothing is read, written or remembered here.

Rules of this file. One: whatever bears on a decision comes in as an argument; `now` was read once, at the top of the
request. Two: every refusal names its reason, and its clock where there is one. Three: where a path can be read in
several ways, each reading is judged and the strictest verdict wins (law of trust 1).
"""

from nightlatch.core.activity import is_passive, is_preflight
from nightlatch.core.deadlines import ClockState, end_by, first_out, idle_clock, running, sweep_at, token_clock
from nightlatch.core.hours import is_open
from nightlatch.core.identity import UNVERIFIABLE, Anonymous, Identity, Presented, TokenTimes, Unreadable
from nightlatch.core.matching import all_rules, candidates
from nightlatch.core.policy import OnExpiry, Policy, Rule
from nightlatch.core.remembering import policy_for
from nightlatch.core.request import RequestView
from nightlatch.core.requirements import kept_up, unmet
from nightlatch.core.session import End, Session
from nightlatch.core.token_session import as_token_tells
from nightlatch.core.verdict import Clock, Kind, Remaining, Verdict

_SEVERITY = {
    Kind.PUBLIC: 0,
    Kind.ALLOW: 1,
    Kind.STEP_UP: 2,
    Kind.LOGIN: 3,
    Kind.DENIED: 4,
    Kind.EXPIRED: 5,
    Kind.REFUSED: 6,
    Kind.INVALID: 7,
    Kind.ERROR: 8,
}


def decide(identity: Presented, session: Session | None, policy: Policy, request: RequestView, now: int) -> Verdict:
    """What becomes of `request`.

    Args:
        identity: what the client presented, read and verified.
        session: what the ledger knows of it, live or ended; None when unknown.
        policy: the policy in force.
        request: the request, as the client sent it.
        now: microseconds on nightlatch's clock, read once for this request.
    """
    if is_preflight(request):
        return Verdict(Kind.PUBLIC, "preflight", forward_credential=False)
    if isinstance(identity, Identity) and identity.token is not None and session is not None:
        session = as_token_tells(session, identity, now)
    policy = policy_for(policy, session)
    rules = candidates(policy, request, session)
    first = _judge(identity, session, policy, rules[0], request, now)
    if len(rules) == 1:
        return first
    others = [_judge(identity, session, policy, rule, request, now) for rule in rules[1:]]
    return _strictest([first, *others])


def error(reason: str) -> Verdict:
    """The verdict when nightlatch itself cannot judge: nothing passes (DESIGN §3)."""
    return Verdict(Kind.ERROR, reason, forward_credential=False)


def _strictest(verdicts: list[Verdict]) -> Verdict:
    worst = max(verdicts, key=lambda verdict: _SEVERITY[verdict.kind])
    if worst.activity and not all(verdict.activity for verdict in verdicts if verdict.kind is Kind.ALLOW):
        return worst._replace(activity=False)
    return worst


def _judge(
    identity: Presented, session: Session | None, policy: Policy, rule: Rule, request: RequestView, now: int
) -> Verdict:
    if rule.public:
        return _public(identity, session, policy, rule, now)
    name = rule.name or None
    if isinstance(identity, Unreadable) and identity.reason == UNVERIFIABLE:
        return error(UNVERIFIABLE)
    if isinstance(identity, Unreadable):
        return Verdict(Kind.INVALID, identity.reason, name, forward_credential=False)
    if isinstance(identity, Anonymous):
        return Verdict(Kind.PUBLIC if identity.welcome else Kind.LOGIN, "no_credential", name)
    if identity.token is not None and _not_yet(identity.token, rule, now):
        return Verdict(Kind.INVALID, "not_yet_valid", name, forward_credential=False)
    if session is None:
        return _unknown(identity, rule, now)
    if session.end is not None:
        return _after_end(session, session.end, rule, now)
    return _live(identity, session, policy, rule, request, now)


def _public(identity: Presented, session: Session | None, policy: Policy, rule: Rule, now: int) -> Verdict:
    """Passes unasked; but a credential that is refused elsewhere does not pass with it (law of trust 5)."""
    return Verdict(Kind.PUBLIC, "rule", rule.name or None, forward_credential=_good(identity, session, policy, now))


def _good(identity: Presented, session: Session | None, policy: Policy, now: int) -> bool:
    if not isinstance(identity, Identity):
        return isinstance(identity, Anonymous)
    if identity.token is not None and _token_out(identity.token, policy.session.leeway, now):
        return False
    if session is None:
        return identity.adoptable
    if session.end is not None:
        return False
    swept = sweep_at(session, all_rules(policy))
    return swept is None or now < swept.at


def _token_out(token: TokenTimes, leeway: int, now: int) -> bool:
    return token_clock(token, leeway, now).ran_out


def _not_yet(token: TokenTimes, rule: Rule, now: int) -> bool:
    """`nbf`, or `iat`, is still to come (RFC 7519 section 4.1.5)."""
    return now < max(token.issued_at, token.not_before or 0) - rule.limits.leeway


def _unknown(identity: Identity, rule: Rule, now: int) -> Verdict:
    name = rule.name or None
    if identity.token is not None and (out := _dead_token(identity.token, rule, now)):
        return _expired(out, rule)
    if identity.source == "nightlatch":
        return Verdict(Kind.INVALID, "unknown_credential", name, forward_credential=False)
    return Verdict(Kind.LOGIN, "unknown_credential", name, forward_credential=False)


def _dead_token(token: TokenTimes, rule: Rule, now: int) -> ClockState | None:
    return first_out((token_clock(token, rule.limits.leeway, now),))


def _after_end(session: Session, end: End, rule: Rule, now: int) -> Verdict:
    """A credential whose session a clock ended is `expired` however late it comes, else `refused` (law 10)."""
    if end.clock is None or end.limit is None:
        return Verdict(Kind.REFUSED, end.reason, rule.name or None, forward_credential=False)
    out = first_out(running(session, rule.limits, now, rule))
    if out is not None:
        return _expired(out, rule)
    elapsed = now - end.from_at if end.from_at is not None else end.limit
    if end.clock == Clock.IDLE:
        elapsed = idle_clock(session, end.limit, now).elapsed
    return Verdict(
        Kind.EXPIRED, "ended", end.rule, Clock(end.clock), end.limit, max(elapsed, end.limit), forward_credential=False
    )


def _live(identity: Identity, session: Session, policy: Policy, rule: Rule, request: RequestView, now: int) -> Verdict:
    clocks = running(session, rule.limits, now, rule)
    own = first_out(clocks)
    if own is not None:
        return _ran_out(identity, session, policy, rule, own, now)
    if identity.token is not None and (out := _dead_token(identity.token, rule, now)):
        return _expired(out, rule)
    if session.step_up_at is not None and not _fresh(identity, session.step_up_at):
        return Verdict(Kind.STEP_UP, "alert", rule.name or None, asks=(*kept_up(rule), ("max_age", "0")))
    if policy.hours.open and not is_open(policy.hours, now):
        return Verdict(Kind.DENIED, "hours", rule.name or None)
    lacking = unmet(session, rule, request, now)
    if lacking is not None:
        return lacking
    return _allow(session, policy, rule, request, clocks, now)


def _fresh(identity: Identity, asked_at: int) -> bool:
    """Whether a token tells of a login since an alert asked for one; for other credentials the ledger knows it."""
    return identity.token is not None and (identity.token.authenticated_at or 0) >= asked_at


def _ran_out(identity: Identity, session: Session, policy: Policy, rule: Rule, own: ClockState, now: int) -> Verdict:
    """The session's clock ended it: at its deadline where nothing could have kept it, else now, by this request."""
    swept = sweep_at(session, all_rules(policy))
    over = swept is not None and swept.at <= now
    if rule.on_expiry is OnExpiry.REAUTHENTICATE and not over:
        asks = (*kept_up(rule), ("max_age", str(own.limit // 1_000_000)))
        return Verdict(Kind.STEP_UP, "clock", rule.name or None, own.clock, own.limit, own.elapsed, asks=asks)
    end = swept if swept is not None and over else end_by(own, rule, now)
    token = token_clock(identity.token, rule.limits.leeway, now) if identity.token else own
    return _expired(first_out((own, token)) or own, rule)._replace(end=end)


def _expired(clock: ClockState, rule: Rule) -> Verdict:
    return Verdict(
        Kind.EXPIRED, "clock", rule.name or None, clock.clock, clock.limit, clock.elapsed, forward_credential=False
    )


def _allow(
    session: Session, policy: Policy, rule: Rule, request: RequestView, clocks: tuple[ClockState, ...], now: int
) -> Verdict:
    active = not is_passive(policy, rule, request)
    idle = absolute = None
    for clock in clocks:
        if clock.clock is Clock.ABSOLUTE:
            absolute = clock.deadline - now
        else:
            idle = clock.limit if active else clock.deadline - now
    left = Remaining(idle, absolute)
    return Verdict(Kind.ALLOW, "live", rule.name or None, None, None, None, active, None, left)
