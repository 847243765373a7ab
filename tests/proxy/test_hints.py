"""What the console tells a developer in the first minutes: each thing once, with the line to add."""

import logging

import pytest

from nightlatch.proxy.hints import Hints


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING)
    return caplog


def test_a_cookie_that_behaves_like_a_session_is_pointed_out_once(said: pytest.LogCaptureFixture) -> None:
    hints = Hints()
    for _ in range(2):
        hints.session_cookie(["theme=dark", "PHPSESSID=0123456789abcdef; HttpOnly"])
    (record,) = said.records
    assert "--identity cookie:PHPSESSID" in record.getMessage()
    assert "0123456789abcdef" not in record.getMessage()


def test_ordinary_cookies_are_not(said: pytest.LogCaptureFixture) -> None:
    Hints().session_cookie(["theme=dark", "csrftoken=0123456789abcdef", "PHPSESSID=; Max-Age=0", ""])
    assert said.records == []


def test_a_loop_is_explained_once_a_path(said: pytest.LogCaptureFixture) -> None:
    hints = Hints()
    for path in ("/login", "/login", "/sso"):
        hints.login_loop(path)
    assert ["--public '/login'" in each for each in said.messages] == [True, False]
    assert "--public '/sso'" in said.messages[1]
