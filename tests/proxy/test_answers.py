"""Answers put on a flow: marked as our own, never stored, without a body where none may be."""

import pytest
from tests.proxy.bench import a_flow, response

from nightlatch.core.respond import ResponseSpec
from nightlatch.proxy.answers import answer, is_own, refuse_bluntly, refuse_connect

SPEC = ResponseSpec(401, (("X-Why", "caf\xe9 \u2713"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), b"no")


def test_a_spec_becomes_the_answer() -> None:
    flow = a_flow()
    assert not is_own(flow)
    answer(flow, SPEC)
    assert is_own(flow)
    assert (response(flow).status_code, response(flow).content) == (401, b"no")
    assert response(flow).headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert (b"X-Why", b"caf\xe9 ?") in response(flow).headers.fields


def test_head_gets_no_body() -> None:
    flow = a_flow(method="HEAD")
    answer(flow, SPEC)
    assert response(flow).content == b""


@pytest.mark.parametrize(("refuse", "status"), [(refuse_connect, 501), (refuse_bluntly, 503)])
def test_blunt_refusals_are_our_own_and_not_stored(refuse: object, status: int) -> None:
    flow = a_flow()
    assert callable(refuse)
    refuse(flow)
    assert is_own(flow) and response(flow).status_code == status
    assert response(flow).headers["cache-control"] == "no-store"
    assert "nightlatch-verdict" in response(flow).headers


@pytest.mark.parametrize(("status", "phrase"), [(401, "Unauthorized"), (421, "Misdirected Request")])
def test_every_status_has_its_phrase(status: int, phrase: str) -> None:
    flow = a_flow()
    answer(flow, ResponseSpec(status, (), b""))
    assert response(flow).reason == phrase
