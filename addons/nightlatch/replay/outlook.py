"""What a policy says of a request before anything is known of its session; worked out once per distinct request."""

from typing import NamedTuple

from nightlatch.core.activity import is_passive, is_preflight
from nightlatch.core.matching import candidates
from nightlatch.core.policy import Limits, OnExpiry, Policy, Requirement
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session
from nightlatch.core.verdict import Kind, Verdict

_NOTHING = Requirement()


class Outlook(NamedTuple):
    """`limits`: those of the one rule that decides, where it decides by nothing but whether the session's clocks run,
    and `verdict` what it then says; None where `decide` has to be asked."""

    limits: Limits | None
    verdict: Verdict
    active: bool
    """Whether the request counts as activity if it passes."""


class Outlooks:
    """The outlooks under one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._known: dict[int, Outlook] = {}
        self._views: list[RequestView] = []
        self._by_session = any(rule.match.group or rule.match.network for rule in policy.rules)

    def __call__(self, view: RequestView) -> Outlook:
        """What the policy says of `view`."""
        outlook = self._known.get(id(view))
        if outlook is None:
            outlook = self._known[id(view)] = self._look(view)
            self._views.append(view)  # so that its id stays its own
        return outlook

    def _look(self, view: RequestView) -> Outlook:
        rules = candidates(self._policy, view, None)
        rule, active = rules[0], counts(self._policy, view, None)
        verdict = Verdict(Kind.ALLOW, "live", rule.name or None, activity=active)
        plain = (
            len(rules) == 1
            and not self._by_session
            and not self._policy.hours.open
            and not rule.public
            and rule.require == _NOTHING
            and rule.on_expiry is OnExpiry.END
            and not is_preflight(view)
        )
        return Outlook(rule.limits if plain else None, verdict, active)


def is_public(policy: Policy, view: RequestView) -> bool:
    """Whether `view` is public whatever its session, by every reading of its path."""
    return is_preflight(view) or all(rule.public for rule in candidates(policy, view, None))


def counts(policy: Policy, view: RequestView, session: Session | None) -> bool:
    """Whether `view` counts as activity if it passes; in doubt it does not (law of time 4)."""
    guarded = [rule for rule in candidates(policy, view, session) if not rule.public]
    return bool(guarded) and not any(is_passive(policy, rule, view) for rule in guarded)
