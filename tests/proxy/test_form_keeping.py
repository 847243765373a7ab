"""A form that meets an expired session is kept, the browser is told, and the person is led to it when they are back."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.proxy.bench import NAVIGATION, OWN, SCRIPT, Bench, a_flow, response
from tests.proxy.conftest import Benches
from tests.proxy.forms import BODY, PERSON, expired, mark, place, submit

from nightlatch.core.identity import Identity
from nightlatch.core.kept_form import KEPT_FOR, URLENCODED
from nightlatch.core.session import End
from nightlatch.identity.fingerprint import fingerprint, new_credential
from nightlatch.proxy.arrival import arrive
from nightlatch.proxy.held_uploads import DISCARDED
from nightlatch.proxy.newcomers import new_session

STEP_UP = '[[rule]]\nname = "order"\nmatch = { path = "/order" }\nrequire = { auth_age = "5m" }\n'


def told(bench: Bench, cookie: str, **about: Any) -> str:
    """What the login page is told of the form."""
    location = response(submit(bench, cookie=cookie, **about)).headers["Location"]
    return str(parse_qs(urlsplit(location).query).get("form", [""])[0])


def test_it_is_kept_as_it_was_and_the_browser_is_told(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(31)
    flow = submit(bench, cookie=cookie)
    assert response(flow).status_code == 303 and "form=kept" in response(flow).headers["Location"]
    line = response(flow).headers.get_all("set-cookie")[-1]
    assert line.startswith(f"{OWN}-form=") and line.endswith("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax")
    form = bench.service.kept.of(mark(flow).partition("=")[2], bench.wall)
    assert form is not None
    assert (form.body, form.target, form.subject) == (BODY, "/order?x=1", "ada")


def test_a_session_that_the_sweeper_ended_makes_no_difference(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(31)
    bench.sweep()
    assert told(bench, cookie) == "kept"


def test_a_session_that_ends_while_the_form_is_on_its_way(bench: Bench) -> None:
    headers = {**PERSON, "Content-Type": URLENCODED, "Content-Length": str(len(BODY))}
    flow = bench.begin(a_flow("/order", method="POST", cookie=bench.log_in(), headers=headers))
    assert flow.response is None
    bench.later(8 * 60)
    flow.request.timestamp_end = flow.request.timestamp_start + 5
    bench.body(flow, BODY)
    form = bench.service.kept.of(mark(flow).partition("=")[2], bench.wall)
    assert form is not None and (form.body, form.kept_at) == (BODY, bench.wall)


def test_a_step_up_loses_nothing_either(benches: Benches) -> None:
    bench = benches(STEP_UP)
    cookie = bench.log_in()
    bench.later(6)
    flow = submit(bench, cookie=cookie)
    assert mark(flow)
    page = bench.ask("/order?x=1", cookie=f"{cookie}; {mark(flow)}", headers=NAVIGATION)
    assert place(page) == "/.nightlatch/login", "not before the fresh login"


def test_what_is_not_kept_is_told_with_the_reason(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(31)
    assert told(bench, cookie, body=b"user=ada&password=hunter2") == "secret"
    assert told(bench, cookie, content_type="multipart/form-data; boundary=x") == "unreadable"
    assert told(bench, "") == "lost"
    assert not bench.service.kept


def test_a_larger_form_than_the_policy_allows(benches: Benches) -> None:
    bench = benches('[forms]\nlargest = "8B"\n')
    cookie = bench.log_in()
    bench.later(31)
    assert told(bench, cookie) == "large" and not bench.service.kept


def test_a_policy_that_keeps_nothing(benches: Benches) -> None:
    bench = benches("[forms]\nkeep = false\n")
    cookie = bench.log_in()
    bench.later(31)
    assert told(bench, cookie) == "lost" and not bench.service.kept


@pytest.mark.parametrize(
    "changes",
    [
        {"sec_fetch_mode": "cors"},
        {"content_type": "application/json"},
        {"origin": "https://evil.example", "sec_fetch_site": "cross-site"},
        {"origin": "", "sec_fetch_site": ""},
    ],
)
def test_scripts_and_other_sites_keep_nothing(bench: Bench, changes: dict[str, Any]) -> None:
    cookie = bench.log_in()
    bench.later(31)
    assert mark(submit(bench, cookie=cookie, **changes)) == "" and not bench.service.kept


def test_a_script_is_told_that_nothing_was_written(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(31)
    answer = response(submit(bench, "/api", b"{}", cookie=cookie, content_type="application/json", **_fetch()))
    assert answer.status_code == 401 and b"Nothing was written" in (answer.content or b"")


def _fetch() -> dict[str, str]:
    return {"sec_fetch_mode": SCRIPT["Sec-Fetch-Mode"]}


@pytest.mark.parametrize("reason", ["admin", "rotation_reuse", "logout"])
def test_a_session_that_was_ended_keeps_nothing(bench: Bench, reason: str) -> None:
    """A stolen credential may have sent it: nobody is asked to send a thief's form."""
    cookie = bench.log_in()
    bench.run(bench.guard.end(bench.session(), End(bench.wall, reason)))
    assert mark(submit(bench, cookie=cookie)) == "" and not bench.service.kept


def test_where_nobody_is_known_nothing_is_kept(application: Bench) -> None:
    """An application's own cookie tells no subject, so nobody could be kept from another's form."""
    application.visit(cookie="sid=abc")
    application.later(31)
    assert mark(submit(application, cookie="sid=abc")) == "" and not application.service.kept


def test_the_later_form_of_the_same_browser_takes_its_place(bench: Bench) -> None:
    """By then the browser has no credential any more, but it has the mark."""
    first = expired(bench)
    second = mark(submit(bench, "/order?x=2", cookie=first))
    assert second and second != first
    assert bench.service.kept.of(first.partition("=")[2], bench.wall) is None
    form = bench.service.kept.of(second.partition("=")[2], bench.wall)
    assert form is not None and (form.target, form.subject) == ("/order?x=2", "ada")


def test_the_person_who_is_back_is_led_to_it(bench: Bench) -> None:
    cookies = expired(bench)
    cookies = f"{bench.log_in(cookie=cookies)}; {cookies}"
    flow = bench.ask("/order?x=1", cookie=cookies, headers=NAVIGATION)
    assert response(flow).status_code == 303 and place(flow) == "/.nightlatch/form"
    assert bench.ask("/other", cookie=cookies, headers=NAVIGATION).response is None
    assert bench.ask("/order?x=1", cookie=cookies, headers=SCRIPT).response is None


def test_another_subject_never_hears_of_it(bench: Bench) -> None:
    cookies = expired(bench)
    cookies = f"{bench.log_in('bob', cookie=cookies)}; {cookies}"
    assert bench.ask("/order?x=1", cookie=cookies, headers=NAVIGATION).response is None


def test_a_login_that_leads_elsewhere_is_met_once(benches: Benches) -> None:
    bench = benches(login="redirect:https://idp.example/login")
    credential = bench.run(_session_for(bench, "ada"))
    bench.later(31)
    cookies = mark(submit(bench, cookie=f"{OWN}={credential}"))
    assert cookies
    cookies = f"{OWN}={bench.run(_session_for(bench, 'ada'))}; {cookies}"
    assert place(bench.ask("/home", cookie=cookies, headers=NAVIGATION)) == "/.nightlatch/form"
    assert bench.ask("/home", cookie=cookies, headers=NAVIGATION).response is None


async def _session_for(bench: Bench, user: str) -> str:
    """A credential that some login other than the dev login has issued."""
    arrival, fresh = arrive(bench.guard, a_flow()), new_credential()
    mark = fingerprint(bench.guard.key, arrival.site, "nightlatch", fresh)
    session = new_session(arrival, Identity("nightlatch", mark, user), arrival.now)
    await bench.guard.write(lambda writer: writer.create(session, mark, ()))
    return fresh


def test_it_is_swept_after_ten_minutes(bench: Bench) -> None:
    expired(bench)
    bench.later(us=KEPT_FOR)
    bench.run(bench.service.sweep())
    assert not bench.service.kept


def test_a_defect_in_keeping_does_not_keep_the_answer_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightlatch.proxy.form_keeping.read_form", lambda *_: 1 / 0)
    cookie = bench.log_in()
    bench.later(31)
    assert response(submit(bench, cookie=cookie)).status_code == 303


def test_the_mark_goes_to_no_application(bench: Bench) -> None:
    cookie = bench.log_in()
    flow = bench.ask(cookie=f"{cookie}; {OWN}-form=abc; theme=dark; __Host-nightlatch-form=x")
    assert flow.request.headers["cookie"] == "theme=dark"


def test_a_form_of_which_only_the_end_is_there_is_not_kept(bench: Bench) -> None:
    """The end of a form looks like a form."""
    headers = {**PERSON, "Content-Type": URLENCODED, "Content-Length": str(len(BODY))}
    cookie = bench.log_in()
    bench.later(31)
    flow = bench.begin(a_flow("/order", method="POST", cookie=cookie, headers=headers))
    flow.metadata[DISCARDED] = True
    bench.body(flow, BODY)
    assert mark(flow) == "" and not bench.service.kept
