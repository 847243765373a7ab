"""An application that hangs, resets, talks nonsense or never stops: everybody gets an answer that says so, in a form
they can use, nothing is taken for whole that is not, and the guard goes on."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e import processes
from tests.e2e.bad_upstream import BAD_GATEWAY, CUT_SHORT, GOOD, HANGS, BadUpstream
from tests.e2e.client import Browser, Line, compose
from tests.e2e.processes import Guard
from tests.e2e.waiting import until

MEGABYTE = 1024 * 1024


class Site:
    """A guard before a bad application, and somebody who is logged in."""

    def __init__(self, guard: Guard, upstream: BadUpstream) -> None:
        self.guard, self.upstream = guard, upstream
        self.visitor = Browser(guard.url).login()

    def ask(self, name: str) -> Line:
        """A request whose answer is not waited for."""
        cookie = "; ".join(f"{key}={value}" for key, value in self.visitor.cookies.items())
        line = Line(self.guard.url)
        line.send(compose("GET", f"/{name}", [("Host", self.visitor.host), ("Cookie", cookie)]))
        return line

    @property
    def memory(self) -> int:
        """Bytes that the guard has in memory."""
        status = Path(f"/proc/{self.guard.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024


@pytest.fixture(scope="module", params=["own", "stock"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    start = processes.run if request.param == "own" else processes.stock
    upstream = BadUpstream()
    guard = start(tmp_path_factory.mktemp("bad"), upstream.url)
    yield Site(guard, upstream)
    guard.kill()
    upstream.close()


@pytest.fixture(autouse=True)
def _goes_on(site: Site) -> Iterator[None]:
    """Whatever happens, the next request is answered, and nothing crashed."""
    yield
    assert site.visitor.fetch("/next").body == b"fine"
    assert "Traceback" not in site.guard.log and "has crashed" not in site.guard.log, site.guard.log


@pytest.mark.parametrize("name", BAD_GATEWAY)
def test_what_is_no_answer_is_a_502_that_its_client_can_use(site: Site, name: str) -> None:
    before = site.memory
    script, page = site.visitor.fetch(f"/{name}"), site.visitor.navigate(f"/{name}")
    assert (script.status, script.verdict) == (502, "error"), script
    assert "cannot be reached" in json.loads(script.body)["detail"]
    assert (page.status, page.text[:9]) == (502, "<!doctype") and site.upstream.url in page.text
    assert site.memory - before < 40 * MEGABYTE


@pytest.mark.parametrize("name", CUT_SHORT)
def test_an_answer_that_breaks_off_is_not_taken_for_whole(site: Site, name: str) -> None:
    before = site.memory
    answer = site.visitor.fetch(f"/{name}")
    assert answer.status in (0, 502), answer
    assert site.memory - before < 40 * MEGABYTE


@pytest.mark.parametrize("name", GOOD)
def test_what_can_be_understood_is_passed_on(site: Site, name: str) -> None:
    answer = site.visitor.fetch(f"/{name}")
    assert (answer.status, answer.body) == (200, b"hello")
    assert not answer.values("Set-Cookie") and not {"\r", "\n", "\x00"} & set("".join(map("".join, answer.headers)))


@pytest.mark.parametrize("name", HANGS)
def test_one_that_hangs_holds_up_nobody_and_is_let_go_with_its_client(site: Site, name: str) -> None:
    until(lambda: site.upstream.open == 0, "quiet")
    lines = [site.ask(name) for _ in range(20)]
    until(lambda: site.upstream.open == 20, "the requests to arrive")
    assert site.visitor.fetch("/other").body == b"fine"
    for line in lines:
        line.socket.close()
    until(lambda: site.upstream.open == 0, "the connections to be closed")


def test_one_that_hangs_is_let_go_when_the_session_ends(site: Site) -> None:
    until(lambda: site.upstream.open == 0, "quiet")
    browser, site.visitor = site.visitor, Browser(site.guard.url).login("bob")
    site.visitor, browser = browser, site.visitor
    cookie = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
    with Line(site.guard.url) as line:
        line.send(compose("GET", "/hangs", [("Host", browser.host), ("Cookie", cookie)]))
        until(lambda: site.upstream.open == 1, "the request to arrive")
        assert browser.submit("/.nightlatch/logout").status in (200, 303)
        until(lambda: site.upstream.open == 0, "the connection to be closed")
        assert line.answer().status in (0, 401, 502)


def test_an_answer_that_comes_before_the_question_is_over(site: Site) -> None:
    answer = site.visitor.fetch("/upload", method="POST", body=b"x" * 5_000_000)
    assert answer.status in (200, 502)
    assert answer.status == 502 or answer.body == b"fine"
