"""OpenID Shared Signals: security event tokens (RFC 8417) pushed to a receiver (RFC 8935).

The end of a session is CAEP's `session-revoked`; an alert that tells of a credential in the wrong hands is a
`credential-change` (revoke). Signed with RS256 and at least 2048 bits, one event a token, no `exp`, no `sub`: the SSF
profile and CAEP's interoperability profile ask for that.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from nightlatch.alerts.channel import Fate, Outcome, Told
from nightlatch.alerts.http_push import push
from nightlatch.alerts.webhook import channel_name
from nightlatch.core.durations import format_duration
from nightlatch.core.events import Event, EventType
from nightlatch.core.policy import SECOND
from nightlatch.ledger.alerts_port import Delivery

CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
LEAST_BITS = 2048

COMPROMISED = frozenset(("rotation_reuse", "reuse_after_end", "shared_credential", "fixation"))
"""Detectors whose alerts mean that a credential is, or may be, in the wrong hands."""

_INITIATORS = {"logout": "user", "admin": "admin", "backchannel": "system", "reset": "system"}
"""Who ended a session, by its reason; otherwise the policy did."""


class SigningKeyUnusable(ValueError):
    """The key cannot sign security event tokens; the message says why (exit code 3)."""


def load_signing_key(path: Path) -> RSAPrivateKey:
    """The RSA key in a PEM file.

    Raises:
        SigningKeyUnusable: unreadable, encrypted, not RSA, too short.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise SigningKeyUnusable(f"{path} holds no usable PEM key ({error})") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise SigningKeyUnusable(
            f"{path}: security event tokens are signed with RS256 and {LEAST_BITS} bits at least: "
            "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048"
        )
    return key


class SecurityEvents:
    """One stream to one receiver."""

    wants = frozenset((EventType.SESSION_EXPIRED, EventType.SESSION_ENDED, EventType.ALERT_RAISED))
    at_once = 1
    pause = SECOND // 20

    def __init__(self, url: str, key: RSAPrivateKey, issuer: str, audience: str, token: str) -> None:
        """`token`: what the receiver wants to see as `Authorization: Bearer`; may be empty."""
        self._url, self._key, self._token = url, key, token
        self._issuer, self._audience = issuer, audience
        self.name = channel_name("signals", url)

    def compose(self, told: Told, key: str, wall: int) -> str | None:
        """A signed token; its `jti` is the idempotency key."""
        event = told.chained.event
        about = _alert(told) if event.type is EventType.ALERT_RAISED else ("session-revoked", revoked(event))
        if about is None or event.session is None:
            return None
        kind, claims = about
        payload = {
            "iss": self._issuer,
            "jti": key,
            "iat": wall // SECOND,
            "aud": self._audience,
            "txn": f"event-{told.chained.id}",
            "sub_id": subject(event, self._issuer),
            "events": {CAEP + kind: {"event_timestamp": event.at // SECOND, **claims}},
        }
        return jwt.encode(payload, self._key, "RS256", {"typ": "secevent+jwt"})

    async def send(self, deliveries: Sequence[Delivery], wall: int) -> Outcome:
        """One POST (RFC 8935 section 2.1); 400 with an error code is final (section 2.3)."""
        (delivery,) = deliveries
        headers = {"Content-Type": "application/secevent+jwt", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        outcome = await push(self._url, delivery.body, headers)
        final = outcome.fate is Fate.PUT_OFF and outcome.error.startswith("400 ") and '"err"' in outcome.error
        return outcome._replace(fate=Fate.REFUSED) if final else outcome


def subject(event: Event, issuer: str) -> Mapping[str, Any]:
    """Whose session, and which (SSF: `sub_id`, a complex subject)."""
    about: dict[str, Any] = {"format": "complex", "session": {"format": "opaque", "id": event.session}}
    if event.subject is not None:
        about["user"] = {"format": "iss_sub", "iss": issuer, "sub": event.subject}
    return about


def revoked(event: Event) -> Mapping[str, Any]:
    """What `session-revoked` says beside the instant."""
    reason = str(event.detail.get("reason") or "expired")
    clock, limit = event.detail.get("clock"), event.detail.get("limit")
    why = f"session ended: {reason}"
    if event.type is EventType.SESSION_EXPIRED and isinstance(limit, int):
        why = f"{clock} timeout, limit {format_duration(limit)}"
    elif event.detail.get("detector"):
        why = f"session ended by the policy after an alert: {event.detail['detector']}"
    return {"initiating_entity": _INITIATORS.get(reason, "policy"), "reason_admin": {"en": why}}


def _alert(told: Told) -> tuple[str, Mapping[str, Any]] | None:
    """`credential-change`, once an alert, where a credential is in the wrong hands."""
    alert = told.alert
    if alert is None or alert.detector not in COMPROMISED or told.chained.event.detail.get("count") != 1:
        return None
    return "credential-change", {
        "credential_type": "session",
        "change_type": "revoke",
        "initiating_entity": "policy",
        "reason_admin": {"en": f"{alert.detector}: {alert.why}"},
    }
