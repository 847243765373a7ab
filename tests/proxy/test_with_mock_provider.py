"""A login at `oidc-provider-mock`, in this process: a provider of somebody else's making, and a disobedient one, as a
claim of the person's overrides when they authenticated. It needs Python 3.12 (see `conftest.py`)."""

from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import oidc_provider_mock
import pytest
from mitmproxy import http
from tests.e2e.waiting import until
from tests.proxy.at_provider import POLICY, Visitor, location, refused
from tests.proxy.bench import Bench
from tests.proxy.conftest import Benches

from nightlatch.clock import wall_now
from nightlatch.core.policy import SECOND
from nightlatch.core.verdict import Kind
from nightlatch.core.warp import Warp

STALE = oidc_provider_mock.User(sub="stale", claims={"auth_time": 1_700_000_000})


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow no redirect."""


class Person(Visitor):
    """Fills the mock's form in; it shows it on every visit, whatever it was asked for."""

    def __init__(self, bench: Bench, subject: str) -> None:
        self.bench, self.subject, self.jar = bench, subject, {}

    def back(self, at_provider: str) -> http.HTTPFlow:
        try:
            build_opener(_Stay).open(Request(at_provider, urlencode({"sub": self.subject}).encode()), timeout=20)
        except HTTPError as redirect:
            with redirect:
                return self.open(str(redirect.headers["Location"]))
        raise AssertionError("the mock did not send the browser back")


@pytest.fixture(scope="module")
def issuer_url() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread(require_nonce=True, user_claims=[STALE]) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def at_mock(benches: Benches, issuer_url: str) -> Bench:
    """By the wall clock, as the mock knows no other."""
    bench = benches(POLICY, login=f"oidc:{issuer_url}", oidc_client_id="guard", oidc_client_secret="s")
    bench.wall = wall_now()
    return bench


def test_a_login_and_one_after_the_expiry(at_mock: Bench) -> None:
    ada = Person(at_mock, "ada")
    assert location(ada.log_in("/x")) == "/x"
    assert at_mock.kind("/x", cookie=ada.cookie) is Kind.ALLOW
    assert at_mock.session().subject == "ada"
    at_mock.warp(31)
    assert at_mock.guard.reader.warp() != Warp()
    second = wall_now() // SECOND
    until(lambda: wall_now() // SECOND > second, "the next second: logins within one cannot be told apart")
    at_mock.wall = wall_now()
    assert location(ada.log_in("/y")) == "/y"
    assert at_mock.kind("/y", cookie=ada.cookie) is Kind.ALLOW


def test_a_stale_authentication_is_asked_anew_and_then_refused(at_mock: Bench) -> None:
    """It is years old, and stays so whatever the provider is asked for."""
    person = Person(at_mock, "stale")
    again = location(person.log_in("/x"))
    assert "prompt=login" in again
    refused(person.back(again), 403, "auth_time_stale")
    assert at_mock.trail()[-1] == "login.silent"
