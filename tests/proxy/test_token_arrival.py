"""A token is verified before the ledger is asked, and what it asks depends on whether the guard has met it."""

from typing import NoReturn

import pytest
from tests.identity.minting import mint
from tests.proxy.bench import START, Bench, a_flow, the

from nightlatch.core.identity import Anonymous, Unreadable
from nightlatch.core.policy import SECOND
from nightlatch.identity.tokens import KeyWanted, Known, TokenVerifier
from nightlatch.proxy.arrival import arrive
from nightlatch.proxy.token_arrival import Looked, claimed, look_for
from nightlatch.proxy.view import view


def bearing(**claims: object) -> dict[str, str]:
    told = {"iat": START // SECOND, "exp": START // SECOND + 3000, **claims}
    return {"Authorization": f"Bearer {mint(**told)}"}  # type: ignore[arg-type] # claims of any kind


def test_nobody_is_looked_for_whose_token_is_no_good(bearer: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for question in ("look", "look_for_token", "find"):
        monkeypatch.setattr(type(bearer.guard.reader), question, _never)
    for headers, identity in (
        ({}, Anonymous()),
        ({"Authorization": "Bearer x.y"}, Unreadable("malformed")),
        (bearing(aud="others"), Unreadable("audience")),
    ):
        arrival = arrive(bearer.guard, a_flow(headers=headers))
        assert arrival.identity == identity and arrival.now == START and not arrival.looked


def test_a_key_that_is_wanted_is_fetched_before_the_ledger_is_asked(
    bearer: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wants(*_: object) -> NoReturn:
        raise KeyWanted("k1")

    monkeypatch.setattr(TokenVerifier, "claims", wants)
    for question in ("look", "look_for_token", "find", "warp"):
        monkeypatch.setattr(type(bearer.guard.reader), question, _never)
    with pytest.raises(KeyWanted):
        arrive(bearer.guard, a_flow(headers=bearing()))


def test_whether_it_is_written_down_is_told_with_its_session(bearer: Bench) -> None:
    first, second = bearing(), bearing(jti="2")
    session = the(bearer.visit(headers=first)).session
    assert session is not None
    bearer.guard._tokens.clear()
    looked = [_looked(bearer, headers) for headers in (first, first, second)]
    assert [each.unwritten for each in looked] == [False, False, True]
    for each in looked:
        found = next(iter(each.seen.values()))
        assert found is not None and found.session.id == session.id


def _looked(bench: Bench, headers: dict[str, str]) -> Looked:
    token = claimed(bench.guard, view(a_flow(headers=headers)), "http://127.0.0.1:3000", "nightlatch-8080")
    assert isinstance(token, Known)
    return look_for(bench.guard, token)


def _never(*_: object) -> NoReturn:
    raise AssertionError("the ledger was asked")
