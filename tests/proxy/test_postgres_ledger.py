"""A guard on a ledger in PostgreSQL: what a request that is allowed asks of the server."""

from pathlib import Path
from typing import Any

import pytest
from tests.identity.minting import AUDIENCE, mint, pem, public_key
from tests.ledger.postgres.server import Server
from tests.proxy.bench import START, Bench, the
from tests.proxy.conftest import Benches

from nightlatch.core.policy import SECOND
from nightlatch.core.session import End
from nightlatch.core.verdict import Kind
from nightlatch.ledger.postgres.connection import ON_LOOP, Wire


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[Wire]:
    """Grows by one whenever the event loop waits for the server."""
    seen: list[Wire] = []
    wait = Wire.wait

    def counted(wire: Wire, *rest: Any) -> object:
        if wire.patience < 1:
            seen.append(wire)
        return wait(wire, *rest)

    monkeypatch.setattr(Wire, "wait", counted)
    return seen


def asked(bench: Bench, trips: list[Wire], **about: Any) -> int:
    """How many round trips one allowed request takes, until its answer goes to the client. (What takes longer than a
    second reads the clock once more at its end.)"""
    assert bench.kind("/api/items", **about) is Kind.ALLOW
    trips.clear()
    flow = bench.answer(bench.ask("/api/items", **about))
    found = len(trips)
    assert the(flow).verdict.kind is Kind.ALLOW
    bench.finish(flow)
    return found


def test_an_allowed_request_is_one_round_trip(
    benches: Benches, postgres: Server, tmp_path: Path, trips: list[Wire]
) -> None:
    assert ON_LOOP.answer < 1
    bench = benches(ledger=postgres.url(str(tmp_path)))
    cookie = bench.log_in()
    assert [asked(bench, trips, cookie=cookie) for _ in range(8)] == [1] * 8
    bench.later(10)
    assert asked(bench, trips, cookie=cookie) == 1
    bench.later(31)
    assert bench.kind("/", cookie=cookie) is Kind.EXPIRED


@pytest.mark.parametrize("adopt", ["any", "until-issued"])
def test_so_it_is_with_a_cookie_of_the_applications(
    benches: Benches, postgres: Server, tmp_path: Path, trips: list[Wire], adopt: str
) -> None:
    bench = benches(identity="cookie:sid", adopt=adopt, ledger=postgres.url(str(tmp_path)))
    assert asked(bench, trips, cookie="sid=1") == 1


def test_so_it_is_with_a_token(benches: Benches, postgres: Server, tmp_path: Path, trips: list[Wire]) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(pem(public_key()))
    tokens = {"jwt_audience": AUDIENCE, "jwt_key_file": str(key), "jwt_algorithms": "RS256"}
    bench = benches(identity="bearer", ledger=postgres.url(str(tmp_path)), **tokens)
    minted = START // SECOND
    about = {"headers": {"Authorization": f"Bearer {mint(iat=minted, exp=minted + 3000)}"}}
    asked(bench, trips, **about)  # the guard finds out once that this very token is written down
    assert [asked(bench, trips, **about) for _ in range(3)] == [1] * 3


def test_an_end_by_another_hand_is_seen_by_the_next_request(benches: Benches, postgres: Server, tmp_path: Path) -> None:
    url = postgres.url(str(tmp_path))
    one, two = benches(ledger=url, identity="cookie:sid", adopt="any"), benches(ledger=url, identity="cookie:sid")
    assert (one.kind(cookie="sid=1"), two.kind(cookie="sid=1")) == (Kind.ALLOW, Kind.ALLOW)
    session = one.guard.reader.sessions()[0]
    one.run(one.guard.end(session, End(one.wall, "admin")))
    assert (one.kind(cookie="sid=1"), two.kind(cookie="sid=1")) == (Kind.REFUSED, Kind.REFUSED)
