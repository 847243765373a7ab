"""What a rule demands beyond a live session: groups, network, and how and how lately the person authenticated."""

from nightlatch.core.patterns import network_contains
from nightlatch.core.policy import Requirement, Rule
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session
from nightlatch.core.verdict import Clock, Kind, Verdict


def unmet(session: Session, rule: Rule, request: RequestView, now: int) -> Verdict | None:
    """The verdict for the first demand of `rule` that is not met; None when all are.

    Group and network cannot be mended by logging in again: `denied`. The others can: `step_up`, with what to ask the
    login for (RFC 9470 section 3).
    """
    require = rule.require
    if require == _NOTHING:
        return None
    name = rule.name or None
    if require.group and not set(require.group) & set(session.groups):
        return Verdict(Kind.DENIED, "group", name)
    if require.network and not any(network_contains(net, request.address) for net in require.network):
        return Verdict(Kind.DENIED, "network", name)
    strength, age = _strength(session, require, name), _age(session, require, name, now)
    if strength is None:
        return age if age is None else age._replace(asks=(*kept_up(rule), *age.asks))
    # One login is asked for all that is missing, not one after another.
    return strength if age is None else strength._replace(asks=(*strength.asks, *age.asks))


def kept_up(rule: Rule) -> tuple[tuple[str, str], ...]:
    """What a login that is asked for something else has to give as well: it replaces the one before, and whoever gave
    less would be asked again at once."""
    asks = (("acr_values", rule.require.acr), ("amr", rule.require.amr))
    return tuple((name, " ".join(values)) for name, values in asks if values)


_NOTHING = Requirement()


def _strength(session: Session, require: Requirement, name: str | None) -> Verdict | None:
    asks: list[tuple[str, str]] = []
    if require.acr and session.acr not in require.acr:
        asks.append(("acr_values", " ".join(require.acr)))
    missing = [method for method in require.amr if method not in session.amr]
    if missing:
        # All of them: the login that is to come replaces what the one before had.
        asks.append(("amr", " ".join(require.amr)))
    reason = "acr" if asks and asks[0][0] == "acr_values" else "amr"
    return Verdict(Kind.STEP_UP, reason, name, asks=tuple(asks)) if asks else None


def _age(session: Session, require: Requirement, name: str | None, now: int) -> Verdict | None:
    if require.auth_age is None:
        return None
    elapsed = max(0, now - max(session.authenticated_at, session.reauthenticated_at or 0))
    if elapsed < require.auth_age:
        return None
    asks = (("max_age", str(require.auth_age // 1_000_000)),)
    return Verdict(Kind.STEP_UP, "auth_age", name, Clock.AUTH, require.auth_age, elapsed, asks=asks)
