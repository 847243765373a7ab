"""What other systems call a path or a host is not always a pattern that a policy can hold: what is not is left out.

Left out and told, never guessed: a public rule that is too wide would let strangers in.
"""

from collections.abc import Callable, Iterable

from nightlatch.core.policy_values import Unfit, host_pattern, method, path_pattern
from nightlatch.importers.draft import Draft, Scope

Check = tuple[Callable[[str], str], str]
"""What raises Unfit, and what it is asked about."""


def fitting(draft: Draft) -> Draft:
    """`draft` with those scopes and passive paths that a policy can hold, and a note for each of the others."""
    draft.scopes = [scope for scope in draft.scopes if _fits(draft, scope.origin, _checks(scope))]
    draft.passive = [entry for entry in draft.passive if _fits(draft, entry[1], [(path_pattern, entry[0])])]
    return draft


def _checks(scope: Scope) -> list[Check]:
    named: list[Check] = [*((path_pattern, path) for path in scope.paths), *((method, each) for each in scope.methods)]
    return named if scope.host is None else [*named, (host_pattern, scope.host)]


def _fits(draft: Draft, origin: str, checks: Iterable[Check]) -> bool:
    for check, text in checks:
        try:
            check(text)
        except Unfit as unfit:
            draft.note(f"{origin}: left out, as {text[:60]!r} is not {unfit.expected}: write a rule for it")
            return False
    return True
