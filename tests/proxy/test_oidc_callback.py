"""A login at a provider, there and back: in, and not in by whatever is forged, borrowed, repeated or stale."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from tests.providers.own_provider import CLIENT, OwnProvider
from tests.proxy.at_provider import Visitor, a_bench, asked, expired, location, refused, told
from tests.proxy.bench import ORIGIN, OWN, Bench, response
from tests.proxy.conftest import Benches

from nightlatch.core.events import EventType
from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.core.verdict import Kind


def test_somebody_logs_in_and_is_where_they_wanted_to_be(federated: Bench, visitor: Visitor) -> None:
    flow = visitor.log_in("/reports?year=2026&q=a%20b")
    assert (response(flow).status_code, location(flow)) == (303, "/reports?year=2026&q=a%20b")
    assert federated.kind("/reports", cookie=visitor.cookie) is Kind.ALLOW
    session = federated.session()
    assert (session.subject, session.source) == ("ada", "nightlatch")
    assert session.authenticated_at == session.started_at == federated.wall
    assert [name for name in visitor.jar if "login" in name] == []
    assert federated.trail() == ["login.started", "login.succeeded", "session.created"]


def test_the_verifier_of_pkce_is_told_to_the_token_endpoint_only(visitor: Visitor, provider: OwnProvider) -> None:
    visitor.log_in()
    assert "code_verifier" not in provider.authorized[0]
    assert len(provider.exchanged[0]["code_verifier"]) >= 43
    assert provider.exchanged[0]["redirect_uri"] == f"{ORIGIN}/.nightlatch/callback"


def test_ten_tabs_that_come_at_once_all_come_back(visitor: Visitor, federated: Bench) -> None:
    """All redirects first, then all logins, in another order: nobody's state is taken away."""
    tabs = {f"/tab/{number}": visitor.to_provider(f"/tab/{number}") for number in range(10)}
    for path in sorted(tabs, key=hash):
        assert location(visitor.back(tabs[path])) == path
        assert federated.kind(path, cookie=visitor.cookie) is Kind.ALLOW
    assert len({session.id for session in federated.guard.reader.sessions()}) == 1


def test_a_credential_from_before_the_login_is_not_the_one_after(visitor: Visitor, federated: Bench) -> None:
    visitor.jar[OWN] = "planted"
    visitor.log_in()
    assert visitor.own not in (None, "planted")
    first = visitor.own
    visitor.open(location(visitor.open("/.nightlatch/login?reauthenticate=1")).replace(visitor.provider.issuer, ""))
    federated.later(1)
    visitor.back(location(visitor.open("/.nightlatch/login?reauthenticate=1")))
    assert visitor.own != first


@pytest.mark.parametrize("query", ["", "?code=x", "?state=", "?state=a&state=b&code=x"])
def test_an_answer_without_a_state_is_nobodys(visitor: Visitor, federated: Bench, query: str) -> None:
    refused(visitor.open(f"/.nightlatch/callback{query}"), 400, "no_state")
    assert told(federated, EventType.LOGIN_FAILED)["reason"] == "no_state"


def test_a_state_that_was_never_given_out_is_unknown(visitor: Visitor) -> None:
    refused(visitor.open("/.nightlatch/callback?state=made-up&code=x"), 400, "unknown_state")


def test_somebody_elses_state_leads_nowhere_and_stays_good_for_its_owner(
    visitor: Visitor, federated: Bench, provider: OwnProvider
) -> None:
    """Login CSRF: the attacker's own answer, opened by the victim."""
    victim = Visitor(federated, provider)
    victim.to_provider("/victim")
    callback = provider.visit(visitor.to_provider("/attacker"))
    refused(victim.open(callback), 400, "foreign_state")
    assert location(visitor.open(callback)) == "/attacker"


def test_an_answer_is_good_once(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    at_provider = visitor.to_provider("/x")
    jar = dict(visitor.jar)
    callback = provider.visit(at_provider)
    visitor.open(callback)
    visitor.jar.update(jar)
    refused(visitor.open(callback), 400, "unknown_state")
    assert len(provider.exchanged) == 1
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW


def test_a_login_that_takes_too_long_is_over(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    callback = provider.visit(visitor.to_provider("/x"))
    assert federated.service.oidc is not None
    federated.service.oidc.pending._now = lambda: 1 << 62
    refused(visitor.open(callback), 400, "unknown_state")


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"code": ""}, 400, "no_code"),
        ({"code": "made-up"}, 502, "code_refused"),
        ({"error": "access_denied"}, 403, "access_denied"),
        ({"error": "<script>alert(1)</script>"}, 502, "provider_error"),
        ({"iss": "https://other.example"}, 400, "issuer"),
    ],
)
def test_answers_that_are_no_login(
    visitor: Visitor, provider: OwnProvider, changes: dict[str, str], status: int, reason: str
) -> None:
    callback = provider.visit(visitor.to_provider("/x"))
    query = {name: values[0] for name, values in parse_qs(urlsplit(callback).query).items()}
    flow = visitor.open(f"/.nightlatch/callback?{urlencode(query | changes)}")
    refused(flow, status, reason)
    assert "<script>" not in (response(flow).text or "")
    assert visitor.own is None


def test_who_wanted_to_be_remembered_still_does_at_the_next_try(visitor: Visitor, provider: OwnProvider) -> None:
    begun = visitor.open("/.nightlatch/login?return_to=/x&remember=1")
    callback = provider.visit(response(begun).headers["Location"])
    page = response(visitor.open(f"{callback}&error=access_denied")).text or ""
    assert 'href="/.nightlatch/login?return_to=%2Fx&amp;remember=1"' in page


def test_a_provider_that_says_who_it_is_has_to_say_so_always(visitor: Visitor, provider: OwnProvider) -> None:
    """RFC 9207: an answer without `iss` may be another provider's."""
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    refused(visitor.log_in("/x"), 400, "issuer")


@pytest.mark.parametrize(
    ("says", "status", "reason"),
    [
        ({"nonce": "of somebody else"}, 502, "nonce"),
        ({"nonce": None}, 502, "nonce"),
        ({"aud": "another client"}, 502, "id_token"),
        ({"aud": [CLIENT, "other"]}, 502, "id_token"),
        ({"azp": "another client"}, 502, "id_token"),
        ({"iss": "https://other.example"}, 502, "id_token"),
        ({"exp": 1}, 502, "id_token"),
        ({"iat": 9_000_000_000}, 502, "id_token"),
        ({"sub": ""}, 502, "no_subject"),
        ({"sub": "a\nb"}, 502, "no_subject"),
        ({"auth_time": "yesterday"}, 502, "id_token"),
    ],
)
def test_what_the_provider_signs_is_not_believed_blindly(
    visitor: Visitor, federated: Bench, provider: OwnProvider, says: dict[str, Any], status: int, reason: str
) -> None:
    provider.says, provider.user = says, says.get("sub", "ada")
    refused(visitor.log_in("/x"), status, reason)
    assert told(federated, EventType.LOGIN_FAILED)["reason"] == reason
    assert not federated.guard.reader.sessions()


def test_a_token_for_several_that_we_asked_for_is_ours(visitor: Visitor, provider: OwnProvider) -> None:
    provider.says = {"aud": [CLIENT, "other"], "azp": CLIENT}
    assert location(visitor.log_in("/x")) == "/x"


@pytest.mark.parametrize("path", ["/token", "/jwks"])
def test_a_provider_that_goes_down_during_the_login(visitor: Visitor, provider: OwnProvider, path: str) -> None:
    at_provider = visitor.to_provider("/x")
    provider.down.add(path)
    refused(visitor.back(at_provider), 503, "provider_down")


def test_a_provider_that_is_down_after_the_login_changes_nothing(
    visitor: Visitor, federated: Bench, provider: OwnProvider
) -> None:
    visitor.log_in()
    provider.down |= {"/token", "/jwks", "/.well-known/openid-configuration", "/userinfo"}
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW


def test_scripts_get_a_problem_document(visitor: Visitor, federated: Bench) -> None:
    flow = federated.visit("/.nightlatch/callback?state=x", headers={"Sec-Fetch-Mode": "cors"})
    answer = response(flow)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["type"] == "urn:nightlatch:login:unknown_state"


# --- re-authentication that is real


@pytest.mark.parametrize("way", ["sent", "direct", "cookie"])
def test_a_silent_bounce_is_refused_however_one_comes(
    visitor: Visitor, federated: Bench, provider: OwnProvider, way: str
) -> None:
    """Sent there by the guard; by an address that leaves out why; with the old cookie still there."""
    expired(visitor, federated)
    old = visitor.own
    provider.obedient = False
    login = location(visitor.open("/x"))
    if way == "direct":
        login = "/.nightlatch/login?return_to=/x"
    if way == "cookie":
        login, visitor.jar[OWN] = "/.nightlatch/login?return_to=/x", str(old)
    flow = visitor.back(location(visitor.open(login)))
    while response(flow).status_code == 302:
        flow = visitor.back(location(flow))
    assert response(flow).status_code == 403
    assert "sent you back without asking" in str(response(flow).text)
    silent = told(federated, EventType.LOGIN_SILENT)
    assert (silent["then"], silent["login"]) == ("refused", "oidc")
    assert visitor.own in (None, old)
    assert provider.authorized[-1]["prompt"] == "login"


@pytest.mark.parametrize(
    ("auth_time", "reason"),
    [
        (lambda wall: wall - 31, "auth_time_stale"),
        (lambda wall: None, "auth_time_missing"),
        (lambda wall: wall + 31, "auth_time_future"),
        (lambda wall: wall - 31 * 60, "auth_time_spent"),
        (lambda wall: 0, "auth_time_spent"),
    ],
)
def test_a_disobedient_provider_lets_nobody_in(
    visitor: Visitor, federated: Bench, provider: OwnProvider, auth_time: Any, reason: str
) -> None:
    expired(visitor, federated)
    provider.says = {"auth_time": auth_time(federated.wall // SECOND)}
    flow = visitor.log_in("/x")
    refused(flow, 502 if reason == "auth_time_future" else 403, reason)
    assert visitor.own is None


@pytest.mark.parametrize("auth_time", [0, -30, 30])
def test_clocks_may_differ_by_the_leeway(
    visitor: Visitor, federated: Bench, provider: OwnProvider, auth_time: int
) -> None:
    expired(visitor, federated)
    provider.says = {"auth_time": federated.wall // SECOND + auth_time}
    assert location(visitor.log_in("/x")) == "/x"
    assert federated.session().authenticated_at == federated.wall
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW


def test_a_warp_does_not_make_an_old_login_fresh(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    """The session expires by nightlatch's clock while on the wall only seconds have passed, within the leeway."""
    visitor.log_in("/x")
    federated.later(us=5 * SECOND)
    federated.warp(31)
    provider.obedient = False
    refused(visitor.log_in("/x"), 403, "auth_time_spent")
    provider.obedient = True
    assert location(visitor.log_in("/x")) == "/x"
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW
    assert federated.session().authenticated_at == federated.guard.clock.now()


def test_a_warp_in_the_middle_of_a_login_harms_nobody(visitor: Visitor, federated: Bench) -> None:
    expired(visitor, federated)
    at_provider = visitor.to_provider("/x")
    federated.later(us=5 * SECOND)
    federated.warp(60)
    federated.later(us=5 * SECOND)
    assert location(visitor.back(at_provider)) == "/x"
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW


def test_a_first_login_by_single_sign_on_is_as_old_as_it_is(
    visitor: Visitor, federated: Bench, provider: OwnProvider
) -> None:
    """`absolute` runs from the authentication, not from when it was heard of."""
    provider.authenticated = federated.wall // SECOND - 7 * 3600
    visitor.log_in("/x")
    assert federated.session().authenticated_at == federated.wall - 7 * 60 * MINUTE
    federated.later(29)
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW
    federated.later(29)
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW
    federated.later(2)
    assert federated.kind(cookie=visitor.cookie) is Kind.EXPIRED


def test_a_single_sign_on_older_than_a_session_may_be_is_asked_anew(
    visitor: Visitor, federated: Bench, provider: OwnProvider
) -> None:
    provider.authenticated, provider.obedient = federated.wall // SECOND - 9 * 3600, False
    again = visitor.log_in("/x")
    assert asked(location(again))["prompt"] == "login"
    assert told(federated, EventType.LOGIN_SILENT)["then"] == "asked again"
    provider.obedient = True
    assert location(visitor.back(location(again))) == "/x"


def test_a_provider_that_never_tells_lets_people_in_once(benches: Benches, provider: OwnProvider) -> None:
    """And again only where that was allowed, and then it is noted."""
    provider.says = {"auth_time": None}
    federated = a_bench(benches, provider)
    visitor = Visitor(federated, provider)
    assert location(visitor.log_in("/x")) == "/x"
    federated.later(31)
    refused(visitor.log_in("/x"), 403, "auth_time_missing")


def test_bounces_can_be_allowed_and_are_noted(benches: Benches, provider: OwnProvider) -> None:
    federated = a_bench(benches, provider, oidc_silent="allow")
    visitor = Visitor(federated, provider)
    expired(visitor, federated)
    provider.obedient = False
    assert location(visitor.log_in("/x")) == "/x"
    assert told(federated, EventType.LOGIN_SILENT)["then"] == "allowed"
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW


# --- step-up


def test_a_page_that_wants_a_recent_login_gets_one(visitor: Visitor, federated: Bench) -> None:
    visitor.log_in("/x")
    before = federated.session()
    federated.later(10)
    query = visitor.to_provider("/pay")
    assert asked(query)["max_age"] == "300" and "prompt" not in asked(query)
    assert location(visitor.back(query)) == "/pay"
    assert federated.kind("/pay", cookie=visitor.cookie) is Kind.ALLOW
    after = federated.session()
    assert (after.id, after.authenticated_at, after.reauthenticated_at) == (
        before.id,
        before.authenticated_at,
        federated.wall,
    )
    assert federated.trail()[-2:] == ["login.succeeded", "step_up.satisfied"]
    federated.later(5)
    assert federated.kind("/pay", cookie=visitor.cookie) is Kind.STEP_UP


def test_a_page_that_wants_a_stronger_login_gets_one(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    visitor.log_in("/x")
    federated.later(1)
    at_provider = visitor.to_provider("/vault")
    assert asked(at_provider)["acr_values"] == "gold"
    assert location(visitor.back(at_provider)) == "/vault"
    assert federated.kind("/vault", cookie=visitor.cookie) is Kind.ALLOW
    assert (federated.session().acr, federated.session().reauthenticated_at) == ("gold", None)
    assert federated.trail()[-1] == "step_up.satisfied"


def test_a_second_factor_is_no_fresh_login(visitor: Visitor, federated: Bench) -> None:
    """It was given, but the person has not authenticated anew: a rule that asks for that is not content."""
    visitor.log_in("/x")
    federated.later(10)
    visitor.log_in("/vault")
    assert federated.kind("/vault", cookie=visitor.cookie) is Kind.ALLOW
    assert federated.kind("/pay", cookie=visitor.cookie) is Kind.STEP_UP


def test_a_stronger_login_that_is_not_given_is_a_page_and_no_loop(
    visitor: Visitor, federated: Bench, provider: OwnProvider
) -> None:
    visitor.log_in("/x")
    provider.obedient = False
    federated.later(1)
    refused(visitor.log_in("/vault"), 403, "acr")
    assert federated.kind("/x", cookie=visitor.cookie) is Kind.ALLOW
    assert federated.kind("/vault", cookie=visitor.cookie) is Kind.STEP_UP
    assert told(federated, EventType.LOGIN_FAILED)["reason"] == "acr"


def test_a_rule_that_asks_again_wants_a_fresh_login(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    visitor.log_in("/again")
    federated.later(3)
    assert federated.kind("/again", cookie=visitor.cookie) is Kind.STEP_UP
    provider.obedient = False
    refused(visitor.log_in("/again"), 403, "auth_time_spent")
    provider.obedient = True
    assert location(visitor.log_in("/again")) == "/again"
    assert federated.kind("/again", cookie=visitor.cookie) is Kind.ALLOW


def test_somebody_else_who_comes_back_from_a_step_up_takes_nothing_over(
    visitor: Visitor, federated: Bench, provider: OwnProvider
) -> None:
    visitor.log_in("/x")
    federated.later(10)
    provider.user = "bob"
    visitor.log_in("/pay")
    assert {session.subject: str(session.state) for session in federated.guard.reader.sessions()} == {
        "ada": "ended",
        "bob": "active",
    }
