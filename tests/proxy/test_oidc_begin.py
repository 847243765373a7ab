"""The way to the provider: what it is asked for, how many may be on it, and who need not go."""

from urllib.parse import quote

import pytest
from tests.providers.own_provider import CLIENT, OwnProvider
from tests.proxy.at_provider import Visitor, a_bench, asked, expired, location, refused, told
from tests.proxy.bench import ORIGIN, Bench, response
from tests.proxy.conftest import Benches

from nightlatch.core.events import EventType, occurrences


def test_the_provider_is_asked_as_the_standards_have_it(visitor: Visitor, provider: OwnProvider) -> None:
    query = asked(visitor.to_provider("/x"))
    assert query["response_type"] == "code" and query["client_id"] == CLIENT
    assert query["redirect_uri"] == f"{ORIGIN}/.nightlatch/callback"
    assert query["code_challenge_method"] == "S256" and len(query["code_challenge"]) == 43
    assert set(query["scope"].split()) == {"openid", "profile", "email"}
    assert query["max_age"] == str(8 * 3600) and "prompt" not in query
    assert len(query["state"]) >= 43 and len(query["nonce"]) >= 43 and query["state"] != query["nonce"]


def test_logins_that_nobody_finishes_do_not_fill_the_jar(visitor: Visitor) -> None:
    for number in range(60):
        visitor.to_provider(f"/tab/{number}")
    assert len(visitor.cookie) < 4096
    assert location(visitor.log_in("/after")) == "/after"


def test_logins_that_nobody_finishes_do_not_fill_the_trail(visitor: Visitor, federated: Bench) -> None:
    for _ in range(100):
        visitor.open("/.nightlatch/login?return_to=/x")
        visitor.open("/.nightlatch/callback?state=made-up")
    federated.later(1)
    federated.run(federated.service.sweep())
    federated.written()
    for type_ in (EventType.LOGIN_STARTED, EventType.LOGIN_FAILED):
        events = [chained.event for chained in federated.guard.reader.events(types=[type_])]
        assert len(events) == 14 and sum(map(occurrences, events)) == 100


def test_a_provider_that_knows_no_prompt_for_a_login_is_asked_in_its_words(
    benches: Benches, provider: OwnProvider
) -> None:
    federated = a_bench(benches, provider, oidc_prompt="select_account")
    visitor = Visitor(federated, provider)
    expired(visitor, federated)
    query = asked(visitor.to_provider("/x"))
    assert (query["prompt"], query["max_age"]) == ("select_account", "0")


def test_a_tab_that_finds_somebody_logged_in_goes_straight_back(visitor: Visitor) -> None:
    visitor.log_in()
    assert location(visitor.open("/.nightlatch/login?return_to=/x&verdict=expired")) == "/x"


def test_a_provider_that_is_down_before_and_comes_back(
    visitor: Visitor, federated: Bench, provider: OwnProvider
) -> None:
    provider.down.add("/.well-known/openid-configuration")
    login = location(visitor.open("/x"))
    refused(visitor.open(login), 503, "provider_down")
    assert told(federated, EventType.LOGIN_FAILED)["reason"] == "provider_down"
    provider.down.clear()
    assert location(visitor.back(location(visitor.open(login)))) == "/x"


def test_after_an_expiry_the_provider_is_told_to_ask(visitor: Visitor, federated: Bench) -> None:
    expired(visitor, federated)
    query = asked(visitor.to_provider("/x"))
    assert (query["prompt"], query["max_age"]) == ("login", "0")
    assert told(federated, EventType.LOGIN_STARTED)["fresh"] is True


def test_a_head_uses_up_no_state(visitor: Visitor, federated: Bench) -> None:
    assert response(visitor.open("/.nightlatch/login", method="HEAD")).status_code == 405
    assert federated.service.oidc is not None and len(federated.service.oidc.pending) == 0


def test_without_a_provider_there_is_no_way_back_from_one(benches: Benches) -> None:
    assert response(benches().visit("/.nightlatch/callback?state=x&code=y")).status_code == 404


@pytest.mark.parametrize("attack", ["https://evil.example/", "//evil.example", "/\\evil", "/.nightlatch/logout"])
def test_nobody_is_led_astray(visitor: Visitor, attack: str) -> None:
    login = location(visitor.open(f"/.nightlatch/login?return_to={quote(attack, safe='')}"))
    assert location(visitor.back(login)) == "/"


def test_a_form_that_was_sent_leads_to_the_login_too(visitor: Visitor, federated: Bench) -> None:
    flow = federated.ask("/order", method="POST", headers={"Accept": "text/html", "Sec-Fetch-Mode": "navigate"})
    assert response(flow).status_code == 303
    assert location(flow).startswith("/.nightlatch/login?return_to=%2Forder")


def test_scripts_are_told_where_the_login_is(federated: Bench) -> None:
    answer = response(federated.ask("/api", headers={"Sec-Fetch-Mode": "cors"}))
    assert answer.json()["login_url"] == f"{ORIGIN}/.nightlatch/login"


def test_methods_are_asked_for_where_the_provider_understands_that(benches: Benches, provider: OwnProvider) -> None:
    provider.metadata["claims_parameter_supported"] = True
    rule = '[[rule]]\nname = "otp"\nmatch = { path = "/otp" }\nrequire = { amr = ["otp"] }\n'
    federated = a_bench(benches, provider, rule)
    visitor = Visitor(federated, provider)
    visitor.log_in("/x")
    federated.later(1)
    query = asked(visitor.to_provider("/otp"))
    assert query["prompt"] == "login" and '"amr"' in query["claims"]
