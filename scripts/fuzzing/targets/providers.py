"""What providers and receivers answer: discovery documents, tokens for a code, user info, receipts of a webhook."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import cache
from io import BytesIO
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from scripts.fuzzing.target import Target, Targets, holds, split
from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders

from nightlatch.alerts.channel import Fate
from nightlatch.alerts.http_push import judged
from nightlatch.core.policy import HOUR
from nightlatch.identity import key_fetch
from nightlatch.identity.key_sets import KeysUnavailable
from nightlatch.identity.oidc_client import Client, CodeRefused, exchange, userinfo
from nightlatch.identity.pending_logins import PendingLogin
from nightlatch.identity.provider import Provider, ProviderUnavailable, read_provider
from nightlatch.identity.remote_keys import discover

_ISSUER = "https://idp.example"
_PROVIDER = Provider(_ISSUER, _ISSUER + "/a", _ISSUER + "/t", _ISSUER + "/k", _ISSUER + "/u")
_CLIENT = Client("app", "secret", "openid")


def _finished(work: Awaitable[Any]) -> Any:
    """What a coroutine that waits for nothing comes to."""
    try:
        work.__await__().send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


def discovery(content: bytes) -> None:
    """A discovery document: every endpoint over TLS or on this machine, or a message."""

    async def fetched(_: str) -> bytes:
        return content

    try:
        with patch.object(key_fetch, "fetch", fetched):
            provider = read_provider(_finished(discover(_ISSUER)))
    except (KeysUnavailable, ProviderUnavailable) as problem:
        holds("idp.example" in str(problem), f"no place: {problem}")
        return
    for url in (provider.authorization_endpoint, provider.token_endpoint, provider.userinfo_endpoint or "https://x"):
        parts = urlsplit(url)
        holds(
            parts.scheme == "https"
            or parts.hostname in ("localhost", "127.0.0.1", "::1")
            or str(parts.hostname).endswith(".localhost")
            or str(parts.hostname).startswith("127."),
            url,
        )


class _Canned(HTTPAdapter):
    """Answers every request with what is to be tried: `STATUS CONTENT-TYPE\\nBODY`."""

    content = b""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        head, body = split(self.content, 2)
        status, _space, kind = head.decode("latin-1").partition(" ")
        answer = requests.Response()
        answer.status_code = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else 200
        answer.headers["Content-Type"] = kind
        answer.raw, answer.request, answer.url = BytesIO(body), request, str(request.url)
        return answer


async def _here(call: Callable[[], Any], *_: Any) -> Any:
    """In place of a thread."""
    return call()


async def _unbounded(work: Awaitable[Any], _: float) -> Any:
    return await work


@cache
def _login() -> PendingLogin:
    fields = dict.fromkeys(PendingLogin._fields, "x")
    return PendingLogin(**{**fields, "redirect_uri": "http://localhost:8080/.nightlatch/callback"})  # type: ignore[arg-type]


def _asked(content: bytes, work: Callable[[], Awaitable[Any]]) -> Any:
    """What `work` makes of the answer `content`; None where it cannot be used, with a message that holds none of it."""
    _Canned.content = content
    with (
        patch.object(requests.Session, "get_adapter", lambda *_: _Canned()),
        patch.object(asyncio, "to_thread", _here),
        patch.object(asyncio, "wait_for", _unbounded),
    ):
        try:
            return _finished(work())
        except (CodeRefused, ProviderUnavailable) as problem:
            holds(str(problem) and len(str(problem)) < 300, f"no short message: {problem}")
            return None


def tokens(content: bytes) -> None:
    """The answer to a code."""
    found = _asked(content, lambda: exchange(_CLIENT, _PROVIDER, _login(), "code"))
    holds(found is None or all(isinstance(text, str) for text in found), "tokens that are no text")


def person(content: bytes) -> None:
    """The answer of the user info endpoint."""
    found = _asked(content, lambda: userinfo(_PROVIDER, "token"))
    holds(found is None or isinstance(found, dict), "user info that is no object")


def receipt(content: bytes) -> None:
    """`STATUS\\nRETRY-AFTER\\nBODY` of a webhook's receiver."""
    status, after, body = split(content, 3)
    code = 100 + int.from_bytes(status[:2], "big") % 500 if not status.isdigit() else int(status[:3])
    headers = HTTPHeaders({"Retry-After": after.decode("latin-1").strip("\r\n\0")}) if after else HTTPHeaders()
    outcome = judged(HTTPResponse(HTTPRequest("http://x"), code, headers, BytesIO(body)))
    holds(outcome.fate is not Fate.DONE or 200 <= code < 300, f"{code} is no receipt")
    holds(all(0 <= part <= HOUR for part in outcome if type(part) is int), "later than an hour")


_DOCUMENT = json.dumps(
    {
        **{name: f"{_ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")},
        **{"issuer": _ISSUER, "userinfo_endpoint": "http://localhost:1/u", "end_session_endpoint": None},
        **{"id_token_signing_alg_values_supported": ["RS256", 1], "acr_values_supported": "x"},
    }
).encode()
TARGETS: Targets = {
    "discovery": Target(
        discovery,
        (_DOCUMENT, b"[]", b'{"issuer":"https://idp.example"}'),
        (b'"https://', b"http://", b"http://[", b"@", b"]", b'"jwks_uri":', b"localhost", b"\\u0000", b"null", b"1e5"),
    ),
    "tokens": Target(
        tokens,
        (
            b'200 application/json\n{"access_token":"a","id_token":"e.y.J","token_type":"Bearer","expires_in":60}',
            b'400 application/json\n{"error":"invalid_grant","error_description":"no"}',
            b"200 application/x-www-form-urlencoded\naccess_token=a&token_type=bearer",
            b"500 text/html\n<html>",
        ),
        (b'"expires_in":', b'"error":', b"[]", b"null", b'"id_token":', b"charset=utf-7", b'"expires_at":', b"1e999"),
        weight=0.3,
    ),
    "person": Target(
        person, (b'200 application/json\n{"sub":"alice"}', b"200 application/jwt\ne.y.J"), (b"[]", b"null"), weight=0.3
    ),
    "receipt": Target(
        receipt, (b"200\n\nok", b"503\n120\nlater", b"410\nFri, 31 Dec 1999\ngone"), (b"99999", "²".encode())
    ),
}
