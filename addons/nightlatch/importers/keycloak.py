"""Keycloak: a realm's export as JSON (`ssoSessionIdleTimeout`, `ssoSessionMaxLifespan` and their kin), in seconds."""

from nightlatch.importers.amounts import seconds
from nightlatch.importers.draft import Draft
from nightlatch.importers.settings_text import Values, json_object

_DEFAULTS = {"ssoSessionIdleTimeout": 1800, "ssoSessionMaxLifespan": 36000}


def read(text: str) -> Draft:
    """The policy that behaves as these settings do.

    Raises:
        ImportFailed: they cannot be read.
    """
    realm = json_object(text)
    draft = Draft("Keycloak")
    for key, name in (("idle", "ssoSessionIdleTimeout"), ("absolute", "ssoSessionMaxLifespan")):
        draft.limit(key, seconds(realm.get(name, _DEFAULTS[name]), name), name)
    draft.note("ssoSessionIdleTimeout is reset by logins and by refreshed tokens, not by the application's traffic")
    draft.note("it ends up to 120 seconds late there (a window for replication), here at the second")
    _client(draft, realm)
    if realm.get("rememberMe"):
        _remember(draft, realm)
    if realm.get("revokeRefreshToken") is False:
        draft.note("revokeRefreshToken is off: a stolen refresh token goes on working beside the real one")
    return draft


def _client(draft: Draft, realm: Values) -> None:
    """What is set for clients can shorten a token's life, never the session's."""
    for name in ("clientSessionIdleTimeout", "clientSessionMaxLifespan"):
        if value := seconds(realm.get(name, 0), name):
            shorter = f"{value // 1_000_000} seconds"
            draft.note(f"{name} ({shorter}) shortens the tokens of a client; it never ends or lengthens the session")
    if lifespan := seconds(realm.get("accessTokenLifespan", 300), "accessTokenLifespan"):
        draft.note(
            f"accessTokenLifespan ({lifespan // 1_000_000} seconds) is the clock `token`: it comes with each token"
        )


def _remember(draft: Draft, realm: Values) -> None:
    """Where one of their limits is 0 that of other sessions holds."""
    for key, name in (("idle", "ssoSessionIdleTimeoutRememberMe"), ("absolute", "ssoSessionMaxLifespanRememberMe")):
        value, usual = seconds(realm.get(name, 0), name), draft.limits[key].value
        if value:
            draft.remember(key, value, name)
        if value and usual is not None and value < usual:
            draft.note(f"{name} is shorter than the usual limit; here nobody is logged out sooner for being remembered")
    which = "limits of their own" if draft.remembered else "the same limits"
    draft.note(f"rememberMe is on: remembered sessions have {which} there")
