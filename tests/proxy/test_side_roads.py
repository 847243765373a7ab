"""An ordinary request takes no side road; each road is taken when it is due, and leads where it should."""

from collections.abc import Iterator
from inspect import iscoroutinefunction

import pytest
from tests.proxy.bench import OWN, SITE, Bench, a_flow, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.on_purpose import Moment
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind
from nightlatch.proxy import gate, side_roads
from nightlatch.proxy.side_roads import AFTER, KNOWN, STRANGERS, Road

PREFLIGHT = {"Origin": "http://localhost:8080", "Access-Control-Request-Method": "POST"}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The roads that are taken, by the name of what makes them due."""
    names: list[str] = []
    before = gate._first_due

    def noting(roads: tuple[Road, ...], case: object) -> Road | None:
        road = before(roads, case)  # type: ignore[arg-type]  # a Case
        if road is not None:
            names.append(road.due.__name__.removeprefix("_"))
        return road

    monkeypatch.setattr(gate, "_first_due", noting)
    yield names


def test_an_ordinary_request_goes_straight_and_waits_for_nothing(bench: Bench, taken: list[str]) -> None:
    cookie = bench.log_in()
    flow = a_flow(cookie=cookie)
    assert bench.addon.requestheaders(flow) is None
    assert (the(flow).verdict.kind, taken) == (Kind.ALLOW, [])
    for stranger in ("", f"{OWN}=forged"):
        bench.visit(cookie=stranger)
    assert taken == []


def test_a_first_sight_and_a_second(benches: Benches, taken: list[str]) -> None:
    bench = benches(identity="cookie:sid", adopt="any")
    assert [bench.kind(cookie="sid=abc") for _ in range(2)] == [Kind.ALLOW] * 2
    assert taken == ["is_new"]


def test_a_first_sight_that_is_not_let_in_is_not_written_down(benches: Benches, taken: list[str]) -> None:
    bench = benches('[[rule]]\nname = "open"\nmatch = { path = "/open" }\naccess = "public"\n', identity="cookie:sid")
    assert bench.kind("/open", cookie="sid=abc") is Kind.PUBLIC
    assert (taken, list(bench.guard.reader.sessions())) == (["is_new"], [])


def test_the_request_that_finds_the_clock_run_out(bench: Bench, taken: list[str]) -> None:
    cookie = bench.log_in()
    bench.later(30)
    assert [bench.kind(cookie=cookie) for _ in range(2)] == [Kind.EXPIRED] * 2
    assert taken == ["ends_it"], "the second one finds it ended"


def test_a_preflight_names_no_session_and_passes(bench: Bench, taken: list[str]) -> None:
    flow = bench.visit(method="OPTIONS", headers=PREFLIGHT, cookie=bench.log_in())
    assert (the(flow).verdict.kind, the(flow).session, taken) == (Kind.PUBLIC, None, ["is_preflight"])


def test_one_that_answers_as_a_peer_lets_no_preflight_pass(benches: Benches) -> None:
    bench = benches(respond_as="oauth2-proxy")
    assert response(bench.ask(method="OPTIONS", headers=PREFLIGHT)).status_code != 200


def test_an_end_on_purpose_goes_before_a_new_credential(benches: Benches, taken: list[str]) -> None:
    bench = benches('[session]\nidle = "30m"\nrolling = "10m"\n')
    cookie = bench.log_in()
    session = bench.session()
    bench.later(10)
    with bench.elsewhere() as writer:
        writer.order_expiry(session.id, str(Moment.NEXT_REQUEST))
    flow = bench.visit(cookie=cookie)
    assert taken == ["is_ordered"]
    assert not the(flow).verdict.passes and bench.session(flow).state is not State.ACTIVE


def test_a_new_credential_in_time_and_its_reuse_after_the_grace(benches: Benches, taken: list[str]) -> None:
    bench = benches('[session]\nidle = "30m"\nrolling = "10m"\ngrace = "10s"\n')
    cookie = bench.log_in()
    bench.later(10)
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    bench.later(1)
    assert bench.kind(cookie=cookie) is Kind.REFUSED
    assert taken == ["rotates", "is_outlived"]
    assert bench.session().site == SITE and bench.session().state is State.ENDED


def test_every_road_is_in_a_table() -> None:
    roads = {*STRANGERS, *KNOWN, *(road for each in AFTER.values() for road in each)}
    ways = {name for name, value in vars(side_roads).items() if iscoroutinefunction(value)}
    assert {road.take.__name__ for road in roads} == ways
