"""The provider logs somebody out: at once, for good, and by nobody else's word."""

from pathlib import Path
from typing import Any

import pytest
from mitmproxy import http
from tests.identity.minting import AUDIENCE, ISSUER, mint, pem, public_key
from tests.providers.own_provider import CLIENT, OwnProvider
from tests.proxy.at_provider import Visitor, a_bench, refused
from tests.proxy.at_provider import told as last_detail
from tests.proxy.bench import SITE, START, Bench, a_flow, response
from tests.proxy.conftest import Benches

from nightlatch.core.authentication import ProviderSession
from nightlatch.core.events import EventType
from nightlatch.core.policy import SECOND
from nightlatch.core.verdict import Kind
from nightlatch.identity.logout_tokens import EVENT
from nightlatch.identity.provider_marks import sid_mark
from nightlatch.ledger.port import LedgerReader


def told(bench: Bench, *tokens: str) -> http.HTTPFlow:
    """The provider's own request: no browser's header fields."""
    body = "&".join(f"logout_token={token}" for token in tokens).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    return bench.enter(a_flow("/.nightlatch/backchannel-logout", method="POST", headers=headers), body)


def status(flow: http.HTTPFlow) -> int:
    answer = response(flow)
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.status_code)


def test_a_session_by_its_sid(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    visitor.log_in("/x")
    socket = federated.socket(visitor.cookie)
    assert status(told(federated, provider.logout_token())) == 200
    assert federated.kind(cookie=visitor.cookie) is Kind.REFUSED
    assert not federated.say(socket)
    assert federated.look() == ["session refused"]
    end = federated.session().end
    assert end is not None and end.reason == "backchannel"


def test_all_sessions_of_a_person(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    visitor.log_in("/x")
    provider.sid = "sid-2"
    other = Visitor(federated, provider)
    other.log_in("/other")
    provider.sid, provider.user = "sid-3", "bob"
    bob = Visitor(federated, provider)
    bob.log_in("/bob")
    assert status(told(federated, provider.logout_token(sid=None, sub="ada"))) == 200
    kinds = [federated.kind(cookie=each.cookie) for each in (visitor, other, bob)]
    assert kinds == [Kind.REFUSED, Kind.REFUSED, Kind.ALLOW]


def test_a_person_may_come_back_but_the_session_may_not(
    visitor: Visitor, federated: Bench, provider: OwnProvider
) -> None:
    """A login that is under way with the `sid` that was called off ends before it begins."""
    at_provider = visitor.to_provider("/x")
    told(federated, provider.logout_token(sid="sid-1"))
    refused(visitor.back(at_provider), 403, "barred")
    federated.later(1)
    provider.sid, provider.authenticated = "sid-2", None
    visitor.log_in("/x")
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW


def test_a_sid_of_somebody_else_ends_nothing(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    visitor.log_in("/x")
    assert status(told(federated, provider.logout_token(sub="mallory"))) == 200
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW


def test_the_same_sid_of_another_issuer_is_another(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    visitor.log_in("/x")
    assert status(told(federated, provider.logout_token(iss="https://other.example"))) == 400
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW
    reader: LedgerReader = federated.guard.reader
    known = reader.provider_session(federated.session().id)
    assert isinstance(known, ProviderSession)
    assert known.sid == sid_mark(federated.guard.key, provider.issuer, "sid-1")
    assert not reader.started_by(sid_mark(federated.guard.key, "https://other.example", "sid-1"))
    assert federated.session().site == SITE


def test_a_token_is_good_once(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    token = provider.logout_token(sid=None, sub="ada")
    assert status(told(federated, token)) == 200
    visitor.log_in("/x")
    answer = told(federated, token)
    assert (status(answer), response(answer).json()["error_description"]) == (400, "replayed")
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW


@pytest.mark.parametrize(
    "claims",
    [
        {"events": {}},
        {"nonce": "n"},
        {"jti": None},
        {"aud": "another client"},
        {"exp": 1},
        {"sid": None},
        {"iat": None},
    ],
)
def test_bad_tokens_are_400_and_end_nothing(
    visitor: Visitor, federated: Bench, provider: OwnProvider, claims: dict[str, Any]
) -> None:
    visitor.log_in("/x")
    answer = told(federated, provider.logout_token(**claims))
    assert (status(answer), response(answer).json()["error"]) == (400, "invalid_request")
    noted = last_detail(federated, EventType.LOGIN_FAILED)
    assert noted == {"reason": response(answer).json()["error_description"], "source": "logout_token"}
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW


def test_an_id_token_logs_nobody_out(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    visitor.log_in("/x")
    assert status(told(federated, provider.id_token("n"))) == 400


def test_rubbish(federated: Bench, provider: OwnProvider) -> None:
    token = provider.logout_token()
    assert status(told(federated)) == status(told(federated, "x")) == status(told(federated, "")) == 400
    assert status(told(federated, token, token)) == 400
    assert status(told(federated, token[:-6])) == 400
    assert status(told(federated, "a" * 60_000)) == 400
    assert status(told(federated, provider.sign(aud=CLIENT, alg="none"))) == 400


def test_a_provider_whose_keys_cannot_be_had_is_asked_to_come_again(benches: Benches, provider: OwnProvider) -> None:
    bench = a_bench(benches, provider)
    provider.down.add("/jwks")
    assert status(told(bench, provider.logout_token())) == 503


def test_a_browser_on_another_site_logs_nobody_out(visitor: Visitor, federated: Bench, provider: OwnProvider) -> None:
    visitor.log_in("/x")
    form = {"logout_token": provider.logout_token()}
    flow = federated.post("backchannel-logout", form, headers={"Origin": "http://evil.example"})
    assert status(flow) == 403
    assert federated.kind(cookie=visitor.cookie) is Kind.ALLOW


def test_without_a_provider_there_is_no_such_page(bench: Bench) -> None:
    assert status(told(bench, "x")) == 404


# --- where people bring tokens


def bearing(**claims: Any) -> dict[str, str]:
    times = {"iat": START // SECOND, "exp": START // SECOND + 600}
    return {"Authorization": f"Bearer {mint(**{**times, **claims})}"}


def called_off(**claims: Any) -> str:
    times = {"iat": START // SECOND, "exp": START // SECOND + 120, "jti": claims.get("sid", "j")}
    return mint(headers={"typ": "logout+jwt"}, **{"events": {EVENT: {}}, "sid": None, "sub": None, **times, **claims})


@pytest.fixture
def tokens(benches: Benches, tmp_path: Path) -> Bench:
    key = tmp_path / "key.pem"
    key.write_bytes(pem(public_key()))
    about = {"jwt_audience": AUDIENCE, "jwt_issuer": ISSUER, "jwt_key_file": str(key), "jwt_algorithms": "RS256"}
    return benches(identity="bearer", **about)


def test_a_session_of_tokens_and_all_that_come_later(tokens: Bench) -> None:
    assert tokens.kind(headers=bearing()) is Kind.ALLOW
    assert status(told(tokens, called_off(sid="s1"))) == 200
    assert tokens.kind(headers=bearing()) is tokens.kind(headers=bearing(exp=START // SECOND + 900)) is Kind.REFUSED
    assert tokens.kind(headers=bearing(sid="s2")) is Kind.ALLOW


def test_a_session_that_was_called_off_before_its_first_token_came(tokens: Bench) -> None:
    assert status(told(tokens, called_off(sid="s9"))) == 200
    assert tokens.kind(headers=bearing(sid="s9")) is Kind.REFUSED
    assert tokens.kind(headers=bearing(sid="s9", exp=START // SECOND + 900)) is Kind.REFUSED


def test_all_sessions_of_a_person_who_brings_tokens(tokens: Bench) -> None:
    for sid in ("s1", "s2"):
        assert tokens.kind(headers=bearing(sid=sid)) is Kind.ALLOW
    assert tokens.kind(headers=bearing(sid="s3", sub="bob")) is Kind.ALLOW
    assert status(told(tokens, called_off(sub="alice"))) == 200
    assert [tokens.kind(headers=bearing(sid=sid)) for sid in ("s1", "s2")] == [Kind.REFUSED] * 2
    assert tokens.kind(headers=bearing(sid="s3", sub="bob")) is Kind.ALLOW


def test_issuers_that_have_no_name_log_nobody_out(bearer: Bench) -> None:
    assert status(told(bearer, called_off(sid="s1"))) == 404


def test_a_flood_of_bad_tokens_fills_neither_the_trail_nor_the_console(
    federated: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """A thousand are told in ten lines and then one for twice as many."""
    for _ in range(1000):
        assert status(told(federated, "a.b.c")) == 400
    lines = [each.getMessage() for each in caplog.records if "logout" in each.getMessage()]
    assert len(lines) == len([each for each in federated.trail() if each == "login.failed"]) < 20
    assert lines[0] == "a logout from the identity provider was refused: malformed"
    assert lines[-1].endswith(" times)")


def test_while_the_provider_is_down_a_flood_is_told_as_rarely(
    federated: Bench, provider: OwnProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.close()
    assert {status(told(federated, "a.b.c")) for _ in range(40)} == {503}
    lines = [each.getMessage() for each in caplog.records if "could not be verified" in each.getMessage()]
    assert len(lines) == 12
    assert last_detail(federated, EventType.LOGIN_FAILED)["reason"] == "keys"
