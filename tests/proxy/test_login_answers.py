"""What went wrong is told with the right status; never 200, never a redirect."""

import json

import pytest
from tests.proxy.bench import NAVIGATION, Bench, a_flow

from nightlatch.core.respond import ResponseSpec
from nightlatch.proxy.arrival import arrive
from nightlatch.proxy.login_answers import login_failed, onward


def failed(bench: Bench, reason: str, back: str = "/", headers: dict[str, str] | None = None) -> ResponseSpec:
    return login_failed(bench.service, arrive(bench.guard, a_flow(headers=headers or NAVIGATION)), reason, back)


@pytest.mark.parametrize(
    ("reason", "status", "verdict"),
    [
        ("foreign_state", 400, "invalid"),
        ("access_denied", 403, "denied"),
        ("auth_time_stale", 403, "denied"),
        ("id_token", 502, "error"),
        ("provider_down", 503, "error"),
        ("whatever", 403, "denied"),
    ],
)
def test_the_status_says_whose_fault_it_is(bench: Bench, reason: str, status: int, verdict: str) -> None:
    answer = failed(bench, reason)
    headers = dict(answer.headers)
    assert answer.status == status
    assert (headers["Nightlatch-Verdict"], headers["Cache-Control"]) == (verdict, "no-store")
    assert "Content-Security-Policy" in headers and "Location" not in headers


def test_a_person_may_try_again_and_go_where_they_wanted(bench: Bench) -> None:
    page = failed(bench, "provider_down", "/a?b=<c>").body.decode()
    assert 'href="/.nightlatch/login?return_to=%2Fa%3Fb%3D%3Cc%3E"' in page
    assert "reauthenticate=1" in failed(bench, "auth_time_stale").body.decode()
    assert "remember" not in page


def test_a_script_gets_a_problem(bench: Bench) -> None:
    answer = failed(bench, "nonce", headers={"Sec-Fetch-Mode": "cors"})
    assert json.loads(answer.body) == {
        "type": "urn:nightlatch:login:nonce",
        "title": "Login failed",
        "status": 502,
        "detail": "What the identity provider says of you was meant for another login.",
        "login_url": "http://localhost:8080/.nightlatch/login",
    }


def test_a_redirect_of_our_own_is_not_stored(bench: Bench) -> None:
    answer = onward(arrive(bench.guard, a_flow()), "/x", ("Set-Cookie", "a=b"), status=303)
    assert answer.status == 303
    assert dict(answer.headers) == {
        "Location": "/x",
        "Set-Cookie": "a=b",
        "Cache-Control": "no-store",
        "Nightlatch-Verdict": "public",
    }
