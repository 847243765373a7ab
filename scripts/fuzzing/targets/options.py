"""What is typed in an option: read, or refused with a sentence that names the choices."""

from collections.abc import Callable
from typing import Any

from scripts.fuzzing.target import Target, Targets, holds

from nightlatch.identity.extract import parse_source
from nightlatch.proxy.forwarders import parse_network
from nightlatch.proxy.settings_login import parse_dev_user, parse_login
from nightlatch.replay.conditions import parse_condition
from nightlatch.replay.readers.columns import parse_columns
from nightlatch.replay.session_key import parse_session_key
from nightlatch.replay.sweep import parse_sweep


def _read_by(parse: Callable[[str], Any]) -> Callable[[bytes], None]:
    def run(content: bytes) -> None:
        try:
            parse(content.decode("utf-8", "surrogateescape"))
        except ValueError as error:
            holds(len(str(error)) > 10, f"no sentence: {error}")

    return run


TARGETS: Targets = {
    "identity": Target(_read_by(parse_source), (b"cookie:sid*", b"assertion:google-iap", b"bearer", b"jwt-cookie:t")),
    "session-key": Target(_read_by(parse_session_key), (b"auto", b"cookie:sid", b"header:X-User", b"column")),
    "columns": Target(_read_by(parse_columns), (b"session=user, at=when", b"duration_ms=t,url=u")),
    "condition": Target(_read_by(parse_condition), (b"relogins>3/user-day", b"lost_writes>0", b"exposure<=1h")),
    "sweep": Target(_read_by(parse_sweep), (b"idle=5m..60m/5m", b"absolute=1h..8h/1h")),
    "forwarder": Target(_read_by(parse_network), (b"10.0.0.0/8", b"::1", b"fe80::1%eth0/64")),
    "dev-user": Target(_read_by(parse_dev_user), (b"ada:admins,staff", b"bob")),
    "login": Target(_read_by(parse_login), (b"dev", b"oidc:https://idp.example", b"redirect:/login", b"none")),
}
