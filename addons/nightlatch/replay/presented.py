"""Who a captured request says it is: the credential is read as the guard reads it, and leaves here as a hash.

A bearer token that is a JWT is decoded without verification: the capture is what was, and nobody is let in by it.
"""

from hashlib import blake2b

from nightlatch.core.identity import Anonymous, Identity, Presented, TokenTimes, Unreadable
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Clock, Kind
from nightlatch.core.warp import Warp
from nightlatch.identity.claims import TokenRefused, VerifiedToken, read_claims, strict_json, token_times
from nightlatch.identity.cookies import cookie_values
from nightlatch.replay.exchange import Exchange, Recorded
from nightlatch.replay.session_key import COLUMN, SessionKey, is_bearer

RECORDING = "recording"
"""The source of an identity that the guard's own recording tells."""

NOBODY = b""
"""The fingerprint of a credential that was too old for the guard to make a session of it."""


class Presenter:
    """Reads the credentials of one timeline; the same request is read once. Ask in order of time: a token that does
    not tell when it was issued counts from when it is first seen."""

    def __init__(self, key: SessionKey) -> None:
        self.key = key
        self._known: dict[int, Presented] = {}
        self._views: list[RequestView] = []

    def __call__(self, exchange: Exchange) -> Presented:
        """Who `exchange` says it is. A recording is believed."""
        if exchange.recorded is not None:
            return recorded_identity(exchange.recorded, exchange.at)
        view = exchange.request
        presented = self._known.get(id(view))
        if presented is None:
            presented = self._known[id(view)] = self._read(view, exchange.at)
            self._views.append(view)  # so that its id stays its own
        return presented

    def _read(self, view: RequestView, at: int) -> Presented:
        kind, name = self.key
        if kind == "bearer":
            return bearer(view, at)
        if kind == "address":
            return Identity(
                "address", fingerprint("address", f"{view.address or 'unknown'}\0{view.header('user-agent')}")
            )
        field = COLUMN if kind == "column" else name
        values = cookie_values(view.headers, name) if kind == "cookie" else _different(view.headers.get(field, ()))
        if not values:
            return Anonymous()
        if len(values) > 1:
            return Unreadable("duplicate")
        return Identity(kind, fingerprint(f"{kind}:{name}", values[0]))


def fingerprint(kind: str, credential: str) -> bytes:
    """The only form in which a credential goes on."""
    text = f"{kind}\0{credential}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16, person=b"nightlatch").digest()


def label(identity: Identity, generation: int = 1) -> str:
    """What a session is called: short, the same in every replay, `#2` for the one after a relogin."""
    name = identity.fingerprint.decode() if identity.source == RECORDING else identity.fingerprint.hex()[:12]
    return name if generation == 1 else f"{name}#{generation}"


def recorded_identity(recorded: Recorded, at: int) -> Presented:
    """Who the guard knew it to be."""
    if recorded.verdict == Kind.INVALID:
        return Unreadable(recorded.reason)
    session, token = recorded.session, _recorded_token(recorded, at)
    if session is not None:
        who = session.subject, session.groups, session.amr, session.acr
        return Identity(RECORDING, session.id.encode(), *who, token)
    if recorded.verdict == Kind.EXPIRED:
        return Identity(RECORDING, NOBODY, token=token)
    return Anonymous(welcome=recorded.verdict == Kind.PUBLIC and recorded.reason == "no_credential")


def _recorded_token(recorded: Recorded, at: int) -> TokenTimes | None:
    """The times of a token that had run out, worked out from what was said of them."""
    if recorded.clock != Clock.TOKEN or recorded.limit is None or recorded.elapsed is None:
        return None
    issued_at = at - recorded.elapsed
    return TokenTimes(issued_at, issued_at + recorded.limit)


def bearer(view: RequestView, at: int) -> Presented:
    """The identity of a bearer token: a JWT that names its session (`sid`, or `sub` and `auth_time`) shares it with
    its refreshed successors (law of trust 10), any other token is a session of its own."""
    values = _different(view.headers.get("authorization", ()))
    if not values or not is_bearer(view):
        return Anonymous()
    if len(values) > 1:
        return Unreadable("duplicate")
    token = values[0][7:].strip()
    claims = _claims(token, at)
    if claims is None:
        return Identity("bearer", fingerprint("bearer", token))
    return Identity(
        "bearer",
        fingerprint("bearer", claims.session_key or token),
        claims.subject,
        claims.groups,
        claims.amr,
        claims.acr,
        token_times(claims, Warp(), at),
    )


def _claims(token: str, at: int) -> VerifiedToken | None:
    """What a JWT says; None for a token that is opaque, or has no expiry. `session_key` is empty where it names no
    session."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        said = strict_json(parts[1])
        claims = read_claims({"sub": "nobody", **said}, "sid", at)
    except TokenRefused:
        return None
    named = bool(said.get("sid")) or (bool(said.get("sub")) and said.get("auth_time") is not None)
    return claims._replace(session_key=claims.session_key if named else "", subject=said.get("sub"))


def _different(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
