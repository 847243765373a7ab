"""Whose session a request to nightlatch's own pages belongs to."""

import json

from tests.proxy.bench import Bench, a_flow, cookie_of, response
from tests.proxy.conftest import Benches

from nightlatch.core.policy import SECOND
from nightlatch.core.verdict import Kind
from nightlatch.proxy.arrival import arrive
from nightlatch.proxy.own_session import clocks_of, live, verdict_of


def test_it_lives_until_its_deadline(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(30, us=-1)
    session = live(bench.service, arrive(bench.guard, a_flow(cookie=cookie)))
    assert session is not None and session.subject == "ada"
    bench.later(us=1)
    assert live(bench.service, arrive(bench.guard, a_flow(cookie=cookie))) is None
    assert live(bench.service, arrive(bench.guard, a_flow())) is None


def test_it_is_judged_like_the_persons_own_act(benches: Benches) -> None:
    bench = benches(
        '[[rule]]\nname = "all"\nmatch = { path = "/.nightlatch/extend" }\nrequire = { group = ["admins"] }\n'
    )
    arrival = arrive(bench.guard, a_flow("/.nightlatch/session", cookie=bench.log_in()))
    assert verdict_of(bench.service, arrival, bench.session()).kind is Kind.DENIED


def test_a_replaced_credential_is_nobodys_after_its_grace(benches: Benches) -> None:
    bench = benches('[session]\nrolling = "10m"\ngrace = "10s"\n')
    old = bench.log_in()
    bench.later(10)
    assert cookie_of(bench.visit(cookie=old)) != old
    bench.later(us=10 * SECOND)
    assert live(bench.service, arrive(bench.guard, a_flow(cookie=old))) is None


ADMIN = '[session]\nidle = "30m"\n[[rule]]\nname = "admin"\nmatch = { path = "/admin/**" }\nidle = "5m"\n'


def test_the_clocks_are_those_of_the_rule_for_a_page(benches: Benches) -> None:
    bench = benches(f'{ADMIN}[[rule]]\nname = "open"\nmatch = {{ path = "/open" }}\naccess = "public"\n')
    cookie = bench.log_in()
    bench.later(1)
    arrival = arrive(bench.guard, a_flow("/.nightlatch/session", cookie=cookie))
    session = bench.session()

    def left(path: str) -> int:
        return int(clocks_of(bench.service, arrival, session, path)["idle"]["remaining"])

    assert [left("/admin/users"), left("/reports"), left(""), left("/open")] == [240, 1740, 1740, 1740]
    assert left("/ADMIN/%75sers") == 240, "the strictest reading"
    assert left("https://evil.example/admin") == 1740


def test_asking_for_a_pages_clocks_is_not_activity(benches: Benches) -> None:
    bench = benches(ADMIN)
    cookie = bench.log_in()
    for _ in range(4):
        bench.later(1)
        told = json.loads(response(bench.ask("/.nightlatch/session?for=%2Fadmin%2Fx", cookie=cookie)).content or b"")
    assert told["clocks"]["idle"]["remaining"] == 60
