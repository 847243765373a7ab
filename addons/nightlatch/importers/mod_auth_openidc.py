"""mod_auth_openidc: Apache directives (`OIDCSessionInactivityTimeout` and its kin, open `<Location>`s)."""

import re

from nightlatch.importers.amounts import seconds
from nightlatch.importers.draft import Draft, Scope

_DIRECTIVE = re.compile(r"^[ \t]*(OIDC\w+)\s+\"?([^\s\"]+)\"?", re.MULTILINE | re.IGNORECASE)
_LOCATION = re.compile(r"<Location\s+\"?([^\s\">]+)\"?\s*>(.*?)</Location>", re.DOTALL | re.IGNORECASE)
_OPEN = re.compile(
    r"^[ \t]*(Require\s+all\s+granted|AuthType\s+None|OIDCUnAuthAction\s+pass)", re.MULTILINE | re.IGNORECASE
)


def read(text: str) -> Draft:
    """The policy that behaves as these settings do.

    Raises:
        ImportFailed: they cannot be read.
    """
    text = re.sub(r"^[ \t]*#.*$", "", text, flags=re.MULTILINE)
    found = {name.lower(): value for name, value in _DIRECTIVE.findall(text)}
    draft = Draft("mod_auth_openidc")
    idle = found.get("oidcsessioninactivitytimeout", "300")
    longest = found.get("oidcsessionmaxduration", "28800")
    draft.limit("idle", seconds(idle, "OIDCSessionInactivityTimeout"), "OIDCSessionInactivityTimeout")
    draft.limit("absolute", seconds(longest, "OIDCSessionMaxDuration"), "OIDCSessionMaxDuration")
    draft.note(
        "activity is written down at most every tenth of the timeout (and every minute): it ends up to that early"
    )
    draft.note("every request counts as activity there, polling and its own ?info=json included")
    draft.note("open WebSockets and event streams outlive the session there; nightlatch closes them")
    if longest == "0":
        draft.note("OIDCSessionMaxDuration 0 means the ID token's exp: set absolute to the provider's lifetime")
    if found.get("oidcsessiontype", "").lower().startswith("client-cookie"):
        draft.note("OIDCSessionType client-cookie cannot be revoked: after a logout its cookie still works there")
    for path, inside in _LOCATION.findall(text):
        if _OPEN.search(inside) and path.startswith("/"):
            pattern = "/**" if path == "/" else f"{path.rstrip('/')}/**"
            draft.scopes.append(Scope(f"public {path}", f"<Location {path}>", (pattern,), public=True))
    return draft
