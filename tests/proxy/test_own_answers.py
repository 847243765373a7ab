"""Answers to what was not judged: never stored, always with a verdict, readable by whoever asked."""

import json

import pytest
from tests.proxy.bench import NAVIGATION, ORIGIN, OWN, SCRIPT, Bench, a_flow
from tests.proxy.conftest import Benches

from nightlatch.core.events import EventType
from nightlatch.core.respond import LoginKind, ResponseSpec
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.proxy.arrival import Arrival, arrive
from nightlatch.proxy.own_answers import (
    failure_answer,
    json_answer,
    loop_answer,
    own_set_cookie,
    page_answer,
    redirect_answer,
    refusal_answer,
    site_context,
    verdict_answer,
    warp_shown,
)

LOGIN = Verdict(Kind.LOGIN, "no_credential")


def arriving(bench: Bench, headers: dict[str, str] = NAVIGATION, cookie: str = "") -> Arrival:
    return arrive(bench.guard, a_flow("/page", headers=headers, cookie=cookie))


def field(spec: ResponseSpec, name: str) -> list[str]:
    return [value for each, value in spec.headers if each.lower() == name]


def test_every_one_is_never_stored_and_names_a_verdict(bench: Bench) -> None:
    arrival, flow = arriving(bench), a_flow()
    answers = [
        json_answer(arrival, 200, {}),
        page_answer(bench.service, arrival, 200, "logged_out", {}),
        loop_answer(bench.service, arrival, LOGIN, "d1"),
        redirect_answer(arrival, "/", "x"),
        refusal_answer(bench.service, arrival, 405, "no"),
        failure_answer(bench.service, flow, Verdict(Kind.ERROR, "ledger"), "gone"),
        failure_answer(None, flow, Verdict(Kind.ERROR, "ledger"), "gone"),
        verdict_answer(bench.service, arrival, LOGIN, "d1"),
    ]
    assert [field(each, "cache-control") for each in answers] == [["no-store"]] * len(answers)
    assert all(len(field(each, "nightlatch-verdict")) == 1 for each in answers)


def test_what_a_site_is(benches: Benches) -> None:
    bench = benches()
    site = site_context(bench.service, arriving(bench))
    assert (site.origin, site.login, site.login_url) == (ORIGIN, LoginKind.DEV, "/.nightlatch/login")
    assert (site.cookie_name, site.clock_offset) == (OWN, None)


@pytest.mark.parametrize(
    ("options", "cookie", "login"),
    [
        ({"identity": "cookie:sid"}, "sid", LoginKind.SELF),
        ({"identity": "cookie:sid", "login": "redirect:/in"}, "sid", LoginKind.REDIRECT),
        ({"login": "none"}, OWN, LoginKind.NONE),
    ],
)
def test_and_with_other_options(benches: Benches, options: dict[str, str], cookie: str, login: LoginKind) -> None:
    bench = benches(**options)
    site = site_context(bench.service, arriving(bench))
    assert (site.cookie_name, site.login) == (cookie, login)


def test_a_token_has_no_cookie(bearer: Bench) -> None:
    assert site_context(bearer.service, arriving(bearer)).cookie_name is None


def test_of_a_frozen_clock_what_was_advanced_is_shown(bench: Bench) -> None:
    assert warp_shown(arriving(bench)) is None
    bench.warp(31)
    assert warp_shown(arriving(bench)) == "+31m"
    with bench.elsewhere() as writer:
        warp = bench.guard.reader.warp()
        writer.warp(warp.freeze(bench.wall), bench.guard.event(EventType.CLOCK_WARPED, bench.wall))
    bench.later(7)
    assert warp_shown(arriving(bench)) == "+31m; frozen"


def test_a_redirect_brings_the_credential_as_its_cookie(bench: Bench) -> None:
    arrival = arriving(bench)
    spec = redirect_answer(arrival, "/next", "secret")
    assert (spec.status, field(spec, "location")) == (303, ["/next"])
    assert field(spec, "set-cookie") == [own_set_cookie(arrival, "secret")]
    assert own_set_cookie(arrival, "secret") == f"{OWN}=secret; Path=/; HttpOnly; SameSite=Lax"
    secure = own_set_cookie(arrival._replace(origin="https://a.example", cookie="__Host-nightlatch"), "secret")
    assert secure == "__Host-nightlatch=secret; Path=/; HttpOnly; SameSite=Lax; Secure"


@pytest.mark.parametrize("status", [400, 403, 404, 405, 411, 413, 421])
def test_refusals_for_people_and_for_scripts(bench: Bench, status: int) -> None:
    page = refusal_answer(bench.service, arriving(bench), status, "<b>because</b>")
    assert page.status == status and b"&lt;b&gt;because" in page.body
    problem = refusal_answer(bench.service, arriving(bench, SCRIPT), status, "because")
    document = json.loads(problem.body)
    assert field(problem, "content-type") == ["application/problem+json"]
    assert (document["status"], document["detail"]) == (status, "because") and document["title"]


@pytest.mark.parametrize("status", [404, 405])
def test_a_page_that_is_not_there_names_those_that_are(bench: Bench, status: int) -> None:
    page = refusal_answer(bench.service, arriving(bench), status, "There is no such page of nightlatch's.").body
    assert b'href="/.nightlatch/login"' in page and b'href="/.nightlatch/logout"' in page and b'href="/"' in page


@pytest.mark.parametrize(("status", "told"), [(400, True), (403, False), (404, False), (405, False), (413, False)])
def test_of_nothing_that_a_browser_may_send_it_is_said_that_browsers_do_not(
    bench: Bench, status: int, *, told: bool
) -> None:
    page = refusal_answer(bench.service, arriving(bench), status, "no").body
    assert (b"Browsers do not send this" in page) is (b"makes no sense" in page) is told


def test_a_login_page_that_the_site_has_not_is_not_named(benches: Benches) -> None:
    bare = benches(login="none")
    page = refusal_answer(bare.service, arriving(bare), 404, "no").body
    assert b"/.nightlatch/login" not in page and b"/.nightlatch/logout" in page


@pytest.mark.parametrize(
    ("headers", "cookie", "deleted"),
    [(NAVIGATION, f"{OWN}=x", True), (SCRIPT, f"{OWN}=x", False), (NAVIGATION, "", False)],
)
def test_a_cookie_is_deleted_where_it_was_brought_and_on_navigations_only(
    bench: Bench, headers: dict[str, str], cookie: str, deleted: bool
) -> None:
    arrival = arriving(bench, headers, cookie)
    spec = page_answer(bench.service, arrival, 200, "logged_out", {}, forget=True)
    assert bool(field(spec, "set-cookie")) is deleted
    assert field(page_answer(bench.service, arrival, 200, "logged_out", {}), "set-cookie") == []


def test_a_loop_is_explained_with_the_page_to_open(bench: Bench) -> None:
    spec = loop_answer(bench.service, arriving(bench, cookie=f"{OWN}=x"), LOGIN, "d1")
    assert spec.status == 401 and b"/page" in spec.body and field(spec, "www-authenticate")
    assert field(spec, "set-cookie")


def test_a_script_hears_which_option_adds_the_host(bench: Bench) -> None:
    problem = refusal_answer(bench.service, arriving(bench, SCRIPT), 421, "evil.example", "misdirected")
    assert "--host evil.example" in json.loads(problem.body)["detail"]


def test_where_nothing_was_decided_there_is_no_id_to_explain(bench: Bench) -> None:
    for spec in (json_answer(arriving(bench), 200, {}), refusal_answer(bench.service, arriving(bench), 400, "why")):
        assert "id=" not in field(spec, "nightlatch-verdict")[0]
