"""Options of `nightlatch run` whose values open something: no message repeats them. Pure."""

import re
from collections.abc import Sequence

_NAMES = "alert-notify alert-webhook alert-webhook-secret dev-second-factor oidc-client-secret signals-token"
SECRET_OPTIONS = frozenset(_NAMES.split())
"""By long name. The address of a webhook often is its secret."""
PERHAPS_SECRET = SECRET_OPTIONS | {"ledger"}
"""And those whose values may hold one: a ledger's URL its password."""

_SERVER = re.compile(r"(?P<option>--ledger=)?(?P<scheme>postgres(?:ql)?:).*", re.IGNORECASE | re.DOTALL)


def hidden(arguments: Sequence[str]) -> list[str]:
    """A command line as it may be shown: without the values of secret options."""
    return [_shown(option, each) for option, each in zip(["", *arguments], arguments, strict=False)]


def _shown(before: str, argument: str) -> str:
    name, equals, _ = argument.removeprefix("--").partition("=")
    if argument.startswith("--") and equals and name in SECRET_OPTIONS:
        return f"--{name}=…"
    if before.removeprefix("--") in SECRET_OPTIONS:
        return "…"
    return _SERVER.sub(r"\g<option>\g<scheme>…", argument)
