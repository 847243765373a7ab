"""Which of a client's header fields must not reach the application. Pure: methods, names and field lists only.

An application behind CGI or WSGI sees `X-Forwarded-User` and `X_Forwarded_User` as one, so a name is compared in
lower case and with a `-` for everything that is neither letter nor digit.
"""

from collections.abc import Iterable
from functools import lru_cache

Field = tuple[bytes, bytes]
Fields = tuple[Field, ...]
"""Header fields as they are sent: names and values, in order."""

_IDENTITY = (
    b"x-forwarded- x-auth-request- x-goog-authenticated-user- x-goog-iap- cf-access- x-pomerium- x-amzn-oidc-"
    b" x-ms-client-principal x-ms-token- x-vouch- x-authentik- x-webauth- x-remote- x-authenticated- oidc- ssl-client-"
    b" x-ssl-client- nightlatch-"
)
"""Beginnings of names that say who is asking: nightlatch says so, nobody else."""

_NAMES = (
    # Who is asking, and from where: only nightlatch, and the connection itself, can tell.
    b"remote-user remote-groups remote-email remote-name x-user x-username x-userinfo x-email"
    b" forwarded x-forwarded x-real-ip x-client-ip true-client-ip"
    b" x-cluster-client-ip cf-connecting-ip front-end-https x-url-scheme"
    # What is asked for: rules were matched against this path and this method (law of trust 1).
    b" x-original-url x-original-uri x-original-method x-rewrite-url x-http-method x-http-method-override"
    b" x-method-override"
    # What CGI programs would take for the environment's HTTP_PROXY.
    b" proxy"
    # Hop by hop (RFC 9110 section 7.6.1): meant for this hop, not for the application.
    b" keep-alive proxy-connection proxy-authorization proxy-authenticate trailer http2-settings"
)

_STRIPPED_PREFIXES = tuple(_IDENTITY.split())
_STRIPPED_NAMES = frozenset(_NAMES.split())
_LETTERS_AND_DIGITS = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_FOLDED = bytes(byte if byte in _LETTERS_AND_DIGITS else ord("-") for byte in range(256))

_NOT_TO_BE_NOMINATED = frozenset(
    b"host content-length content-type content-encoding transfer-encoding expect cookie authorization origin referer"
    b" range if-match if-none-match if-modified-since if-unmodified-since sec-websocket-key sec-websocket-version"
    b" sec-websocket-protocol sec-websocket-extensions".split()
)
"""End-to-end fields that a `Connection` line cannot take away: what was judged is what arrives."""

_HARMLESS = frozenset((b"close", b"keep-alive", b"upgrade"))

_BY_ROLE = {name: name.decode() for name in (b"connection", b"upgrade", b"te", b"expect", b"transfer-encoding")}


@lru_cache(maxsize=1024)
def role(name: bytes) -> str:
    """What becomes of a client's field of this name: `pass`, `strip`, or one that is looked at and written anew."""
    lower = name.lower()
    found = _BY_ROLE.get(lower)
    if found is not None:
        return found
    plain = folded(lower)
    return "strip" if plain in _STRIPPED_NAMES or plain.startswith(_STRIPPED_PREFIXES) else "pass"


def folded(name: bytes) -> bytes:
    """A field's name as the laxest of applications reads it."""
    return name.lower().translate(_FOLDED)


def tokens(fields: Iterable[Field], name: bytes) -> list[bytes]:
    """The comma-separated tokens of every field `name` (lower case), in lower case."""
    values = [value for field, value in fields if field.lower() == name]
    return [token.strip().lower() for value in values for token in value.split(b",") if token.strip()]


def is_websocket_handshake(method: str, fields: Iterable[Field]) -> bool:
    """Whether this is a handshake that can be watched: RFC 6455, version 13, nothing else offered beside it."""
    given = tuple(fields)
    return (
        method == "GET"
        and tokens(given, b"upgrade") == [b"websocket"]
        and tokens(given, b"sec-websocket-version") == [b"13"]
        and b"upgrade" in tokens(given, b"connection")
    )


def forwardable(method: str, fields: Fields, *, http2: bool) -> list[Field]:
    """`fields` without what a client must not tell the application, and without what was meant for this hop only.

    `Connection`, `Upgrade` and `Transfer-Encoding` are written anew. Over HTTP/2 `TE: trailers` goes on: gRPC asks for
    it. `Expect` stays only for mitmproxy, which fulfils it and takes it away.
    """
    kept, special = [], []
    for field in fields:
        what = role(field[0])
        if what == "pass":
            kept.append(field)
        elif what != "strip":
            special.append(field)
    return _rewritten(method, kept, special, http2=http2) if special else kept


def _rewritten(method: str, kept: list[Field], special: list[Field], *, http2: bool) -> list[Field]:
    asked = tokens(special, b"connection")
    if tokens(special, b"expect") == [b"100-continue"]:
        kept = [*kept, (b"Expect", b"100-continue")]
    if tokens(special, b"transfer-encoding") == [b"chunked"]:
        kept = [*kept, (b"Transfer-Encoding", b"chunked")]
    nominated = {token for token in asked if token not in _NOT_TO_BE_NOMINATED}
    if nominated - _HARMLESS:
        kept = [field for field in kept if field[0].lower() not in nominated]
    if is_websocket_handshake(method, (*special, *kept)):
        return [*kept, (b"Connection", b"Upgrade"), (b"Upgrade", b"websocket")]
    if http2:
        return [*kept, (b"te", b"trailers")] if tokens(special, b"te") == [b"trailers"] else kept
    lasting = next((token for token in (b"close", b"keep-alive") if token in asked), None)
    return kept if lasting is None else [*kept, (b"Connection", lasting)]
