"""A guard on a ledger in PostgreSQL: what a request that is allowed asks of the server."""

from pathlib import Path
from typing import Any

import pytest
from tests.identity.minting import AUDIENCE, ISSUER, mint, pem, public_key
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


def test_an_application_that_sets_its_cookie_with_every_answer_is_one_more(
    benches: Benches, postgres: Server, tmp_path: Path, trips: list[Wire]
) -> None:
    bench = benches(identity="cookie:sid", ledger=postgres.url(str(tmp_path)))
    for _ in range(3):
        flow = bench.ask("/api/items", cookie="sid=1")
        trips.clear()
        bench.answer(flow, 200, ("Set-Cookie", "sid=1; Path=/"))
        bench.finish(flow)
    assert the(flow).verdict.kind is Kind.ALLOW and len(trips) <= 2, "and one at its end, where that is later"


SOURCES = {
    "bearer": ({"identity": "bearer"}, "Authorization", "Bearer {}"),
    "by login": ({"identity": "bearer"}, "Authorization", "Bearer {}"),
    "jwt-cookie": ({"identity": "jwt-cookie:token"}, "Cookie", "token={}"),
    "assertion": ({"identity": "assertion:x-token"}, "X-Token", "{}"),
    "person": ({"identity": "assertion:google-iap", "jwt_issuer": ISSUER}, "X-Goog-IAP-JWT-Assertion", "{}"),
}
CLAIMS: dict[str, dict[str, Any]] = {"by login": {"sid": None, "auth_time": START // SECOND}, "person": {"sid": None}}


class Tokens:
    """A guard that lives on tokens of one kind of source, on the one ledger of a test."""

    def __init__(self, benches: Benches, source: str, ledger: str, folder: Path, policy: str = "") -> None:
        self._source = source
        options, self._header, self._form = SOURCES[source]
        key = folder / "key.pem"
        key.write_bytes(pem(public_key("ES256")))
        common = {"jwt_audience": AUDIENCE, "jwt_key_file": str(key), "jwt_algorithms": "ES256", "ledger": ledger}
        self.bench = benches(policy, **common, **options)

    def minted(self, **claims: Any) -> dict[str, Any]:
        """A request's headers with a token of the one session, minted now."""
        now = self.bench.wall // SECOND
        told: dict[str, Any] = {"iat": now, "exp": now + 9000, **CLAIMS.get(self._source, {}), **claims}
        return {"headers": {self._header: self._form.format(mint("ES256", **told))}}


@pytest.fixture(params=SOURCES)
def pair(request: pytest.FixtureRequest, benches: Benches, postgres: Server, tmp_path: Path) -> tuple[Tokens, Tokens]:
    """Two guards on one ledger."""
    ledger = postgres.url(str(tmp_path))
    policy = '[session]\nidle = "30m"\n[[rule]]\nname = "strict"\nmatch = { path = "/strict/**" }\nidle = "1m"\n'
    one, two = (Tokens(benches, request.param, ledger, tmp_path, policy) for _ in range(2))
    return one, two


def waited(bench: Bench, trips: list[Wire], **about: Any) -> int:
    """The same as `asked`, of a request that comes first."""
    trips.clear()
    flow = bench.ask("/api/items", **about)
    found = len(trips)
    assert the(flow).verdict.kind is Kind.ALLOW
    bench.finish(bench.answer(flow))
    return found


def test_so_it_is_with_tokens_that_a_guard_has_met_or_not(pair: tuple[Tokens, Tokens], trips: list[Wire]) -> None:
    one, two = pair
    first = one.minted()
    assert one.bench.kind(**first) is Kind.ALLOW
    assert [asked(one.bench, trips, **first) for _ in range(3)] == [1] * 3
    assert [waited(two.bench, trips, **first) for _ in range(3)] == [1] * 3, "new to this guard, known to the ledger"
    one.bench.guard._tokens.clear()
    assert waited(one.bench, trips, **first) == 1, "forgotten for others"
    one.bench.warp(1)
    assert [waited(each.bench, trips, **first) for each in pair] == [1, 1], "the clock was moved"
    for each in pair:
        each.bench.later(5)
    assert waited(two.bench, trips, **first) == 1, "longer than a stricter rule allows"


def test_a_further_token_of_a_session_asks_once_and_is_written(pair: tuple[Tokens, Tokens], trips: list[Wire]) -> None:
    one, two = pair
    one.bench.kind(**one.minted())
    for each in pair:
        each.bench.later(1)
        each.bench.guard.after_events = None  # the detectors read each event that was written, whoever asks for it
    second = one.minted()
    assert waited(one.bench, trips, **second) == 1
    assert waited(two.bench, trips, **second) == 1
    assert one.bench.trail() == ["session.created", "session.refreshed"]


def test_a_persons_later_session_is_one_round_trip(
    benches: Benches, postgres: Server, tmp_path: Path, trips: list[Wire]
) -> None:
    ledger = postgres.url(str(tmp_path))
    one, two = (Tokens(benches, "person", ledger, tmp_path) for _ in range(2))
    one.bench.kind(**one.minted())
    one.bench.later(1)
    one.bench.revoke(one.bench.session())
    one.bench.later(1)
    assert one.bench.kind(**one.minted()) is Kind.REFUSED
    one.bench.later(1)
    again = one.minted()
    assert one.bench.kind(**again) is Kind.ALLOW
    two.bench.later(3)
    assert [waited(each.bench, trips, **again) for each in (one, two, one, two)] == [1] * 4


def test_an_end_by_another_hand_is_seen_by_the_next_request(benches: Benches, postgres: Server, tmp_path: Path) -> None:
    url = postgres.url(str(tmp_path))
    one, two = benches(ledger=url, identity="cookie:sid", adopt="any"), benches(ledger=url, identity="cookie:sid")
    assert (one.kind(cookie="sid=1"), two.kind(cookie="sid=1")) == (Kind.ALLOW, Kind.ALLOW)
    session = one.guard.reader.sessions()[0]
    one.run(one.guard.end(session, End(one.wall, "admin")))
    assert (one.kind(cookie="sid=1"), two.kind(cookie="sid=1")) == (Kind.REFUSED, Kind.REFUSED)
