"""A person has so many sessions and no more: the oldest ends, or the new login is refused."""

import asyncio
from pathlib import Path

import pytest
from tests.identity.minting import AUDIENCE, mint, pem, public_key
from tests.proxy.bench import NAVIGATION, START, a_flow, response
from tests.proxy.conftest import Benches

from nightlatch.core.policy import SECOND
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind

TWO = "[concurrency]\nmax = 2\n"
REFUSE = f'{TWO}then = "refuse"\n'


def test_the_oldest_gives_way(benches: Benches) -> None:
    bench = benches(TWO)
    cookies = []
    for _ in range(3):
        cookies.append(bench.log_in())
        bench.later(1)
    assert [bench.kind(cookie=cookie) for cookie in cookies] == [Kind.REFUSED, Kind.ALLOW, Kind.ALLOW]
    ended = [session.end for session in bench.guard.reader.sessions() if session.end]
    assert [end.reason for end in ended] == ["policy"]


def test_others_are_not_counted(benches: Benches) -> None:
    bench = benches(TWO)
    cookies = [bench.log_in(user) for user in ("ada", "bob", "ada", "bob")]
    assert {bench.kind(cookie=cookie) for cookie in cookies} == {Kind.ALLOW}


def test_the_new_login_is_refused_and_told_why(benches: Benches) -> None:
    bench = benches(REFUSE)
    first, second = bench.log_in(), bench.log_in()
    flow = bench.post("login", {"user": "ada"}, headers=NAVIGATION)
    assert response(flow).status_code == 401 and b"Log out there first" in (response(flow).content or b"")
    assert "set-cookie" not in response(flow).headers
    assert {bench.kind(cookie=cookie) for cookie in (first, second)} == {Kind.ALLOW}
    assert bench.trail()[-1] == "login.failed" and len(bench.guard.reader.sessions()) == 2


def test_a_logout_makes_room_and_so_does_the_end_of_a_clock(benches: Benches) -> None:
    bench = benches(REFUSE)
    first, _ = bench.log_in(), bench.log_in()
    bench.post("logout", cookie=first)
    assert bench.kind(cookie=bench.log_in()) is Kind.ALLOW
    bench.later(31)
    assert bench.kind(cookie=bench.log_in()) is Kind.ALLOW, "what ran out counts no more, swept or not"


def test_the_same_browser_only_changes_its_own(benches: Benches) -> None:
    bench = benches('[concurrency]\nmax = 1\nthen = "refuse"\n')
    first = bench.log_in()
    second = bench.log_in(cookie=first)
    assert (bench.kind(cookie=first), bench.kind(cookie=second)) == (Kind.REFUSED, Kind.ALLOW)


@pytest.mark.parametrize(("then", "statuses"), [("end_oldest", [303, 303, 303]), ("refuse", [303, 401, 401])])
def test_of_logins_at_the_same_moment_one_stays(benches: Benches, then: str, statuses: list[int]) -> None:
    bench = benches(f'[concurrency]\nmax = 1\nthen = "{then}"\n')
    flows = [a_flow("/.nightlatch/login", method="POST", headers={"Content-Length": "8"}) for _ in range(3)]

    async def together() -> None:
        waiting = []
        for flow in flows:
            assert bench.addon.requestheaders(flow) is None
            flow.request.raw_content = b"user=ada"
            waiting.append(bench.addon.request(flow))
        await asyncio.gather(*(each for each in waiting if each is not None))

    bench.run(together())
    assert sorted(response(flow).status_code for flow in flows) == statuses
    live = [session for session in bench.guard.reader.sessions() if session.state is State.ACTIVE]
    assert len(live) == 1


def _bearer(sid: str) -> dict[str, str]:
    """A token of alice's, minted at a bench's beginning, for the session `sid`."""
    minted = START // SECOND
    return {"Authorization": f"Bearer {mint(sid=sid, iat=minted, exp=minted + 3000)}"}


@pytest.mark.parametrize(
    ("then", "kinds"), [("end_oldest", [Kind.REFUSED, Kind.ALLOW]), ("refuse", [Kind.ALLOW, Kind.REFUSED])]
)
def test_tokens_are_held_to_it_too(benches: Benches, tmp_path: Path, then: str, kinds: list[Kind]) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(pem(public_key()))
    options = {"identity": "bearer", "jwt_audience": AUDIENCE, "jwt_key_file": str(key), "jwt_algorithms": "RS256"}
    bench = benches(f'[concurrency]\nmax = 1\nthen = "{then}"\n', **options)
    first, second = _bearer("one"), _bearer("two")
    assert bench.kind(headers=first) is Kind.ALLOW
    bench.later(1)
    bench.visit(headers=second)
    assert [bench.kind(headers=headers) for headers in (first, second)] == kinds
