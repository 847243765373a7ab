"""The authorization code flow with PKCE (OpenID Connect Core 3.1, RFC 7636), spoken by Authlib over requests.

Calls block, so they are made in a thread, and bounded in time. What comes back is not believed here: see
`id_tokens`.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from nightlatch.identity.pending_logins import PendingLogin
from nightlatch.identity.provider import Provider, ProviderUnavailable

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds for each exchange with the provider."""
_LARGEST = 256 * 1024
"""Bytes of an answer."""


class Client(NamedTuple):
    """What the provider knows this guard by."""

    client_id: str
    client_secret: str
    scope: str


class CodeRefused(Exception):
    """The provider does not give tokens for the code. `error` is what it calls that, for the log."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Tokens(NamedTuple):
    """What a code was exchanged for."""

    id_token: str
    access_token: str


def authorization_url(client: Client, provider: Provider, login: PendingLogin, asked: Mapping[str, str]) -> str:
    """Where the browser is sent to log in; `asked` is what the login has to give."""
    session = _session(client, provider, login.redirect_uri)
    url, _ = session.create_authorization_url(
        provider.authorization_endpoint,
        state=login.state,
        code_verifier=login.verifier,
        nonce=login.nonce,
        **asked,
    )
    return str(url)


async def exchange(client: Client, provider: Provider, login: PendingLogin, code: str) -> Tokens:
    """The tokens for `code`.

    Raises:
        CodeRefused: the provider says no.
        ProviderUnavailable: it does not answer, or not as it should.
    """

    def fetch() -> Any:
        with _session(client, provider, login.redirect_uri) as session:
            return session.fetch_token(
                provider.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=login.verifier,
                timeout=PATIENCE,
                allow_redirects=False,
            )

    answer = await _in_thread(fetch, provider.token_endpoint)
    found = answer if isinstance(answer, dict) else {}
    id_token, access_token = found.get("id_token"), found.get("access_token", "")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise ProviderUnavailable(f"{provider.token_endpoint} gave no ID token; is `openid` among the scopes?")
    return Tokens(id_token, access_token)


async def userinfo(provider: Provider, access_token: str) -> Mapping[str, Any]:
    """What the provider further says of the person (OpenID Connect Core 5.3); empty where it has no such endpoint.

    Raises:
        ProviderUnavailable: it does not answer, or not as it should.
    """
    url = provider.userinfo_endpoint
    if url is None or not access_token:
        return {}

    def fetch() -> Any:
        import requests

        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        answer = requests.get(url, headers=headers, timeout=PATIENCE, allow_redirects=False)
        answer.raise_for_status()
        return answer.json() if len(answer.content) <= _LARGEST else None

    found = await _in_thread(fetch, url)
    if not isinstance(found, dict):
        raise ProviderUnavailable(f"{url} answers something that is no JSON object")
    return found


async def _in_thread(call: Callable[[], T], url: str) -> T:
    """What `call` returns; its failures in our words, without anything that was sent."""
    import requests
    from authlib.integrations.base_client import OAuthError

    try:
        return await asyncio.wait_for(asyncio.to_thread(call), 2 * PATIENCE)
    except OAuthError as problem:
        raise CodeRefused(str(problem.error)[:80]) from None
    except (requests.RequestException, TimeoutError, ValueError, AttributeError, TypeError) as problem:
        raise ProviderUnavailable(f"{url}: {type(problem).__name__}") from None


def _session(client: Client, provider: Provider, redirect_uri: str) -> "OAuth2Session":
    """Loaded here: a guard without such a login starts without it."""
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        client.client_id,
        client.client_secret or None,
        scope=client.scope,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        token_endpoint_auth_method=_authentication(client, provider),
    )


def _authentication(client: Client, provider: Provider) -> str:
    """How the guard proves to the provider who it is: as the provider likes it, preferably out of the body."""
    if not client.client_secret:
        return "none"
    known = provider.client_authentication
    return (
        "client_secret_post"
        if "client_secret_basic" not in known and "client_secret_post" in known
        else ("client_secret_basic")
    )
