"""What the console tells a developer in the first minutes: each thing once, with the line to add."""

import logging

import pytest

from nightlatch.proxy.hints import MOST, Hints


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
    assert [each.endswith("--public /login") for each in said.messages] == [True, False]
    assert said.messages[1].endswith("--public /sso")


def test_what_is_to_be_pasted_is_one_word_and_steers_no_terminal(said: pytest.LogCaptureFixture) -> None:
    """Anybody can ask for a path, and an application is not always a friend."""
    hints = Hints()
    hints.login_loop("/x';touch owned;'\x1b]0;title\x07\n")
    hints.session_cookie(["SID;$(touch owned)=0123456789abcdef; HttpOnly", "S`id`=0123456789abcdef; HttpOnly"])
    assert said.messages[0].endswith(r"""--public '/x'"'"';touch owned;'"'"'?]0;title??'""")
    assert all("--identity 'cookie:S`id`'" in each for each in said.messages[1:])


def test_nobody_fills_the_memory_or_the_log_by_inventing_paths(said: pytest.LogCaptureFixture) -> None:
    hints = Hints()
    for number in range(1000):
        hints.login_loop(f"/{number}")
    assert len(said.messages) == MOST
