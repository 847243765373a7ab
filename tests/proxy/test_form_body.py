"""Our own forms are small: a body that is none of them has no fields, and breaks nothing."""

import pytest
from tests.proxy.bench import Bench, a_flow, response

from nightlatch.proxy.form_body import form_of


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"user=ada&return_to=%2Fa", {"user": ["ada"], "return_to": ["/a"]}),
        (b"user=ada&user=bob", {"user": ["ada", "bob"]}),
        (b"user=%ff", {"user": ["\ufffd"]}),
        (b"", {}),
        (b"&" * 30, {}),
        (b"user=ada" + b"&x=1" * 20, {}),
    ],
)
def test_a_body_gives_its_fields(body: bytes, fields: dict[str, list[str]]) -> None:
    flow = a_flow(method="POST")
    flow.request.raw_content = body
    assert form_of(flow) == fields


@pytest.mark.parametrize(("page", "status"), [("login", 401), ("logout", 200), ("backchannel-logout", 404)])
def test_a_form_with_too_many_fields_is_answered_like_an_empty_one(bench: Bench, page: str, status: int) -> None:
    flow = bench.post(page, {f"field{number}": "x" for number in range(30)})
    assert response(flow).status_code == status
