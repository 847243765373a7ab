"""Tokens, from whatever header or cookie: is this JWT genuine, from the right issuer, for us?

PyJWT checks signature, audience and issuer. Times are not looked at: the core judges them by nightlatch's own clock,
which a warp may have moved. What is accepted is settled by configuration and keys alone, never by the token
(RFC 8725). This module knows neither sessions nor the ledger, which has to be asked even when a token is good.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from hashlib import sha256
from typing import Any, NamedTuple

import jwt
from jwt.types import Options

from nightlatch.core.identity import Identity
from nightlatch.core.warp import Warp
from nightlatch.identity.claims import TokenRefused, VerifiedToken, read_claims, strict_json
from nightlatch.identity.key_sets import FixedKeys, KeySet
from nightlatch.identity.keys import ALGORITHMS, KeyUnusable, VerificationKey

DEFAULT_ALGORITHMS = ("RS256", "ES256", "EdDSA")
_LARGEST = 16 * 1024
_REMEMBERED = 4096
_COMPACT = re.compile(r"([\w-]+)\.([\w-]+)\.[\w-]+", re.ASCII)
_PADDED = re.compile(r"([\w-]+={0,2})\.([\w-]+={0,2})\.[\w-]+={0,2}", re.ASCII)
_TYPES = frozenset({"", "jwt", "at+jwt"})
_OPTIONS: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "require": ["exp", "aud"]}
_NO_AUDIENCE: Options = {**_OPTIONS, "verify_aud": False, "require": ["exp"]}
_REASONS: tuple[tuple[type[jwt.PyJWTError], str], ...] = (
    (jwt.InvalidSignatureError, "signature"),
    (jwt.InvalidAudienceError, "audience"),
    (jwt.InvalidIssuerError, "issuer"),
)


class TokenSettings(NamedTuple):
    """What tokens have to be like. `issuer` None: any issuer that holds one of the keys."""

    audience: str
    keys: tuple[VerificationKey, ...]
    issuer: str | None = None
    algorithms: tuple[str, ...] = DEFAULT_ALGORITHMS
    session_claim: str = "sid"
    types: frozenset[str] = _TYPES
    """What `typ` may say, in lower case, without `application/`: a token of one kind is not taken for one of another
    (RFC 8725 section 3.11)."""
    signer: str | None = None
    """The load balancer that has to have signed, by its ARN. Then the audience is the header's `client`, and base64 may
    be padded (AWS)."""


class KeyWanted(Exception):
    """The token names a key that is not at hand, and it is worth while to fetch it: `TokenVerifier.fetch`."""

    def __init__(self, kid: str | None) -> None:
        super().__init__(kid)
        self.kid = kid


class Known:
    """A token that was good, with room for where it is to be looked for, as long as the site does not differ, and for
    what it made of a request, as long as the clock does not either."""

    __slots__ = ("identity", "mark", "place", "site", "token", "warp")

    def __init__(self, token: VerifiedToken) -> None:
        self.token = token
        self.site, self.place, self.mark = "", b"", b""
        self.identity: Identity | None = None
        self.warp: Warp | None = None


class TokenVerifier:
    """Verifies tokens and remembers the latest that were good (a few thousand), as checking a signature costs a
    hundred times more than looking up a hash. What it remembers is dropped as soon as the keys are others, or the
    token has expired by the wall clock; whether it has by nightlatch's is judged every time."""

    def __init__(self, settings: TokenSettings, keys: KeySet | None = None) -> None:
        """
        Args:
            keys: those that may change; in place of `settings.keys`.

        Raises:
            ValueError: no audience, or an algorithm that does not exist or accepts anything.
            KeyUnusable: no key is for any of the algorithms.
        """
        if not settings.audience:
            raise ValueError("tokens need an audience: --jwt-audience NAME (what `aud` of your tokens says)")
        check_algorithms(settings.algorithms)
        self.settings = settings
        self.keys = FixedKeys(tuple(_for_use(settings))) if keys is None else keys
        self._version = self.keys.version
        self._good: dict[bytes, Known] = {}

    async def fetch(self, wanted: KeyWanted) -> None:
        """Fetch the key that a token named."""
        await self.keys.fetch(wanted.kid)

    def verify(self, token: str, wall: int) -> VerifiedToken:
        """What the genuine `token` says.

        Args:
            token: as in the Authorization header.
            wall: the wall clock, microseconds: when the token is seen, remembered as `first_seen`.

        Raises:
            TokenRefused: with the reason.
            KeyWanted: its key has to be fetched first.
            KeysUnavailable: there are no keys, so that nothing can be judged.
        """
        return self.known(token, wall).token

    def known(self, token: str, wall: int) -> Known:
        """As `verify`, with what is remembered of the token."""
        if len(token) > _LARGEST:
            raise TokenRefused("too_large")
        if self.keys.version != self._version:
            self.forget()
        digest = _digest(token)
        known = self._good.get(digest)
        if known is None or wall >= known.token.expires_at:
            self._good.pop(digest, None)
            known = Known(self._verified(token, wall))
            if wall < known.token.expires_at:
                self._remember(digest, known)
        return known

    def claims(self, token: str) -> dict[str, Any]:
        """All that the genuine `token` says, verified anew.

        Raises:
            TokenRefused: with the reason.
            KeyWanted: its key has to be fetched first.
            KeysUnavailable: there are no keys, so that nothing can be judged.
        """
        if len(token) > _LARGEST:
            raise TokenRefused("too_large")
        header, claims = map(strict_json, _segments(token, padded=self.settings.signer is not None))
        algorithm, kid = self._algorithm(header), header.get("kid")
        self._check_signer(header)
        name = kid if isinstance(kid, str) else None
        if self.keys.lacks(name):
            raise KeyWanted(name)
        self._check(token, self.keys.at_hand(name), algorithm, kid)
        return claims

    def forget(self) -> None:
        """Verify everything anew: to be called when keys or policy change (law of trust 10)."""
        self._version = self.keys.version
        self._good.clear()

    def _remember(self, digest: bytes, known: Known) -> None:
        if len(self._good) >= _REMEMBERED:
            del self._good[next(iter(self._good))]
        self._good[digest] = known

    def _verified(self, token: str, wall: int) -> VerifiedToken:
        return read_claims(self.claims(token), self.settings.session_claim, wall)

    def _check_signer(self, header: dict[str, Any]) -> None:
        """AWS says in the header which load balancer signed, and for which client; any load balancer of anybody has
        a key at the same place."""
        if self.settings.signer is None:
            return
        if header.get("signer") != self.settings.signer:
            raise TokenRefused("signer")
        if header.get("client") != self.settings.audience:
            raise TokenRefused("audience")

    def _algorithm(self, header: dict[str, Any]) -> str:
        """The header's algorithm, if it is one of ours; also refuses what asks for special treatment."""
        if "crit" in header:
            raise TokenRefused("critical_extension")
        if str(header.get("typ", "")).lower().removeprefix("application/") not in self.settings.types:
            raise TokenRefused("type")
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in self.settings.algorithms:
            raise TokenRefused("algorithm")
        return algorithm

    def _check(self, token: str, keys: Iterable[VerificationKey], algorithm: str, kid: object) -> None:
        refusal = TokenRefused("unknown_key")
        for key in _candidates(keys, algorithm, kid):
            try:
                jwt.decode(token, **self._demands(key, algorithm))
            except jwt.PyJWTError as problem:
                refusal = TokenRefused(_reason(problem))
                if refusal.reason != "signature":
                    break
            else:
                return
        raise refusal

    def _demands(self, key: VerificationKey, algorithm: str) -> dict[str, Any]:
        settings = self.settings
        return {
            "key": key.key,
            "algorithms": [algorithm],
            "audience": settings.audience if settings.signer is None else None,
            "issuer": settings.issuer,
            "options": _OPTIONS if settings.signer is None else _NO_AUDIENCE,
        }


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def key_name(token: str) -> str | None:
    """The name of the key that `token` says it is signed with; None where it says nothing.

    Raises:
        TokenRefused: `malformed`.
    """
    kid = strict_json(_segments(token, padded=False)[0]).get("kid")
    return kid if isinstance(kid, str) else None


def check_algorithms(algorithms: Iterable[str]) -> None:
    """Raises:
    ValueError: none at all, or a name that is no signature algorithm; names the nearest.
    """
    names = tuple(algorithms)
    if not names:
        raise ValueError("--jwt-algorithms is empty; the default is " + ", ".join(DEFAULT_ALGORITHMS))
    for name in names:
        if name.lower() == "none":
            raise ValueError("--jwt-algorithms none: it would accept tokens that anybody wrote")
        if name not in ALGORITHMS:
            near = get_close_matches(name.upper(), ALGORITHMS, 1, 0)
            raise ValueError(f"--jwt-algorithms {name}: unknown; did you mean {near[0]}?")


def _for_use(settings: TokenSettings) -> Iterator[VerificationKey]:
    """The keys that fit the algorithms, the others left out."""
    allowed = frozenset(settings.algorithms)
    usable = [key._replace(algorithms=key.algorithms & allowed) for key in settings.keys if key.algorithms & allowed]
    if not usable:
        raise KeyUnusable(f"no key is for {', '.join(settings.algorithms)}; {_remedy(settings.keys)}")
    yield from usable


def _remedy(keys: Iterable[VerificationKey]) -> str:
    """What to add; for a shared secret it is a choice to be made knowingly, as whoever verifies can also forge."""
    possible = set().union(*(key.algorithms for key in keys))
    likely = [name for name in (*DEFAULT_ALGORITHMS, *sorted(possible)) if name in possible]
    return f"these are for {', '.join(sorted(possible))}: add --jwt-algorithms {likely[0]}" if likely else "give a key"


def _segments(token: str, *, padded: bool) -> tuple[str, str]:
    compact = (_PADDED if padded else _COMPACT).fullmatch(token)
    if compact is None:
        raise TokenRefused("malformed")
    return compact[1], compact[2]


def _candidates(keys: Iterable[VerificationKey], algorithm: str, kid: object) -> list[VerificationKey]:
    """Keys for `algorithm`; a `kid` only chooses among them (it is compared, never a path or a query). A key without
    a name, as from a PEM file, is meant by every `kid`."""
    fit = [key for key in keys if algorithm in key.algorithms]
    return fit if kid is None else [key for key in fit if key.kid is None or key.kid == kid]


def _reason(problem: jwt.PyJWTError) -> str:
    return next((reason for kind, reason in _REASONS if isinstance(problem, kind)), _missing(problem))


def _missing(problem: jwt.PyJWTError) -> str:
    """PyJWT tells a claim that is missing by its name."""
    if isinstance(problem, jwt.MissingRequiredClaimError):
        return {"exp": "no_expiry", "aud": "audience", "iss": "issuer"}.get(problem.claim, "malformed")
    return "malformed"
