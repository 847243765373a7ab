"""Two guards on one machine: browsers share one cookie jar between ports, and still nothing mixes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.e2e import processes
from tests.e2e.client import Browser
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until

Start = Callable[..., Guard]


@pytest.fixture
def other_upstream() -> Iterator[Upstream]:
    upstream = Upstream()
    yield upstream
    upstream.close()


def _jar(one: Browser, other: Browser) -> None:
    """Both browsers send every cookie of both, as one browser does for two ports of localhost."""
    one.cookies = other.cookies = {**one.cookies, **other.cookies}


def test_on_two_ledgers(guards: Start, upstream: Upstream, other_upstream: Upstream) -> None:
    one, two = guards(upstream.url), guards(other_upstream.url)
    first, second = Browser(one.url).login("ada"), Browser(two.url)
    _jar(first, second)
    with other_upstream.untouched():
        assert second.fetch("/").status == 401
    second.login("bob")
    _jar(first, second)
    assert (first.fetch("/").status, second.fetch("/").status) == (200, 200)
    assert upstream.last.values("X-Forwarded-User") == ["ada"]
    assert other_upstream.last.values("X-Forwarded-User") == ["bob"]


def test_on_one_ledger_a_session_stays_at_its_site(
    guards: Start, upstream: Upstream, other_upstream: Upstream, tmp_path: Path
) -> None:
    ledger = tmp_path / "shared.db"
    one, two = guards(upstream.url, ledger=ledger), guards(other_upstream.url, ledger=ledger)
    first, second = Browser(one.url).login("ada"), Browser(two.url)
    (name,) = first.cookies
    (value,) = first.cookies.values()
    second.cookies = {name.replace(one.url.rpartition(":")[2], two.url.rpartition(":")[2]): value}
    with other_upstream.untouched():
        assert second.fetch("/").verdict == "invalid"
    assert len(json.loads(one.must("sessions", "list", "--json"))) == 1


def test_two_guards_of_one_application_share_its_sessions(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    ledger = tmp_path / "shared.db"
    upstream.replies.clear()
    options = ("--identity", "cookie:SID", "--login", "redirect:/login", "--adopt", "any")
    one, two = guards(upstream.url, *options, ledger=ledger), guards(upstream.url, *options, ledger=ledger)
    first, second = Browser(one.url), Browser(two.url)
    first.cookies = second.cookies = {"SID": "shared"}
    assert (first.fetch("/").status, second.fetch("/").status) == (200, 200)
    (session,) = json.loads(one.must("sessions", "list", "--json"))
    one.must("sessions", "end", session["id"])
    with upstream.untouched():
        assert (first.fetch("/").verdict, second.fetch("/").verdict) == ("refused", "refused")


def test_a_taken_port_is_told(guards: Start, upstream: Upstream) -> None:
    one = guards(upstream.url)
    address = one.url.removeprefix("http://")
    two = guards(upstream.url, "--listen", address, kind=processes.start)
    until(lambda: not two.alive(), "the second guard to stop")
    assert two.process.returncode == 3, two.log
    assert "in use" in two.log
