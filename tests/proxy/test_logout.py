"""Out: here at once, everywhere if asked, and at the provider too, whatever state that is in."""

import pytest
from tests.providers.own_provider import CLIENT, OwnProvider
from tests.proxy.at_provider import Visitor, a_bench, asked, location, refused
from tests.proxy.bench import NAVIGATION, ORIGIN, OWN, SCRIPT, Bench, response
from tests.proxy.conftest import Benches

from nightlatch.core.verdict import Kind

BACK = f"{ORIGIN}/.nightlatch/logged-out"


def out(visitor: Visitor, **form: str) -> str:
    flow = visitor.bench.post("logout", form, cookie=visitor.cookie, headers=NAVIGATION)
    visitor.keep(flow)
    return location(flow)


def test_at_the_provider_too(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    visitor.log_in("/x")
    cookie = visitor.cookie
    there = out(visitor)
    assert there.startswith(f"{provider.issuer}/end?")
    query = asked(there)
    assert (query["client_id"], query["post_logout_redirect_uri"]) == (CLIENT, BACK)
    assert query["id_token_hint"].count(".") == 2
    assert visitor.own is None
    assert federated.kind(cookie=cookie) is Kind.REFUSED
    page = response(visitor.open(BACK))
    assert page.status_code == 200 and "Your session has ended" in str(page.text)


def test_a_logout_is_not_undone_by_single_sign_on(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    """The person only logged out here: the provider would let them back in without a word."""
    visitor.log_in("/x")
    out(visitor)
    provider.obedient = False
    again = visitor.log_in("/x")
    assert asked(location(again))["prompt"] == "login"
    refused(visitor.back(location(again)), 403, "auth_time_spent")


@pytest.mark.parametrize("how", ["down", "without"])
def test_a_provider_that_cannot_log_out_keeps_nobody_in(benches: Benches, provider: OwnProvider, how: str) -> None:
    if how == "without":
        provider.metadata["end_session_endpoint"] = None
    bench = a_bench(benches, provider)
    visitor = Visitor(bench, provider)
    visitor.log_in("/x")
    if how == "down":
        assert bench.service.oidc is not None
        bench.service.oidc.directory._known = None
        provider.down.add("/.well-known/openid-configuration")
    flow = bench.post("logout", cookie=visitor.cookie, headers=NAVIGATION)
    assert response(flow).status_code == 200
    assert bench.kind(cookie=visitor.cookie) is Kind.REFUSED


def test_scripts_are_not_redirected_abroad(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    visitor.log_in("/x")
    answer = response(federated.post("logout", cookie=visitor.cookie, headers=SCRIPT))
    assert answer.status_code == 200 and f"{provider.issuer}/end?" in str(answer.text)


def test_everywhere(bench: Bench) -> None:
    here, there, other = bench.log_in("ada"), bench.log_in("ada"), bench.log_in("bob")
    bench.post("logout", {"everywhere": "1"}, cookie=here)
    assert [bench.kind(cookie=cookie) for cookie in (here, there, other)] == [Kind.REFUSED, Kind.REFUSED, Kind.ALLOW]
    assert bench.trail().count("session.ended") == 2


def test_only_who_is_logged_in_logs_out_everywhere(bench: Bench) -> None:
    """Not the credential of a session that has ended, and not from another site."""
    old, live = bench.log_in("ada"), bench.log_in("ada")
    bench.post("logout", cookie=old)
    bench.post("logout", {"everywhere": "1"}, cookie=old)
    bench.post("logout", {"everywhere": "1"}, cookie=live, headers={"Origin": "http://evil.example"})
    assert bench.kind(cookie=live) is Kind.ALLOW


def test_an_application_without_a_button_has_ours(bench: Bench, visitor: Visitor, provider: OwnProvider) -> None:
    page = str(response(bench.visit("/.nightlatch/logout", cookie=bench.log_in("<ada>"))).text)
    assert "&lt;ada&gt;" in page and 'name="everywhere"' in page
    assert "not logged in" in str(response(bench.visit("/.nightlatch/logout")).text)
    visitor.log_in("/x")
    answer = response(visitor.open("/.nightlatch/logout"))
    assert f"form-action 'self' {provider.issuer};" in answer.headers["content-security-policy"]


def test_the_browser_is_told_to_forget(benches: Benches) -> None:
    bench = benches(clear_site_data="cache storage", no_store="on")
    cookie = bench.log_in()
    kept = ("Cache-Control", "max-age=3600")
    page = response(bench.visit("/x", kept, cookie=cookie, headers=NAVIGATION))
    assert page.headers["cache-control"] == "no-store"
    style = response(bench.visit("/x.css", kept, cookie=cookie, headers={"Sec-Fetch-Dest": "style"}))
    assert style.headers["cache-control"] == "max-age=3600"
    over = response(bench.post("logout", cookie=cookie, headers=NAVIGATION))
    assert over.headers["clear-site-data"] == '"cache", "storage"'
    again = bench.log_in()
    bench.later(31)
    assert response(bench.visit(cookie=again, headers=NAVIGATION)).headers["clear-site-data"] == '"cache", "storage"'
    assert "clear-site-data" not in response(bench.visit(cookie=f"{OWN}=unknown", headers=NAVIGATION)).headers


def test_unless_it_is_asked_for_nothing_is_forgotten(bench: Bench) -> None:
    cookie = bench.log_in()
    page = response(bench.visit("/x", ("Cache-Control", "max-age=60"), cookie=cookie, headers=NAVIGATION))
    assert page.headers["cache-control"] == "max-age=60"
    assert "clear-site-data" not in response(bench.post("logout", cookie=cookie, headers=NAVIGATION)).headers
