"""A webhook: alerts as JSON, signed as Standard Webhooks has it (HMAC-SHA256 over id, timestamp and body), so that
receivers can check with a library that they have, refuse what is old, and know a repetition by its id."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from nightlatch.alerts.channel import Outcome, Told
from nightlatch.alerts.http_push import push
from nightlatch.core.alert_json import alert_document
from nightlatch.core.events import EventType
from nightlatch.core.policy import SECOND
from nightlatch.ledger.alerts_port import Delivery

SCHEMA = "nightlatch.alert/1"
_PREFIX = "whsec_"
SHORTEST = 16
"""Bytes of a secret."""


class SecretUnusable(ValueError):
    """A secret that protects nothing; the message says what would do."""


def secret_of(text: str) -> bytes:
    """The key that a secret stands for: `whsec_` and base64, else the text itself.

    Raises:
        SecretUnusable: it is too short, or no base64.
    """
    try:
        key = base64.b64decode(text[len(_PREFIX) :], validate=True) if text.startswith(_PREFIX) else text.encode()
    except (binascii.Error, ValueError):
        raise SecretUnusable("what follows `whsec_` is no base64") from None
    if len(key) < SHORTEST:
        raise SecretUnusable(f"a secret needs {SHORTEST} bytes at least: openssl rand -base64 32")
    return key


def signature(key: bytes, message: str, timestamp: int, body: str) -> str:
    """`v1,` and the base64 of the HMAC-SHA256 of `message.timestamp.body`."""
    signed = f"{message}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Webhook:
    """One URL."""

    wants = frozenset((EventType.ALERT_RAISED,))
    at_once = 1
    pause = SECOND // 5

    def __init__(self, url: str, key: bytes | None) -> None:
        """`key`: with which bodies are signed; None for a receiver that does not check."""
        self._url, self._key = url, key
        self.name = channel_name("webhook", url)

    def compose(self, told: Told, key: str, wall: int) -> str | None:
        """The alert as everybody else sees it, with what identifies this delivery."""
        if told.alert is None:
            return None
        alert = alert_document(told.alert) | {"count": told.chained.event.detail.get("count", told.alert.times)}
        return json.dumps({"schema": SCHEMA, "delivery": key, "event": told.chained.id, "alert": alert})

    async def send(self, deliveries: Sequence[Delivery], wall: int) -> Outcome:
        """One POST."""
        (delivery,) = deliveries
        return await push(self._url, delivery.body, self.headers(delivery, wall))

    def headers(self, delivery: Delivery, wall: int) -> Mapping[str, str]:
        """With the signature; the timestamp is that of this attempt, the id that of all of them."""
        stamp = wall // SECOND
        fields = {"Content-Type": "application/json", "webhook-id": delivery.id, "webhook-timestamp": str(stamp)}
        if self._key is not None:
            fields["webhook-signature"] = signature(self._key, delivery.id, stamp, delivery.body)
        return fields


def channel_name(kind: str, url: str) -> str:
    """What a receiver is called in the ledger: its kind, its host, and a digest of the URL, which may hold secrets."""
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{kind}:{urlsplit(url).hostname or ''}:{digest}"
