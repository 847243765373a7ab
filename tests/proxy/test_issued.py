"""The application's own cookie: what its Set-Cookie makes of sessions (law of trust 4)."""

import logging

import pytest
from tests.proxy.bench import NAVIGATION, Bench, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.policy import MINUTE
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind
from nightlatch.ledger.port import LedgerError

OLD, NEW = ("Set-Cookie", "sid=old; Path=/; HttpOnly"), ("Set-Cookie", "sid=new; Path=/; HttpOnly")
DELETED = ("Set-Cookie", "sid=; Path=/; Max-Age=0")


def logged_in(bench: Bench) -> None:
    """The application issues `sid=old` to somebody who logs in."""
    bench.visit("/login", OLD, method="POST")


@pytest.mark.parametrize(
    ("adopt", "before", "after"),
    [
        ("until-issued", Kind.ALLOW, Kind.LOGIN),
        ("any", Kind.ALLOW, Kind.ALLOW),
        ("issued", Kind.LOGIN, Kind.LOGIN),
    ],
)
def test_which_unknown_values_become_sessions(benches: Benches, adopt: str, before: Kind, after: Kind) -> None:
    bench = benches(identity="cookie:sid", login="redirect:/login", adopt=adopt)
    assert bench.kind(cookie="sid=invented") is before
    logged_in(bench)
    assert bench.kind(cookie="sid=invented-too") is after
    assert bench.kind(cookie="sid=old") is Kind.ALLOW


def test_that_the_application_issues_it_is_remembered_on_the_ledger(benches: Benches) -> None:
    logged_in(benches(identity="cookie:sid", login="redirect:/login"))
    again = benches(identity="cookie:sid", login="redirect:/login")
    assert again.kind(cookie="sid=invented") is Kind.LOGIN
    assert again.kind(cookie="sid=old") is Kind.ALLOW


def test_adoption_and_issue_are_told_apart(application: Bench) -> None:
    application.visit(cookie="sid=found")
    logged_in(application)
    assert application.trail() == ["session.adopted", "session.created"]


def test_a_new_value_for_a_live_session_is_a_rotation(application: Bench) -> None:
    logged_in(application)
    application.later(10)
    flow = application.visit("/", NEW, cookie="sid=old")
    assert response(flow).headers["set-cookie"] == NEW[1]
    later = the(application.visit(cookie="sid=new")).session
    assert later is not None and later.id == application.session(flow).id
    assert later.authenticated_at == application.wall - 10 * MINUTE
    assert application.trail()[-1] == "session.rotated"


def test_a_rotation_on_a_public_page_moves_absolute_no_more_than_elsewhere(benches: Benches) -> None:
    bench = benches(identity="cookie:sid", login="redirect:/login", public="/news")
    logged_in(bench)
    session = bench.session()
    bench.later(10)
    assert the(bench.visit("/news", NEW, cookie="sid=old")).verdict.kind is Kind.PUBLIC
    assert [each.id for each in bench.guard.reader.sessions()] == [session.id]
    assert bench.session(bench.visit(cookie="sid=new")).authenticated_at == session.authenticated_at


def test_a_login_is_a_new_session_and_ends_the_old_one(application: Bench) -> None:
    logged_in(application)
    old = application.session()
    application.later(10)
    application.visit("/login", NEW, method="POST", cookie="sid=old")
    fresh = application.session(application.visit(cookie="sid=new"))
    assert fresh.id != old.id and fresh.authenticated_at == application.wall
    assert application.kind(cookie="sid=old") is Kind.REFUSED
    ended = application.guard.reader.session(old.id)
    assert ended is not None and ended.end is not None and ended.end.reason == "logout"


def test_a_deletion_is_a_logout(application: Bench) -> None:
    logged_in(application)
    flow = application.visit("/logout", DELETED, cookie="sid=old")
    assert response(flow).headers["set-cookie"] == DELETED[1]
    assert application.session().end == (application.wall, "logout", None, None, None, None, None)
    assert application.kind(cookie="sid=old") is Kind.REFUSED


def test_an_answer_to_a_session_that_ended_meanwhile_brings_no_cookie(application: Bench) -> None:
    logged_in(application)
    flow = application.ask(cookie="sid=old")
    application.revoke(application.session(flow))
    application.answer(flow, 200, NEW, ("Set-Cookie", "theme=dark"))
    assert response(flow).headers.get_all("set-cookie") == ["theme=dark"]
    assert application.kind(cookie="sid=new") is Kind.LOGIN


def test_an_ended_value_that_is_issued_again_is_removed_and_told(
    application: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    logged_in(application)
    application.visit("/logout", DELETED, cookie="sid=old")
    with caplog.at_level(logging.WARNING):
        flow = application.visit("/login", OLD, method="POST")
    assert response(flow).headers.get_all("set-cookie") == []
    assert application.kind(cookie="sid=old") is Kind.REFUSED
    assert "session fixation" in caplog.text and "--allow-reissue" in caplog.text
    assert "session.reused_after_end" in application.trail()


def test_unless_that_is_allowed(benches: Benches) -> None:
    bench = benches(identity="cookie:sid", login="redirect:/login", allow_reissue="on")
    logged_in(bench)
    old = bench.session()
    bench.visit("/logout", DELETED, cookie="sid=old")
    assert response(bench.visit("/login", OLD, method="POST")).headers["set-cookie"] == OLD[1]
    fresh = bench.session(bench.visit(cookie="sid=old"))
    assert fresh.id != old.id and fresh.state is State.ACTIVE


def test_the_same_value_issued_again_and_again_is_no_event(application: Bench) -> None:
    logged_in(application)
    before = application.trail()
    assert response(application.visit("/", OLD, cookie="sid=old")).headers["set-cookie"] == OLD[1]
    assert application.trail() == before


def test_a_session_is_on_disk_before_the_client_has_its_cookie(
    application: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = application.ask("/login", method="POST")

    async def failing(*_: object) -> bool:
        raise LedgerError("the disk is full")

    monkeypatch.setattr("nightlatch.proxy.issued._begin", failing)
    application.answer(flow, 200, OLD)
    assert response(flow).status_code == 503 and "set-cookie" not in response(flow).headers


def test_other_cookies_are_none_of_its_business(application: Bench) -> None:
    flow = application.visit("/login", ("Set-Cookie", "theme=dark"), ("Set-Cookie", "SID=x"), method="POST")
    assert response(flow).headers.get_all("set-cookie") == ["theme=dark", "SID=x"]
    assert list(application.guard.reader.sessions()) == []


@pytest.mark.parametrize("name", ["sid", "sid*"])
def test_an_expired_cookie_is_deleted_where_it_was_seen_to_live(benches: Benches, name: str) -> None:
    bench = benches(identity=f"cookie:{name}", login="redirect:/login")
    bench.visit("/login", ("Set-Cookie", "sid=old; Path=/app"), method="POST")
    bench.later(31)
    answer = response(bench.ask(cookie="sid=old", headers=NAVIGATION))
    assert "Path=/app; Max-Age=0" in answer.headers["set-cookie"]


def test_a_cookie_in_chunks_is_one_session(benches: Benches) -> None:
    bench = benches(identity="cookie:sid*", login="redirect:/login")
    bench.visit("/login", ("Set-Cookie", "sid.0=ab"), ("Set-Cookie", "sid.1=cd"), method="POST")
    assert bench.kind(cookie="sid.0=ab; sid.1=cd") is Kind.ALLOW
    assert bench.kind(cookie="sid.0=ab; sid.1=xx") is Kind.LOGIN
