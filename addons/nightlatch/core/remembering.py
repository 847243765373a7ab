"""Which limits hold for a session: those of the policy or, of a session that is remembered, looser ones.

`[remember]` takes the place of `[session]` where it is looser, and so of what rules have from there; a limit that a
rule or its tier sets itself stays. Only the server's record says that a session is remembered (law of time 6), and one
that is not costs one look. Pure but for its bounded memory of the policies that it put together.
"""

from nightlatch.core.deadlines import sweep_at
from nightlatch.core.durations import seconds_up
from nightlatch.core.events import Field
from nightlatch.core.matching import all_rules
from nightlatch.core.policy import DAY, Policy
from nightlatch.core.policy_variants import with_limit
from nightlatch.core.session import End, Session
from nightlatch.core.verdict import Clock

LONGEST_COOKIE = 400 * DAY
"""RFC 6265bis 5.5: browsers cut a longer Max-Age down to this."""

_loosened: dict[int, tuple[Policy, Policy]] = {}
_MOST = 16


def policy_for(policy: Policy, session: Session | None) -> Policy:
    """`policy` as it holds for `session`: the very same object for one that is not remembered."""
    return policy if session is None or not session.remembered else remembered_policy(policy)


def remembered_policy(policy: Policy) -> Policy:
    """`policy` as it holds for remembered sessions; the same object each time, as others keep it by identity."""
    if not policy.remember:
        return policy
    known = _loosened.get(id(policy))
    if known is not None and known[0] is policy:
        return known[1]
    if len(_loosened) >= _MOST:
        _loosened.clear()
    made = policy._replace(remember={})
    for key, limit in policy.remember.items():
        made = with_limit(made, Clock(key), looser(limit, getattr(policy.session, key)))
    _loosened[id(policy)] = policy, made
    return made


def looser(one: int | None, other: int | None) -> int | None:
    """The longer of two limits; None, which is off, is the longest."""
    return None if one is None or other is None else max(one, other)


def run_out_at(session: Session, policy: Policy) -> End | None:
    """When and by which clock `session` ends under `policy` although nobody asks (law of time 8); None for never."""
    return sweep_at(session, all_rules(policy_for(policy, session)))


def created_detail(session: Session) -> dict[str, Field]:
    """What the event `session.created` tells of `session` beyond whose it is."""
    return {"source": session.source, **({"remembered": True} if session.remembered else {})}


def cookie_age(session: Session, policy: Policy, now: int) -> int | None:
    """For how many seconds a browser is to keep the credential of `session` beyond its own closing; None for a session
    that is not remembered, whose cookie goes with the browser. It binds nobody: the server decides.

    Args:
        session: live.
        policy: the one in force.
        now: microseconds on nightlatch's clock.
    """
    if not session.remembered or not policy.remember:
        return None
    absolute = remembered_policy(policy).session.absolute
    left = LONGEST_COOKIE if absolute is None else session.authenticated_at + absolute - now
    return seconds_up(max(0, min(left, LONGEST_COOKIE)))
