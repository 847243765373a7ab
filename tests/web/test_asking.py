import pytest
from tests.web.desk import Desk

from nightlatch.web.asking import Ask


@pytest.mark.parametrize(
    ("headers", "by"),
    [
        ({}, "control: unknown"),
        ({"User-Agent": "curl/8"}, "control: curl/8"),
        ({"User-Agent": "curl/8", "Nightlatch-By": "dashboard"}, "control: dashboard"),
        ({"Nightlatch-By": "x" * 100}, "control: " + "x" * 60),
        ({"Nightlatch-By": "\x1b[2J"}, "control: unknown"),
    ],
)
def test_who_asks(desk: Desk, headers: dict[str, str], by: str) -> None:
    assert Ask(desk.control._serving.control, desk.control._serving.ledger, headers=headers).by == by
