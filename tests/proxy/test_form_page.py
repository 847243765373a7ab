"""The question whether to send a kept form: asked of its person only, and everything in it is shown."""

from typing import Any

from tests.proxy.bench import NAVIGATION, ORIGIN, Bench, response
from tests.proxy.forms import action, expired, mark, place, question, submit

HOSTILE = b"%3Cscript%3Ealert(1)%3C%2Fscript%3E=%22%3E%3Cimg+src%3Dx%3E"


def back(bench: Bench, user: str = "ada", **about: Any) -> str:
    """The cookies of somebody whose form was kept, and who has logged in again as `user`."""
    cookies = expired(bench, **about)
    return f"{bench.log_in(user, cookie=cookies)}; {cookies}"


def test_it_tells_where_it_goes_and_what_is_in_it(bench: Bench) -> None:
    page = question(bench, back(bench))
    assert f"{ORIGIN}/order?x=1" in page and "10 more minutes" in page
    for shown in ("<dt>tag</dt>", "<dd>a</dd>", "<dd>b</dd>", "<dd>one\r\ntwo</dd>", "<dd></dd>"):
        assert shown in page
    assert action(page).startswith("/order?x=1&nightlatch-kept=")


def test_what_was_typed_is_text(bench: Bench) -> None:
    page = question(bench, back(bench, body=HOSTILE))
    assert "&lt;script&gt;" in page and "<script" not in page and "<img" not in page


def test_long_values_are_cut_on_the_page_only(bench: Bench) -> None:
    page = question(bench, back(bench, body=b"note=" + b"x" * 5000))
    assert "x" * 2000 + "…" in page and "x" * 2001 not in page


def test_its_answer_may_lead_abroad_and_nothing_else_may(bench: Bench) -> None:
    flow = bench.ask("/.nightlatch/form", cookie=back(bench), headers=NAVIGATION)
    policy = response(flow).headers["Content-Security-Policy"]
    assert "form-action http: https:" in policy and "default-src 'none'" in policy
    assert response(flow).headers["Cache-Control"] == "no-store"


def test_for_others_there_is_nothing(bench: Bench) -> None:
    theirs = expired(bench)
    nobody = bench.ask("/.nightlatch/form", cookie=theirs, headers=NAVIGATION)
    bob = bench.ask("/.nightlatch/form", cookie=f"{bench.log_in('bob')}; {theirs}", headers=NAVIGATION)
    ada_elsewhere = bench.ask("/.nightlatch/form", cookie=bench.log_in(), headers=NAVIGATION)
    for flow in (nobody, bob, ada_elsewhere):
        assert response(flow).status_code == 404 and b"one" not in (response(flow).content or b"").replace(b"none", b"")


def test_discarding_it_leads_back_to_where_it_was_typed(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(31)
    kept = mark(submit(bench, cookie=cookie, referer=f"{ORIGIN}/new?draft=1"))
    cookies = f"{bench.log_in()}; {kept}"
    flow = bench.post("form", cookie=cookies)
    assert response(flow).headers["Location"] == "/new?draft=1" and not bench.service.kept
    assert bench.ask("/order?x=1", cookie=cookies, headers=NAVIGATION).response is None


def test_nobody_else_discards_it(bench: Bench) -> None:
    theirs = expired(bench)
    assert place(bench.post("form", cookie=f"{bench.log_in('bob')}; {theirs}")) == "/"
    assert response(bench.post("form", cookie=theirs, headers={"Origin": "https://evil.example"})).status_code == 403
    assert bench.service.kept


def test_somebody_elses_logout_does_not_forget_it(bench: Bench) -> None:
    theirs = expired(bench)
    bench.post("logout", cookie=f"{bench.log_in('bob')}; {theirs}")
    assert bench.service.kept


def test_a_logout_forgets_it(bench: Bench) -> None:
    bench.post("logout", cookie=back(bench))
    assert not bench.service.kept
