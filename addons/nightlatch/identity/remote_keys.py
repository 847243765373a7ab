"""Where issuers publish their keys: a JWKS at a URL, a JWKS that the issuer's discovery document names, or (AWS) one
PEM a key. Each as a `KeySet`, for whoever verifies what that issuer signed."""

import re
from collections.abc import Awaitable, Callable

from nightlatch.identity.key_fetch import check_url, fetch, fetch_object
from nightlatch.identity.key_sets import Freshness, Keys, KeysUnavailable, RemoteKeys
from nightlatch.identity.keys import KeyUnusable, public_keys
from nightlatch.identity.named_keys import NamedKeys

_KID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NO_SUCH_KEY = (403, 404)
"""What a store answers where there is nothing (S3 says 403 to those who may not list)."""


def jwks_at(url: str, freshness: Freshness | None = None) -> RemoteKeys:
    """The JWKS at `url`; nothing is fetched before it is asked for.

    Raises:
        ValueError: no URL that keys can be fetched from.
    """
    check_url(url, "--jwks")
    return RemoteKeys(url, lambda _: _keys_at(url), freshness)


def jwks_of_issuer(issuer: str, freshness: Freshness | None = None) -> RemoteKeys:
    """The JWKS that `issuer` names in its discovery document (OpenID Connect Discovery 1.0 section 4).

    Raises:
        ValueError: the issuer is no URL that keys can be fetched from.
    """
    check_url(issuer, "--jwt-issuer")
    return RemoteKeys(f"the key set of {issuer}", lambda _: _discovered(issuer), freshness)


def pem_by_name(template: str, freshness: Freshness | None = None) -> NamedKeys:
    """One PEM a key, at `template` with `{kid}` replaced by the key's name.

    Raises:
        ValueError: no URL that keys can be fetched from.
    """
    check_url(template.replace("{kid}", "kid"), "--jwks")
    return NamedKeys(template, _loader(template), freshness)


async def discover(issuer: str) -> dict[str, object]:
    """The discovery document of `issuer`, which must be its own (section 4.3).

    Raises:
        KeysUnavailable: it cannot be fetched, or belongs to another issuer.
    """
    url = issuer.rstrip("/") + "/.well-known/openid-configuration"
    document = await fetch_object(url)
    if document.get("issuer") != issuer:
        raise KeysUnavailable(f"{url} is of the issuer {document.get('issuer')!r}, not of {issuer!r}")
    return document


async def _discovered(issuer: str) -> Keys:
    where = (await discover(issuer)).get("jwks_uri")
    try:
        url = check_url(str(where), "jwks_uri")
    except ValueError as problem:
        raise KeysUnavailable(f"{issuer} names no key set: {problem}") from None
    return await _keys_at(url)


async def _keys_at(url: str, name: str | None = None) -> Keys:
    content = await fetch(url)
    try:
        return tuple(key if name is None else key._replace(kid=name) for key in public_keys(content, url))
    except KeyUnusable as problem:
        raise KeysUnavailable(str(problem)) from None


def _loader(template: str) -> Callable[[str], Awaitable[Keys]]:
    async def load(kid: str) -> Keys:
        # A name goes into the URL only where it can mean nothing else there.
        if not _KID.fullmatch(kid):
            return ()
        try:
            return await _keys_at(template.replace("{kid}", kid), kid)
        except KeysUnavailable as problem:
            if problem.status in _NO_SUCH_KEY:
                return ()
            raise

    return load
