"""Several guards on one ledger in PostgreSQL: what one does the next request of the other sees, and nobody passes while
the server is gone."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.e2e import processes
from tests.e2e.client import Browser
from tests.e2e.processes import Done, Guard
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until
from tests.ledger.postgres.server import Server, a_server
from tests.ledger.postgres.stopped import backends, stopped

Start = Callable[..., Guard]

PLANTED = "s3cr3t"
SHARED = ("--identity", "cookie:SID", "--login", "redirect:/login", "--adopt", "any")
IN_STOCK = ("nightlatch_identity=cookie:SID", "nightlatch_login=redirect:/login", "nightlatch_adopt=any")


@pytest.fixture
def url(postgres: Server, tmp_path: Path) -> str:
    """With a password that the server does not ask for, and nobody may show."""
    return postgres.url(str(tmp_path)).replace("nightlatch@", f"nightlatch:{PLANTED}@")


@pytest.fixture
def pair(guards: Start, upstream: Upstream, url: str) -> tuple[Guard, Guard]:
    """A guard of nightlatch's own and stock mitmdump, in front of one application."""
    one = guards(upstream.url, *SHARED, ledger=url)
    return one, guards(upstream.url, *IN_STOCK, f"nightlatch_ledger={url}", kind=processes.stock)


@pytest.fixture
def own_server() -> Iterator[Server]:
    with a_server() as server:
        yield server


def visitors(pair: tuple[Guard, Guard], value: str) -> tuple[Browser, Browser]:
    """One person at both guards."""
    first, second = (Browser(guard.url) for guard in pair)
    first.cookies, second.cookies = {"SID": value}, {"SID": value}
    assert (first.fetch("/").status, second.fetch("/").status) == (200, 200)
    return first, second


def test_what_one_guard_ends_the_next_request_of_the_other_sees(
    pair: tuple[Guard, Guard], upstream: Upstream, url: str, tmp_path: Path
) -> None:
    one, two = pair
    first, second = visitors(pair, "revoked")
    (session,) = json.loads(one.must("sessions", "list", "--json"))
    one.must("sessions", "end", session["id"])
    with upstream.untouched():
        assert (second.fetch("/").verdict, first.fetch("/").verdict) == ("refused", "refused")
    out, here = visitors(pair, "logged-out")
    assert out.submit("/.nightlatch/logout").status in (200, 303)
    with upstream.untouched():
        assert here.fetch("/").verdict == "refused"
    away, back = visitors(pair, "idle")
    one.must("clock", "advance", "31m")
    with upstream.untouched():
        assert (back.fetch("/").verdict, away.fetch("/").verdict) == ("expired", "expired")
    one.kill()
    again = processes.run(tmp_path / "again", upstream.url, *SHARED, ledger=url)
    for value, verdict in (("revoked", "refused"), ("logged-out", "refused"), ("idle", "expired")):
        late = Browser(again.url)
        late.cookies = {"SID": value}
        with upstream.untouched():
            assert late.fetch("/").verdict == verdict
    again.must("audit", "verify")
    again.stop()
    assert all(PLANTED not in each for each in (one.log, two.log, again.log))


def test_every_command_takes_the_url_and_none_shows_the_password(guards: Start, upstream: Upstream, url: str) -> None:
    guard = guards(upstream.url, ledger=url)
    said: list[Done] = []

    def command(*arguments: str, code: int = 0) -> str:
        said.append(guard.cli(*arguments))
        assert said[-1].code == code, said[-1]
        return said[-1].out

    cookie = json.loads(command("login", "--user", "ada", "--json"))
    ada = Browser(guard.url)
    ada.cookies = {cookie["name"]: cookie["value"]}
    assert ada.fetch("/").status == 200
    (session,) = json.loads(command("sessions", "--json"))
    assert session["subject"] == "ada" and session["id"] == cookie["session"]
    assert "session.created" in command("events", "--jsonl")
    assert "the session begins" in command("explain", cookie["session"])
    assert "wall" in command("clock")
    command("clock", "freeze")
    command("clock", "resume")
    command("alerts", "--json")
    command("audit", "verify")
    command("audit", "review")
    command("policy", "history")
    command("audit", "prune", "--keep", "30d")
    command("expire", cookie["session"], "--when", "next-write")
    found = json.loads(command("doctor", "--json", code=1))
    checks = {check["name"]: check for check in found["checks"]}
    assert checks["writable"]["health"] == checks["audit trail"]["health"] == "ok"
    assert [name for name in checks if checks[name]["health"] == "fail"] == ["durability"], (
        "tests' server has fsync off"
    )
    assert "PGPASSWORD" in checks["privacy"]["message"]
    assert f"guard {guard.url}" in checks
    shown = [guard.log, (guard.directory / "ready.json").read_text(), *(text for each in said for text in each[1:])]
    assert all(PLANTED not in text for text in shown) and any(":***@" in text for text in shown)


def test_while_the_server_is_gone_nobody_passes_and_it_comes_back_by_itself(
    guards: Start, upstream: Upstream, own_server: Server, tmp_path: Path
) -> None:
    url = f"{own_server.url(str(tmp_path))}&application_name={tmp_path.name}"
    guard = guards(upstream.url, ledger=url)
    ada, bob = Browser(guard.url).login("ada"), Browser(guard.url).login("bob")
    before = dict(bob.cookies)
    assert bob.submit("/.nightlatch/logout").status in (200, 303)
    bob.cookies = before
    with stopped(backends(own_server, tmp_path.name)):
        with upstream.untouched():
            assert ada.fetch("/").status == 503
        until(lambda: ada.fetch("/").status == 200, "new connections, beside those that hang")
    own_server.stop()
    with upstream.untouched():
        until(lambda: ada.fetch("/").status == 503, "the loss to be noticed")
        refused = ada.fetch("/")
        assert (refused.status, refused.verdict) == (503, "error")
        assert refused.header("content-type").startswith("application/problem+json")
    own_server.start()
    until(lambda: ada.fetch("/").status == 200, "the guard to come back")
    with upstream.untouched():
        assert bob.fetch("/").verdict == "refused"
    guard.must("audit", "verify")


def test_a_server_that_is_not_there_stops_the_start(guards: Start, upstream: Upstream) -> None:
    url = f"postgresql://ada:{PLANTED}@127.0.0.1:1/app"
    guard = guards(upstream.url, ledger=url, kind=processes.start)
    until(lambda: not guard.alive(), "the guard to stop")
    assert guard.process.returncode == 6 and "ada:***@127.0.0.1:1/app cannot be reached" in guard.log
    assert PLANTED not in guard.log
