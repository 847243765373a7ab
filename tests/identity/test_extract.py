"""From headers to who is asking: one credential, one reading, for each of the three sources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.minting import AUDIENCE, IAT, ISSUER, mint, public_key

from nightlatch.core.identity import Anonymous, Identity, Presented, Unreadable
from nightlatch.core.request import RequestView
from nightlatch.core.warp import Segment, Warp
from nightlatch.identity.extract import (
    Reading,
    Source,
    SourceKind,
    claimed_by_token,
    credential_fingerprint,
    identify_cookie,
    parse_source,
    presented_names,
    token_identity,
)
from nightlatch.identity.keys import VerificationKey
from nightlatch.identity.tokens import Known, TokenSettings, TokenVerifier

WALL = (IAT + 5) * 1_000_000
COOKIE = Reading(Source(SourceKind.COOKIE, "sid"), b"k" * 32, "http://localhost:3000")
OWN = COOKIE._replace(source=Source(SourceKind.NIGHTLATCH, "nightlatch-8080"))
RSA = VerificationKey(public_key(), frozenset({"RS256"}))
BEARER = COOKIE._replace(
    source=Source(SourceKind.BEARER), verifier=TokenVerifier(TokenSettings(AUDIENCE, (RSA,), ISSUER))
)


def read(reading: Reading, *values: str, header: str = "cookie", adoptable: bool = False) -> Presented:
    request = RequestView("GET", "localhost", "/", "", {header: values}, "")
    if reading.source.kind.is_token:
        return presented(request, reading, Warp())
    return identify_cookie(request, reading, adoptable)


def presented(request: RequestView, reading: Reading, warp: Warp) -> Presented:
    claimed = claimed_by_token(request, reading, WALL)
    return token_identity(claimed, reading, warp) if isinstance(claimed, Known) else claimed


def bearer(*values: str) -> Presented:
    return read(BEARER, *values, header="authorization")


def test_a_cookie_of_the_application() -> None:
    found = read(COOKIE, 'a=1; sid="%61bc"', adoptable=True)
    assert found == Identity("cookie", credential_fingerprint(COOKIE, "abc"), adoptable=True)


def test_our_own_cookie_is_never_adopted() -> None:
    found = read(OWN, "nightlatch-8080=abc", adoptable=True)
    assert found == Identity("nightlatch", credential_fingerprint(OWN, "abc"))


def test_a_chunked_cookie() -> None:
    chunked = COOKIE._replace(source=Source(SourceKind.COOKIE, "sid*"))
    assert read(chunked, "sid.1=c; sid.0=ab") == read(chunked, "sid=abc")


def test_sites_and_sources_do_not_mix() -> None:
    prints = {
        credential_fingerprint(reading, "abc") for reading in (COOKIE, OWN, BEARER, COOKIE._replace(site="http://b"))
    }
    assert len(prints) == 4


@pytest.mark.parametrize("raw", ["", "a=1", "sid=", "xsid=1"])
def test_nobody(raw: str) -> None:
    assert read(COOKIE, raw) == Anonymous(welcome=False)
    assert read(COOKIE._replace(welcome=True), raw) == Anonymous(welcome=True)


def test_two_credentials_are_none() -> None:
    assert read(COOKIE, "sid=a; sid=b") == Unreadable("duplicate")
    assert read(COOKIE, "sid=a", "sid=b") == Unreadable("duplicate")
    assert bearer(f"Bearer {mint()}", f"Bearer {mint()}") == Unreadable("duplicate")
    assert bearer(f"Bearer {mint()}", "Basic eDp5") == Unreadable("duplicate")


def test_a_giant_credential() -> None:
    assert read(COOKIE, "sid=" + "x" * 20_000) == Unreadable("too_large")
    assert bearer("Bearer " + "x" * 20_000) == Unreadable("too_large")


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  ", " Bearer "])
def test_a_token(scheme: str) -> None:
    found = bearer(scheme + mint(auth_time=IAT - 60, groups=["staff"], amr=["pwd"], acr="gold"))
    assert isinstance(found, Identity)
    assert (found.source, found.subject, found.groups) == ("bearer", "alice", ("staff",))
    assert (found.amr, found.acr, found.adoptable) == (("pwd",), "gold", False)
    assert found.token == (IAT * 10**6, (IAT + 600) * 10**6, None, (IAT - 60) * 10**6)


def test_a_refreshed_token_is_another_token_of_the_same_session() -> None:
    one, other = bearer(f"Bearer {mint()}"), bearer(f"Bearer {mint(iat=IAT + 60)}")
    assert isinstance(one, Identity)
    assert isinstance(other, Identity)
    assert one.fingerprint == other.fingerprint
    assert one.token_id != other.token_id
    assert one == bearer(f"Bearer {mint()}")


def test_a_token_goes_through_the_warp() -> None:
    request = RequestView("GET", "localhost", "/", "", {"authorization": (f"Bearer {mint()}",)}, "")
    found = presented(request, BEARER, Warp((Segment(0, 7),)))
    assert isinstance(found, Identity)
    assert found.token is not None
    assert found.token.issued_at == IAT * 10**6 + 7


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("Bearer", "malformed"),
        ("Bearer ", "malformed"),
        ("Bearer a.b.c", "malformed"),
    ],
)
def test_a_bad_token(value: str, reason: str) -> None:
    assert bearer(value) == Unreadable(reason)


def test_a_good_token_in_bad_company() -> None:
    assert bearer(f"Bearer {mint()}, Bearer {mint()}") == Unreadable("malformed")
    assert bearer(f"Bearer {mint()} x") == Unreadable("malformed")


def test_a_token_for_others_or_by_others() -> None:
    assert bearer(f"Bearer {mint(aud='other')}") == Unreadable("audience")
    assert bearer(f"Bearer {mint(number=1)}") == Unreadable("signature")


def test_other_schemes_are_no_credential_here() -> None:
    assert bearer("Basic eDp5") == Anonymous()
    assert bearer() == Anonymous()
    assert bearer("") == Anonymous()


def test_bearer_without_keys_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(ValueError, match="--jwt-key-file"):
        read(BEARER._replace(verifier=None), "Bearer x", header="authorization")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("nightlatch", Source(SourceKind.NIGHTLATCH)),
        ("bearer", Source(SourceKind.BEARER)),
        ("cookie:connect.sid", Source(SourceKind.COOKIE, "connect.sid")),
        ("cookie:sid*", Source(SourceKind.COOKIE, "sid*")),
        (" cookie:sid ", Source(SourceKind.COOKIE, "sid")),
    ],
)
def test_sources(text: str, source: Source) -> None:
    assert parse_source(text) == source


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "choose nightlatch, cookie:NAME"),
        ("cooky:sid", "Did you mean cookie"),
        ("Bearer", "Did you mean bearer"),
        ("night-latch", "Did you mean nightlatch"),
        ("cookie", "name of a cookie"),
        ("cookie:", "name of a cookie"),
        ("cookie:*", "name of a cookie"),
        ("cookie:a b", "name of a cookie"),
        ("cookie:a=b", "name of a cookie"),
        ("cookie:größe", "name of a cookie"),
        ("bearer:x", "unknown"),
        ("assertion", "choose nightlatch"),
        ("assertion:", "expected google-iap"),
        ("assertion:google-ipa", "Did you mean google-iap"),
        ("assertion:user", "a header's name"),
        ("assertion:X User-Y", "a header's name"),
        ("jwt-cookie:", "jwt-cookie:PHPSESSID"),
    ],
)
def test_odd_sources_are_explained(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as caught:
        parse_source(text)
    assert "--identity" in str(caught.value)


def test_what_carries_the_credential() -> None:
    assert presented_names(COOKIE.source) == (("sid",), ())
    assert presented_names(OWN.source) == (("nightlatch-8080",), ())
    assert presented_names(BEARER.source) == ((), ("authorization",))


@given(st.lists(st.text(), max_size=3))
def test_any_header_is_read_or_refused(values: list[str]) -> None:
    for reading in (COOKIE, OWN):
        assert isinstance(read(reading, *values), Identity | Anonymous | Unreadable)
    assert isinstance(bearer(*values), Anonymous | Unreadable)
