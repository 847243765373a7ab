"""From what a provider says to who logged in, how and when: an ID token, and what its userinfo endpoint adds."""

import logging
from collections.abc import Mapping
from typing import Any

from nightlatch.core.authentication import Authentication, ProviderSession
from nightlatch.core.freshness import authenticated_at
from nightlatch.identity.claims import TokenRefused, texts, verified_email
from nightlatch.identity.id_tokens import IdToken
from nightlatch.identity.oidc_client import userinfo
from nightlatch.identity.pending_logins import PendingLogin
from nightlatch.identity.provider import Provider, ProviderUnavailable
from nightlatch.identity.provider_marks import sid_mark, subject_mark
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.settings_login import OidcSettings

log = logging.getLogger(__name__)

_LONGEST = 255


def provider_session(key: bytes, issuer: str, token: IdToken, wall: int) -> ProviderSession:
    """What the provider calls the session that `token` is of, as fingerprints with the ledger's `key`."""
    sid = sid_mark(key, issuer, token.sid) if token.sid else None
    authenticated = token.auth_time if token.auth_time is not None else wall
    return ProviderSession(subject_mark(key, issuer, token.subject), sid, authenticated)


def authentication(
    settings: OidcSettings,
    arrival: Arrival,
    login: PendingLogin,
    token: IdToken,
    claims: Mapping[str, Any],
    known: ProviderSession,
    *,
    fresh: bool,
) -> Authentication:
    """Who has logged in.

    Args:
        claims: all that is known of the person.
        fresh: the authentication does what was demanded. Where it does not and is let pass, it counts as of now.

    Raises:
        TokenRefused: `no_subject`.
    """
    subject = claims.get(settings.subject_claim)
    if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject.strip()) <= _LONGEST:
        raise TokenRefused("no_subject")
    wall, warp = arrival.wall, arrival.warp
    auth_time = token.auth_time if fresh else None
    return Authentication(
        subject=subject,
        method="oidc",
        at=authenticated_at(auth_time, login.demand, started=login.started, wall=wall, warp=warp),
        groups=texts(claims.get(settings.groups_claim)) if settings.groups_claim else (),
        amr=token.amr,
        acr=token.acr,
        email=verified_email(claims),
        provider=known,
    )


async def all_claims(settings: OidcSettings, provider: Provider, token: IdToken, access_token: str) -> dict[str, Any]:
    """What the ID token says, and what the userinfo endpoint adds to it where something is missing that is needed.

    Raises:
        TokenRefused: the endpoint speaks of somebody else (OpenID Connect Core 5.3.2).
        ProviderUnavailable: it does not answer, and who it is would be there.
    """
    needed = {settings.subject_claim, settings.groups_claim} - {""}
    if needed <= token.claims.keys():
        return dict(token.claims)
    try:
        further = await userinfo(provider, access_token)
    except ProviderUnavailable as problem:
        if settings.subject_claim not in token.claims:
            raise
        log.warning("a login goes on without groups: %s", problem)
        further = {}
    if further and further.get("sub") != token.subject:
        raise TokenRefused("id_token")
    return {**further, **token.claims}
