"""A request as it arrives: the site, the guard's own origin and cookie, one reading of the clock."""

import pytest
from tests.identity.minting import mint
from tests.proxy.bench import ORIGIN, OWN, SITE, START, Bench, a_flow, the

from nightlatch.core.identity import Anonymous, Identity, Unreadable
from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.identity.claims import TokenRefused
from nightlatch.identity.tokens import TokenVerifier
from nightlatch.ledger.gate_questions import GateQuestions
from nightlatch.ledger.port import LedgerError
from nightlatch.proxy.arrival import arrive, first_found, is_own_cookie, origin, own_cookie, own_cookies, site_of


def test_who_asked_whom_and_when(bench: Bench) -> None:
    arrival = arrive(bench.guard, a_flow("/a?b", cookie=f"{OWN}=x"))
    assert (arrival.site, arrival.origin, arrival.cookie) == (SITE, ORIGIN, OWN)
    assert (arrival.now, arrival.wall) == (START, START)
    assert isinstance(arrival.identity, Identity)
    assert (arrival.target.authority, arrival.target.hosts, arrival.target.scheme) == (
        "",
        ("localhost:8080",),
        "http",
    )


def test_the_warp_is_of_the_same_reading(bench: Bench) -> None:
    bench.warp(31)
    arrival = arrive(bench.guard, a_flow())
    assert (arrival.now, arrival.wall) == (START + 31 * MINUTE, START)
    assert arrival.warp.at(arrival.wall) == arrival.now


def test_over_tls_the_origin_and_the_cookie_are_others(bench: Bench) -> None:
    flow = a_flow(cookie="nightlatch-8080=x")
    flow.client_conn.timestamp_tls_setup = 1.0
    arrival = arrive(bench.guard, flow)
    assert (arrival.origin, arrival.cookie) == ("https://localhost:8080", "__Host-nightlatch")
    assert arrival.identity == Anonymous()


def test_a_clock_that_cannot_be_read_is_an_error(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> None:
        raise LedgerError("gone")

    monkeypatch.setattr(bench.guard.clock, "read", failing)
    with pytest.raises(LedgerError):
        arrive(bench.guard, a_flow())


def test_the_ledger_is_asked_once_for_the_clock_and_the_session(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = bench.log_in()
    bench.warp(1)
    found = bench.guard.reader.find(the(bench.ask(cookie=cookie)).arrival.identity.fingerprint)  # type: ignore[union-attr]  # it has a credential
    for other in ("find", "warp"):
        monkeypatch.delattr(GateQuestions, other)
    arrival = arrive(bench.guard, a_flow(cookie=cookie))
    assert found is not None and arrival.looked and arrival.seen is not None
    assert arrival.seen.session.id == found.session.id  # (what is not written yet may be on disk meanwhile)
    assert arrival.now == START + MINUTE
    shown = first_found(bench.guard, arrival)
    assert shown is not None and shown.session.last_active_at == START + MINUTE, "what is not written yet is laid over"


def test_so_it_is_with_a_token_that_came_before_and_it_is_verified_all_the_same(
    bearer: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = {"Authorization": f"Bearer {mint(iat=START // SECOND, exp=START // SECOND + 3000)}"}
    first = the(bearer.ask(headers=token)).arrival
    with monkeypatch.context() as without:
        for other in ("find", "warp"):
            without.delattr(GateQuestions, other)
        arrival = arrive(bearer.guard, a_flow(headers=token))
    assert arrival.looked and arrival.seen is not None and arrival.identity == first.identity
    flow = a_flow(headers=token)
    assert arrive(bearer.guard, flow).looked
    assert bearer.guard.settings.verifier is not None
    bearer.guard.settings.verifier.forget()
    monkeypatch.setattr(TokenVerifier, "claims", _refused)
    for _ in range(2):
        arrival = arrive(bearer.guard, flow)
        assert arrival.identity == Unreadable("signature") and not arrival.looked and arrival.seen is None


def _refused(*_: object) -> object:
    raise TokenRefused("signature")


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("http", "localhost", 80), "http://localhost"),
        (("https", "App.Example", 443), "https://app.example"),
        (("http", "localhost", 443), "http://localhost:443"),
        (("http", "::1", 3000), "http://[::1]:3000"),
    ],
)
def test_an_origin_has_one_spelling(parts: tuple[str, str, int], text: str) -> None:
    assert origin(*parts) == text


def test_the_site_is_where_the_request_goes() -> None:
    assert site_of(a_flow()) == SITE


@pytest.mark.parametrize(
    ("scheme", "listening", "name"),
    [
        ("http", ("127.0.0.1", 8080), "nightlatch-8080"),
        ("http", ("::1", 9090, 0, 0), "nightlatch-9090"),
        ("https", ("127.0.0.1", 8443), "__Host-nightlatch"),
        ("http", None, "nightlatch"),
    ],
)
def test_the_own_cookie_tells_guards_on_one_machine_apart(
    scheme: str, listening: tuple[object, ...] | None, name: str
) -> None:
    assert own_cookie(scheme, listening) == name
    assert is_own_cookie(name) and own_cookies(f"a=1; {name}=x") == [name]


@pytest.mark.parametrize("name", ["sid", "nightlatch-theme", "my-nightlatches", "nightlatch-123456", ""])
def test_other_cookies_are_the_applications(name: str) -> None:
    assert not is_own_cookie(name)
