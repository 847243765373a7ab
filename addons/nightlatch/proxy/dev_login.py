"""The dev login: people named in the configuration, no password. For loopback only; `run` sees to that."""

import hmac
from collections.abc import Mapping

from nightlatch.core.authentication import Authentication
from nightlatch.core.events import EventType
from nightlatch.core.login_wording import login_sentence
from nightlatch.core.policy import SECOND
from nightlatch.core.verdict import Clock, Kind, Verdict
from nightlatch.core.wording import remembered_for, sentence
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.establish import Issued, LoginRefused, establish
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.settings_login import DEV_METHOD, SECOND_FACTOR, DevUser, is_user_name

SUGGESTED = (DevUser("alice"), DevUser("bob", ("admins",)))
"""Offered where the configuration names nobody: then any name may be typed."""


def page_fields(
    guard: Guard, asked: Mapping[str, list[str]], return_to: str, *, refused: str = ""
) -> dict[str, object]:
    """What the login page shows: whom one can be, why one is here, where one goes next; after a login that was
    `refused` for that reason, why."""
    users = guard.settings.dev_users
    return {
        "users": users or SUGGESTED,
        "any_name": not users,
        "return_to": return_to,
        "reauthenticate": not asked.keys().isdisjoint(("max_age", "amr", "reauthenticate")),
        "why": _why({name: values[0] for name, values in asked.items()}),
        "refused": login_sentence(refused) if refused else "",
        "failed": asked.get("user", [""])[0] if refused == "unknown_user" else "",
        "code": guard.settings.dev_second_factor,
        "code_required": bool(set(asked.get("amr", [""])[0].split()) & set(SECOND_FACTOR)),
        "amr": asked.get("amr", [""])[0],
        "form": asked.get("form", [""])[0],
        "remembered": remembered_for(guard.policy),
        "remember": "remember" in asked,
    }


def _why(asked: Mapping[str, str]) -> str:
    """Why one is here, as the redirect told it; what does not fit is not shown."""
    try:
        clock = Clock(asked["clock"]) if "clock" in asked else None
        limit, elapsed = (int(asked[name]) * SECOND if name in asked else None for name in ("limit", "elapsed"))
        return sentence(Verdict(Kind(asked["verdict"]), asked.get("reason", ""), None, clock, limit, elapsed))
    except (KeyError, ValueError):
        return ""


def known_user(guard: Guard, name: str) -> DevUser | None:
    """The configured user called `name`; where nobody is configured, anybody with a sane name."""
    users = guard.settings.dev_users
    if not users:
        suggested = {user.name: user for user in SUGGESTED}
        return suggested.get(name) or (DevUser(name) if is_user_name(name) else None)
    return next((user for user in users if user.name == name), None)


async def log_in(
    guard: Guard, arrival: Arrival, name: str, *, again: bool, code: str = "", remember: bool = False
) -> Issued:
    """Log `name` in: a new credential, always.

    Args:
        again: a live session of the same person goes on, freshly authenticated.
        code: of the second factor; empty without one.
        remember: the person asks to be remembered.

    Raises:
        LoginRefused: there is no such user, or the code is not the right one; the trail tells.
    """
    try:
        who = _authenticated(guard, arrival, name, code)
    except LoginRefused as refusal:
        guard.note_login(EventType.LOGIN_FAILED, arrival.request, arrival.now, login="dev", reason=refusal.reason)
        raise
    return await establish(guard, arrival, who, again=again, remember=remember)


def _authenticated(guard: Guard, arrival: Arrival, name: str, code: str) -> Authentication:
    user, expected = known_user(guard, name), guard.settings.dev_second_factor
    if user is None:
        raise LoginRefused("unknown_user")
    if code and not (expected and hmac.compare_digest(code.encode(), expected.encode())):
        raise LoginRefused("second_factor")
    amr = (DEV_METHOD, *SECOND_FACTOR) if code else (DEV_METHOD,)
    return Authentication(user.name, "dev", arrival.now, user.groups, amr)
