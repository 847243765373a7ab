"""What the guard was told about tokens: whose, for whom, signed how, by keys from where.

What a source publishes of itself fills the gaps; what was given comes first. Every mistake names the option that mends
it.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from nightlatch.identity.assertions import Profile, profile_of
from nightlatch.identity.extract import Source, SourceKind
from nightlatch.identity.key_sets import KeySet
from nightlatch.identity.keys import KeyUnusable, VerificationKey, load_jwks, load_key_file
from nightlatch.identity.remote_keys import jwks_at, jwks_of_issuer, pem_by_name
from nightlatch.identity.tokens import TokenSettings, TokenVerifier, check_algorithms

log = logging.getLogger(__name__)

DEFAULT_ALGORITHMS = "RS256 ES256 EdDSA"
"""What the option says when nobody says anything."""


class TokenOptions(NamedTuple):
    """The options, gaps filled."""

    audience: str
    issuer: str
    algorithms: tuple[str, ...]
    session_claim: str
    signer: str
    jwks: str
    key_file: str


def read_tokens(options: Mapping[str, str], source: Source) -> TokenVerifier | None:
    """The verifier of the site's tokens; None where it does not live on tokens.

    Raises:
        ValueError: something is missing, or cannot be used.
    """
    if not source.kind.is_token:
        return None
    profile = profile_of(source.name) if source.kind is SourceKind.ASSERTION else Profile("", needs_issuer=False)
    told = _told(options, source, profile)
    check_algorithms(told.algorithms)
    settings = TokenSettings(
        told.audience, (), told.issuer or None, told.algorithms, told.session_claim, signer=told.signer or None
    )
    keys = _keys(told, source)
    if not isinstance(keys, tuple):
        _warn_of_any_issuer(told)
        return TokenVerifier(settings, keys)
    return TokenVerifier(settings._replace(keys=keys))


def _told(options: Mapping[str, str], source: Source, profile: Profile) -> TokenOptions:
    audience, signer = options["jwt_audience"], options["jwt_signer"]
    if not audience:
        what = "the client id" if profile.load_balancer else "what `aud` of your tokens says"
        raise ValueError(f"identity `{source.kind}` needs an audience: --jwt-audience NAME ({what})")
    if profile.load_balancer != bool(signer):
        raise ValueError(_about_signer(signer))
    issuer = options["jwt_issuer"] or profile.issuer.format(audience=audience)
    if profile.needs_issuer and not issuer:
        raise ValueError(f"identity `assertion` of {profile.header} needs --jwt-issuer URL (what `iss` of it says)")
    algorithms = tuple(options["jwt_algorithms"].replace(",", " ").split())
    places = {"issuer": issuer.rstrip("/"), "audience": audience, "region": _region(signer), "kid": "{kid}"}
    given = options["jwks"] or options["jwt_key_file"]
    return TokenOptions(
        audience=audience,
        issuer=issuer,
        algorithms=profile.algorithms if algorithms == tuple(DEFAULT_ALGORITHMS.split()) else algorithms,
        session_claim=options["session_claim"] or profile.session_claim,
        signer=signer,
        jwks=options["jwks"] or ("" if given else profile.jwks.format_map(places)),
        key_file=options["jwt_key_file"],
    )


def _about_signer(signer: str) -> str:
    if signer:
        return f"--jwt-signer {signer}: only AWS load balancers have one (--identity assertion:aws-alb)"
    return "identity `assertion:aws-alb` needs --jwt-signer ARN: other people's load balancers sign with AWS's keys too"


def _region(signer: str) -> str:
    """The region in `arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID`.

    Raises:
        ValueError: no such ARN.
    """
    if not signer:
        return ""
    parts = signer.split(":")
    good = len(parts) == 6 and parts[0] == "arn" and parts[2] == "elasticloadbalancing"
    if not good or not parts[3].replace("-", "").isalnum():
        raise ValueError(f"--jwt-signer {signer}: expected arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/…")
    return parts[3]


def _keys(told: TokenOptions, source: Source) -> KeySet | tuple[VerificationKey, ...]:
    """Those that change, or those that stay."""
    if told.jwks and told.key_file:
        raise KeyUnusable("give either --jwks or --jwt-key-file, not both")
    if "{kid}" in told.jwks:
        return pem_by_name(told.jwks)
    if "://" in told.jwks:
        return jwks_at(told.jwks)
    if told.jwks:
        return load_jwks(Path(told.jwks).expanduser())
    if told.key_file:
        return load_key_file(Path(told.key_file).expanduser(), told.algorithms)
    if "://" in told.issuer:
        return jwks_of_issuer(told.issuer)
    raise KeyUnusable(
        f"identity `{source.kind}` needs keys: --jwks URL or FILE, --jwt-key-file FILE, or the --jwt-issuer URL of an "
        "issuer that tells where they are"
    )


def _warn_of_any_issuer(told: TokenOptions) -> None:
    if not told.issuer:
        log.warning(
            "without --jwt-issuer a token of every issuer that signs with the keys of %s is accepted, if it is for %s",
            told.jwks,
            told.audience,
        )
