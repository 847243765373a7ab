"""The dev login: a new credential always, the same session only where its own person freshly authenticates."""

import pytest
from mitmproxy import http
from tests.proxy.bench import NAVIGATION, OWN, Bench, a_flow, cookie_of, response, the
from tests.proxy.conftest import Benches
from tests.proxy.forms import expired

from nightlatch.core.session import State
from nightlatch.core.verdict import Kind
from nightlatch.proxy.dev_login import believable, known_user, page_fields
from nightlatch.proxy.settings_login import DevUser

STEP_UP = """
[session]
idle = "30m"
absolute = "8h"
[[rule]]
name = "pay"
match = { path = "/pay" }
require = { auth_age = "5m" }
"""


def again(bench: Bench, cookie: str, user: str = "ada") -> str:
    return cookie_of(bench.post("login", {"user": user, "reauthenticate": "1"}, cookie=cookie))


def test_a_login_starts_a_session_on_disk(benches: Benches) -> None:
    bench = benches(dev_user="ada:admins,ops bob")
    cookie = bench.log_in()
    session = bench.session()
    assert (session.subject, session.groups, session.amr) == ("ada", ("admins", "ops"), ("dev",))
    assert session.authenticated_at == session.started_at == bench.wall
    assert bench.trail() == ["login.succeeded", "session.created"]
    assert bench.kind(cookie=cookie) is Kind.ALLOW


def test_whatever_a_client_brings_does_not_become_its_credential(bench: Bench) -> None:
    cookie = bench.log_in(cookie=f"{OWN}=chosen-by-somebody")
    assert "chosen" not in cookie
    assert bench.kind(cookie=f"{OWN}=chosen-by-somebody") is Kind.INVALID


def test_a_plain_login_ends_the_session_of_before(bench: Bench) -> None:
    old = bench.log_in()
    first = bench.session()
    bench.later(1)
    fresh = bench.log_in(cookie=old)
    assert bench.kind(cookie=old) is Kind.REFUSED and bench.kind(cookie=fresh) is Kind.ALLOW
    ended = bench.guard.reader.session(first.id)
    assert ended is not None and ended.end is not None and ended.end.reason == "logout"


def test_a_step_up_keeps_the_session_and_its_absolute(benches: Benches) -> None:
    bench = benches(STEP_UP)
    old = bench.log_in()
    before = bench.session()
    bench.later(10)
    assert bench.kind("/pay", cookie=old) is Kind.STEP_UP
    fresh = again(bench, old)
    assert fresh != old and bench.kind("/pay", cookie=fresh) is Kind.ALLOW
    after = bench.session()
    assert (after.id, after.authenticated_at) == (before.id, before.authenticated_at)
    assert after.reauthenticated_at == bench.wall
    assert bench.trail()[-2:] == ["login.succeeded", "step_up.satisfied"]


def test_somebody_else_does_not_take_the_session_over(bench: Bench) -> None:
    old = bench.log_in("ada")
    bench.later(1)
    again(bench, old, "bob")
    sessions = {session.subject: session.state for session in bench.guard.reader.sessions()}
    assert sessions == {"ada": State.ENDED, "bob": State.ACTIVE}


@pytest.mark.parametrize("minutes", [30, 31, 8 * 60])
def test_what_ran_out_is_not_brought_back(bench: Bench, minutes: int) -> None:
    """Not even before the sweeper has been there."""
    old = bench.log_in()
    before = bench.session()
    bench.later(minutes)
    fresh = again(bench, old)
    assert bench.session(bench.visit(cookie=fresh)).id != before.id
    assert bench.sweep() == 1
    ended = bench.guard.reader.session(before.id)
    assert ended is not None and ended.state is State.EXPIRED and ended.reauthenticated_at is None


def test_a_session_that_ended_meanwhile_makes_room_for_a_new_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    old = bench.log_in()
    before = bench.session()

    async def lost(*_: object) -> bool:
        return False

    monkeypatch.setattr("nightlatch.proxy.establish._go_on", lost)
    assert bench.session(bench.visit(cookie=again(bench, old))).id != before.id


def test_anybody_with_a_sane_name_where_nobody_is_configured(benches: Benches) -> None:
    guard = benches().guard
    assert known_user(guard, "bob") == DevUser("bob", ("admins",))
    assert known_user(guard, "zo\xeb") == DevUser("zo\xeb")
    assert [known_user(guard, name) for name in ("", "a b", "x" * 129, "\x1b[2J")] == [None] * 4
    configured = benches(dev_user="ada").guard
    assert known_user(configured, "ada") == DevUser("ada") and known_user(configured, "bob") is None


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({}, ""),
        ({"verdict": ["expired"], "clock": ["idle"], "limit": ["900"], "elapsed": ["1312"]}, "idle"),
        ({"verdict": ["expired"], "clock": ["sundial"], "limit": ["900"], "elapsed": ["1"]}, ""),
        ({"verdict": ["expired"], "clock": ["idle"], "limit": ["<b>"], "elapsed": ["1"]}, ""),
        ({"verdict": ["grand"]}, ""),
    ],
)
def test_the_page_says_why_one_is_here(bench: Bench, asked: dict[str, list[str]], why: str) -> None:
    shown = page_fields(bench.guard, asked, "/")["why"]
    assert isinstance(shown, str) and (why in shown if why else shown == "")


def test_whoever_is_asked_to_authenticate_again_does_so(bench: Bench) -> None:
    assert page_fields(bench.guard, {"max_age": ["300"]}, "/")["reauthenticate"] is True
    assert page_fields(bench.guard, {}, "/")["reauthenticate"] is False


def test_the_application_learns_who_it_is(benches: Benches) -> None:
    bench = benches(dev_user="ada:admins")
    flow: http.HTTPFlow = bench.enter(a_flow(cookie=bench.log_in(), headers={"X-Forwarded-User": "root"}))
    assert the(flow).verdict.passes and flow.response is None
    assert flow.request.headers.get_all("x-forwarded-user") == ["ada"]
    assert flow.request.headers.get_all("x-forwarded-groups") == ["admins"]


def test_the_cookie_is_secure_where_the_site_is(bench: Bench) -> None:
    flow = a_flow("/.nightlatch/login", method="POST", headers={"Content-Length": "8"})
    flow.client_conn.timestamp_tls_setup = 1.0
    line = response(bench.enter(flow, b"user=ada")).headers["set-cookie"]
    assert line.startswith("__Host-nightlatch=") and line.endswith("; Secure")


def test_a_login_on_the_way_back_to_a_page_that_asks_for_more_is_a_step_up(benches: Benches) -> None:
    bench = benches(STEP_UP)
    old = bench.log_in()
    before = bench.session()
    bench.later(10)
    fresh = cookie_of(bench.post("login", {"user": "ada", "return_to": "/pay?x=1"}, cookie=old))
    assert bench.kind("/pay", cookie=fresh) is Kind.ALLOW
    assert bench.session().id == before.id and bench.session().reauthenticated_at == bench.wall


def test_what_was_under_way_during_a_step_up_ends_nothing_within_the_grace(benches: Benches) -> None:
    bench = benches(STEP_UP)
    old = bench.log_in()
    bench.later(10)
    fresh = again(bench, old)
    assert bench.kind(cookie=old) is Kind.ALLOW
    bench.later(us=10_000_000)
    assert bench.kind(cookie=old) is Kind.REFUSED and bench.kind(cookie=fresh) is Kind.REFUSED


SECOND = '[[rule]]\nname = "vault"\nmatch = { path = "/vault" }\nrequire = { amr = ["mfa"] }\n'


def test_a_second_factor_is_asked_for_where_it_is_needed(benches: Benches) -> None:
    bench = benches(SECOND, dev_second_factor="000000")
    cookie = bench.log_in()
    before = bench.session()
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    flow = bench.visit("/vault", cookie=cookie, headers=NAVIGATION)
    login = response(flow).headers["location"]
    page = response(bench.visit(login, cookie=cookie)).text or ""
    assert 'name="code" required' in page and "000000" in page
    form = {"user": "ada", "return_to": "/vault", "code": "000000"}
    fresh = cookie_of(bench.post("login", form, cookie=cookie))
    assert bench.kind("/vault", cookie=fresh) is Kind.ALLOW
    assert (bench.session().id, bench.session().amr) == (before.id, ("dev", "otp", "mfa"))


@pytest.mark.parametrize("code", ["000001", "0", "0000000", "\u0660"])
def test_a_wrong_code_lets_nobody_in(benches: Benches, code: str) -> None:
    bench = benches(dev_second_factor="000000")
    flow = bench.post("login", {"user": "ada", "code": code})
    assert response(flow).status_code == 401 and "not the code" in str(response(flow).text)
    assert bench.trail() == ["login.failed"]


def test_a_code_that_nobody_asked_for_is_wrong(bench: Bench) -> None:
    assert response(bench.post("login", {"user": "ada", "code": "000000"})).status_code == 401
    assert "Second factor" not in str(response(bench.visit("/.nightlatch/login")).text)


@pytest.mark.parametrize(
    ("form", "elsewhere", "kept", "told"),
    [
        ("kept", False, True, True),
        ("kept", False, False, False),
        ("kept", True, True, False),
        ("large", False, True, True),
        ("secret", False, False, True),
        ("secret", True, False, False),
        ("won", False, False, False),
    ],
)
def test_a_link_does_not_tell_what_became_of_a_form(form: str, *, elsewhere: bool, kept: bool, told: bool) -> None:
    assert ("form" in believable({"form": [form]}, by_link=elsewhere, kept=kept)) is told


def test_a_link_from_elsewhere_tells_no_reasons_but_clocks(bench: Bench) -> None:
    asked = "/.nightlatch/login?verdict=refused&reason=admin"
    for site, told in (("none", True), ("same-origin", True), ("cross-site", False), ("same-site", False)):
        page = str(response(bench.ask(asked, headers={**NAVIGATION, "Sec-Fetch-Site": site})).text)
        assert ("by an administrator" in page) is told and ("The session has ended." in page) is not told
    clock = "/.nightlatch/login?verdict=expired&clock=idle&limit=1800&elapsed=1860"
    page = str(response(bench.ask(clock, headers={**NAVIGATION, "Sec-Fetch-Site": "cross-site"})).text)
    assert "idle for 31 minutes" in page


def test_a_form_is_said_to_be_kept_where_it_is(bench: Bench) -> None:
    mark = expired(bench)
    address = "/.nightlatch/login?form=kept"
    assert "kept for ten minutes" in str(response(bench.ask(address, cookie=mark)).text)
    assert "kept for ten minutes" not in str(response(bench.ask(address)).text)


def test_a_name_that_nobody_has_is_shown_harmless(benches: Benches) -> None:
    bench = benches(dev_user="ada")
    page = str(response(bench.post("login", {"user": "\u202eada" + 500 * "x"})).text)
    assert "\u202e" not in page and "?ada" in page and 129 * "x" not in page


def test_the_page_says_who_one_is(bench: Bench) -> None:
    cookie = bench.log_in("ada")
    page = str(response(bench.ask("/.nightlatch/login", cookie=cookie)).text)
    assert "logged in as <code>ada</code>" in page
    assert "logged in as" not in str(response(bench.ask("/.nightlatch/login")).text)


def test_a_login_that_is_only_too_old_is_asked_for_the_second_factor_again(benches: Benches) -> None:
    bench = benches(SECOND.replace("] }\n", '], auth_age = "5m" }\n'), dev_second_factor="000000")
    cookie = cookie_of(bench.post("login", {"user": "ada", "return_to": "/vault", "code": "000000"}))
    assert bench.kind("/vault", cookie=cookie) is Kind.ALLOW
    bench.later(10)
    login = response(bench.visit("/vault", cookie=cookie, headers=NAVIGATION)).headers["location"]
    page = str(response(bench.visit(login, cookie=cookie)).text)
    assert 'name="code" required' in page and "if you like" not in page

    form = {"user": "ada", "return_to": "/vault", "reauthenticate": "1"}
    refused = response(bench.post("login", form, cookie=cookie))
    assert refused.status_code == 401 and "needs a second factor" in str(refused.text)
    assert 'name="code" required' in str(refused.text) and bench.session().amr == ("dev", "otp", "mfa")
    fresh = cookie_of(bench.post("login", form | {"code": "000000"}, cookie=cookie))
    assert bench.kind("/vault", cookie=fresh) is Kind.ALLOW


def test_what_may_be_typed_for_a_name_is_said(bench: Bench) -> None:
    assert 'title="A name without spaces' in str(response(bench.ask("/.nightlatch/login")).text)
