"""The dev login: people named in the configuration, no password. For loopback only; `run` sees to that."""

import hmac
from collections.abc import Mapping

from nightlatch.core.authentication import Authentication
from nightlatch.core.events import EventType
from nightlatch.core.login_wording import login_sentence
from nightlatch.core.printable import printable
from nightlatch.core.wording import remembered_for, told
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.establish import Issued, LoginRefused, establish
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.settings_login import DEV_METHOD, SECOND_FACTOR, DevUser, is_user_name

SUGGESTED = (DevUser("alice"), DevUser("bob", ("admins",)))
"""Offered where the configuration names nobody: then any name may be typed."""
_FORMS = ("kept", "secret", "large", "unreadable", "lost", "full")
"""What can have become of a form (`form_keeping`)."""
_LONGEST_SHOWN = 128
"""Characters of a name that nobody has."""


def believable(asked: Mapping[str, list[str]], *, by_link: bool, kept: bool) -> dict[str, list[str]]:
    """What the login's address says (`asked`), less what a link could have made up.

    Args:
        by_link: another site led here; then no reasons are told, nor what became of a form, which only a page of
            this site can have sent.
        kept: a form of this browser is kept.
    """
    form = asked.get("form", [""])[0]
    doubted = {"form"} if by_link or form not in _FORMS or (form == "kept" and not kept) else set()
    doubted |= {"reason"} if by_link else set()
    return {name: values for name, values in asked.items() if name not in doubted}


def page_fields(
    guard: Guard, asked: Mapping[str, list[str]], return_to: str, *, refused: str = "", who: str | None = None
) -> dict[str, object]:
    """What the login page shows: whom one can be, why one is here, where one goes next; after a login that was
    `refused` for that reason, why; and `who` one is already."""
    users = guard.settings.dev_users
    first = {name: values[0] for name, values in asked.items()}
    return {
        "users": users or SUGGESTED,
        "any_name": not users,
        "return_to": return_to,
        "reauthenticate": not asked.keys().isdisjoint(("max_age", "amr", "reauthenticate")),
        "who": printable(who or ""),
        "why": told(first) or "",
        "refused": login_sentence(refused) if refused else "",
        "failed": printable(first.get("user", ""), keep="")[:_LONGEST_SHOWN] if refused == "unknown_user" else "",
        "code": guard.settings.dev_second_factor,
        "code_required": needs_second(first.get("amr", "")),
        "amr": first.get("amr", ""),
        "form": first.get("form", ""),
        "remembered": remembered_for(guard.policy),
        "remember": "remember" in asked,
    }


def needs_second(amr: str) -> bool:
    """Whether methods that are asked for (in `amr`, separated by spaces) take the second factor's code."""
    return bool(set(amr.split()) & set(SECOND_FACTOR))


def known_user(guard: Guard, name: str) -> DevUser | None:
    """The configured user called `name`; where nobody is configured, anybody with a sane name."""
    users = guard.settings.dev_users
    if not users:
        suggested = {user.name: user for user in SUGGESTED}
        return suggested.get(name) or (DevUser(name) if is_user_name(name) else None)
    return next((user for user in users if user.name == name), None)


async def log_in(
    guard: Guard,
    arrival: Arrival,
    name: str,
    *,
    again: bool,
    code: str = "",
    second: bool = False,
    remember: bool = False,
) -> Issued:
    """Log `name` in: a new credential, always.

    Args:
        again: a live session of the same person goes on, freshly authenticated.
        code: of the second factor; empty without one.
        second: the page that the person comes from asks for the second factor.
        remember: the person asks to be remembered.

    Raises:
        LoginRefused: there is no such user, or the code is not the right one, or missing; the trail tells.
    """
    try:
        if second and not code:
            raise LoginRefused("second_factor_missing")
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
