"""Identity-aware proxies that vouch for people in a header of their own: where, signed how, by which keys.

A table of what each of them publishes; `docs/identity.md` names the sources. Nothing here is fetched or verified.
"""

from difflib import get_close_matches
from typing import NamedTuple

from nightlatch.identity.tokens import DEFAULT_ALGORITHMS

PERSON = "sub"
"""As the session claim: all tokens of a person are one session, until that ends."""


class Profile(NamedTuple):
    """One kind of assertion."""

    header: str
    """In lower case."""
    algorithms: tuple[str, ...] = DEFAULT_ALGORITHMS
    issuer: str = ""
    """What `iss` says; `{audience}` is the audience. Empty: it has to be given."""
    jwks: str = ""
    """Where the keys are; `{issuer}`, `{audience}`, `{region}` are filled in, `{kid}` stands for a key's name. Empty:
    where the issuer's discovery document says."""
    session_claim: str = "sid"
    needs_issuer: bool = True
    load_balancer: bool = False
    """As AWS signs: `signer` and `client` in the header, padded base64, no `aud`."""


PROFILES = {
    # A new assertion with every request, and no word of when the person logged in.
    "google-iap": Profile(
        "x-goog-iap-jwt-assertion",
        ("ES256",),
        "https://cloud.google.com/iap",
        "https://www.gstatic.com/iap/verify/public_key-jwk",
        PERSON,
    ),
    "cloudflare-access": Profile("cf-access-jwt-assertion", ("RS256",), jwks="{issuer}/cdn-cgi/access/certs"),
    "pomerium": Profile(
        "x-pomerium-jwt-assertion", ("ES256",), "{audience}", "https://{audience}/.well-known/pomerium/jwks.json"
    ),
    "aws-alb": Profile(
        "x-amzn-oidc-data",
        ("ES256",),
        jwks="https://public-keys.auth.elb.{region}.amazonaws.com/{kid}",
        session_claim=PERSON,
        load_balancer=True,
    ),
    "oauth2-proxy": Profile("x-forwarded-access-token"),
}
_ALIASES = {"iap": "google-iap", "cloudflare": "cloudflare-access", "alb": "aws-alb"}
_BY_HEADER = {profile.header: profile for profile in PROFILES.values()}


def profile_of(name: str) -> Profile:
    """The profile that `assertion:NAME` means: one of the table by its name or its header, or any other header.

    Raises:
        ValueError: neither; names the choices.
    """
    key = name.strip().lower()
    known = PROFILES.get(_ALIASES.get(key, key)) or _BY_HEADER.get(key)
    if known is not None:
        return known
    near = get_close_matches(key, [*PROFILES, *_ALIASES, *_BY_HEADER], 1, 0.75)
    if near or "-" not in key or not key.isascii() or not key.replace("-", "").isalnum():
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ValueError(
            f"--identity assertion:{name}: expected {', '.join(PROFILES)}, or a header's name such as "
            f"X-Identity-Assertion.{hint}"
        )
    return Profile(key, needs_issuer=False)
