"""What the application is told of the person, and that nobody else can tell it anything."""

import json
from typing import Any

import jwt
import pytest
from mitmproxy.http import HTTPFlow
from tests.identity.minting import mint
from tests.proxy.bench import ORIGIN, SITE, Bench, response
from tests.proxy.conftest import Benches

from nightlatch.core.policy import SECOND
from nightlatch.proxy.upstream_identity import told

SPELLINGS = ["Nightlatch-Assertion", "nightlatch_assertion", "NIGHTLATCH-assertion", "Nightlatch.Assertion"]


def claims(bench: Bench, flow: HTTPFlow) -> dict[str, object]:
    """As an application's library reads them, with the keys that are published."""
    page = bench.ask("/.nightlatch/jwks.json")
    keys = jwt.PyJWKSet.from_json(response(page).text or "")
    token = flow.request.headers["Nightlatch-Assertion"]
    key = keys[jwt.get_unverified_header(token)["kid"]]
    checked = jwt.decode(token, key, ["ES256"], {"verify_iat": False}, audience=SITE, issuer=ORIGIN)
    return dict(checked)


def test_the_assertion_can_be_verified(bench: Bench) -> None:
    flow = bench.ask(cookie=bench.log_in("ada"))
    assert claims(bench, flow) | {"exp": 0} == {
        **{"iss": ORIGIN, "aud": SITE, "sub": "ada", "sid": bench.session(flow).id, "exp": 0, "amr": ["dev"]},
        **{"iat": bench.wall // SECOND, "auth_time": bench.wall // SECOND},
    }
    assert bench.ask("/.nightlatch/jwks.json", method="POST").response.status_code == 405  # type: ignore[union-attr] # answered


def test_its_times_are_wall_time_but_the_login_is_as_old_as_it_is_here(bench: Bench) -> None:
    cookie = bench.log_in("ada")
    bench.warp(20)
    told_claims = claims(bench, bench.ask(cookie=cookie))
    assert told_claims["iat"] == bench.wall // SECOND
    assert told_claims["auth_time"] == bench.wall // SECOND - 20 * 60


def test_the_key_is_the_ledgers(benches: Benches) -> None:
    one, other = benches(), benches()
    flow = one.ask(cookie=one.log_in("ada"))
    assert claims(other, flow)["sub"] == "ada"


def test_it_can_be_switched_off(benches: Benches) -> None:
    bench = benches(assertion="off")
    flow = bench.ask(cookie=bench.log_in("ada"))
    assert "Nightlatch-Assertion" not in flow.request.headers
    assert flow.request.headers["X-Forwarded-User"] == "ada"


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("path", ["/", "/favicon.ico"])
def test_nobody_else_asserts_anything(bench: Bench, name: str, path: str) -> None:
    flow = bench.ask(path, cookie=bench.log_in("ada"), headers={name: "forged"})
    assert b"forged" not in [value for _, value in flow.request.headers.fields]


def test_tokens_tell_e_mail_and_groups_of_this_very_token(bearer: Bench) -> None:
    first = mint(email="a@b.example", groups=["admins"], **times(bearer))
    later = mint(email="c@b.example", groups=["users"], jti="2", **times(bearer))
    for token, email, group in ((first, "a@b.example", "admins"), (later, "c@b.example", "users")):
        flow = bearer.ask(headers={"Authorization": f"Bearer {token}"})
        headers = flow.request.headers
        assert (headers["X-Forwarded-Email"], headers["X-Forwarded-Groups"]) == (email, group)
        assert (claims(bearer, flow)["email"], claims(bearer, flow)["groups"]) == (email, [group])


def test_an_address_that_nobody_verified_is_not_told(bearer: Bench) -> None:
    flow = bearer.ask(
        headers={"Authorization": f"Bearer {mint(email='a@b.example', email_verified=False, **times(bearer))}"}
    )
    assert "X-Forwarded-Email" not in flow.request.headers


def times(bench: Bench) -> dict[str, Any]:
    now = bench.wall // SECOND
    return {"iat": now, "exp": now + 600}


@pytest.mark.parametrize("evil", ["a\r\nX-Admin: 1", "a\nb", "a\x00", "a\x7f", "grün", ""])
def test_nothing_leads_out_of_a_header(evil: str) -> None:
    assert told(evil, evil, (evil,)) == ()


def test_a_group_with_a_comma_is_not_two() -> None:
    assert told("ada", None, ("a,admins", "users", "b\r\n")) == (
        (b"X-Forwarded-User", b"ada"),
        (b"X-Forwarded-Groups", b"users"),
    )


def test_the_key_is_private_to_the_ledgers_file(bench: Bench) -> None:
    path = bench.ledger
    assert path.stat().st_mode & 0o077 == 0
    page = json.loads(response(bench.ask("/.nightlatch/jwks.json")).text or "")
    assert set(page["keys"][0]) == {"crv", "kty", "x", "y", "kid", "use", "alg"}
