"""Every way in which a session begins and ends, driven through the guard; then the trail accounts for each session:
one beginning, one end where it has ended, nothing about sessions that there are not, and no credential anywhere."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from tests.identity.key_server import KeyServer
from tests.identity.minting import jwk
from tests.proxy.bench import Bench
from tests.proxy.conftest import Benches
from tests.proxy.test_token_sources import KID, minted

from nightlatch.core.events import Event, EventType
from nightlatch.core.on_purpose import Moment
from nightlatch.core.session import State
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.orders import order_expiry
from nightlatch.proxy.policy_change import apply_policy

BEGINNINGS = {EventType.SESSION_CREATED, EventType.SESSION_ADOPTED}
ENDS = {EventType.SESSION_EXPIRED, EventType.SESSION_ENDED}

Path = Callable[[Bench], list[str]]
"""Drives one way; the credentials that were used on it."""


def _idle(bench: Bench) -> list[str]:
    cookie = bench.log_in()
    bench.later(minutes=31)
    bench.sweep()
    bench.visit(cookie=cookie)
    return [cookie]


def _idle_at_the_request(bench: Bench) -> list[str]:
    cookie = bench.log_in()
    bench.later(minutes=31)
    bench.visit(cookie=cookie)
    return [cookie]


def _absolute(bench: Bench) -> list[str]:
    cookie = bench.log_in()
    for _ in range(17):
        bench.later(minutes=29)
        bench.visit(cookie=cookie)
    return [cookie]


def _logout(bench: Bench) -> list[str]:
    cookie = bench.log_in()
    bench.post("logout", cookie=cookie)
    bench.post("logout", cookie=cookie)
    return [cookie]


def _admin(bench: Bench) -> list[str]:
    cookie = bench.log_in()
    bench.revoke(bench.session())
    bench.visit(cookie=cookie)
    return [cookie]


def _reset(bench: Bench) -> list[str]:
    cookies = [bench.log_in("ada"), bench.log_in("bob")]
    with bench.elsewhere() as writer:
        writer.reset(bench.wall, Event(EventType.CLOCK_WARPED, bench.wall, policy="test"))
    bench.visit(cookie=cookies[0])
    return cookies


def _policy(bench: Bench) -> list[str]:
    cookie = bench.log_in()
    bench.later(minutes=10)
    bench.run(apply_policy(bench.service, '[session]\nidle = "5m"\n', "ada"))
    bench.visit(cookie=cookie)
    return [cookie]


def _ordered(bench: Bench) -> list[str]:
    cookie = bench.log_in()
    with bench.elsewhere() as writer:
        order_expiry(writer, bench.session(), Moment.NOW, bench.guard.policy, bench.guard.clock.now())
    bench.visit(cookie=cookie)
    return [cookie]


def _live(bench: Bench) -> list[str]:
    return [bench.log_in()]


def _crowd(bench: Bench) -> list[str]:
    return [bench.log_in(), bench.log_in(), bench.log_in()]


def _reused(bench: Bench) -> list[str]:
    cookie = bench.log_in()
    bench.later(minutes=2)
    bench.visit(cookie=cookie)
    bench.later(minutes=2)
    bench.visit(cookie=cookie)
    return [cookie]


def _adopted(bench: Bench) -> list[str]:
    bench.visit(cookie="sid=one-of-theirs")
    bench.later(minutes=31)
    bench.visit(cookie="sid=one-of-theirs")
    return ["one-of-theirs"]


WAYS: dict[str, tuple[Path, str, dict[str, str], list[str]]] = {
    "idle": (_idle, "", {}, ["idle"]),
    "idle at the request": (_idle_at_the_request, "", {}, ["idle"]),
    "absolute": (_absolute, "", {}, ["absolute"]),
    "logout": (_logout, "", {}, ["logout"]),
    "admin": (_admin, "", {}, ["admin"]),
    "reset": (_reset, "", {}, ["reset", "reset"]),
    "policy": (_policy, "", {}, ["idle"]),
    "ordered": (_ordered, "", {}, ["idle"]),
    "live": (_live, "", {}, []),
    "crowd": (_crowd, "[concurrency]\nmax = 1\n", {}, ["policy", "policy"]),
    "reused": (_reused, '[session]\nrolling = "1m"\ngrace = "10s"\n', {}, ["rotation_reuse"]),
    "adopted": (_adopted, "", {"identity": "cookie:sid"}, ["idle"]),
}


def account(bench: Bench) -> list[str]:
    """Hold the trail against the sessions; how those that ended did, in order."""
    bench.written()
    events = [chained.event for chained in bench.guard.reader.events()]
    sessions = {session.id: session for session in bench.guard.reader.sessions()}
    begun = Counter(event.session for event in events if event.type in BEGINNINGS)
    ended = Counter(event.session for event in events if event.type in ENDS)
    assert begun == Counter(dict.fromkeys(sessions, 1)), "one beginning a session"
    over = [key for key, session in sessions.items() if session.state is not State.ACTIVE]
    assert ended == Counter(dict.fromkeys(over, 1)), "one end, where it has ended"
    for event in events:
        assert event.session is None or event.session in sessions
        if event.type in ENDS and event.session is not None:
            end = sessions[event.session].end
            assert end is not None and end.at == event.at
    assert verify_chain(bench.guard.reader) is None
    return [str(event.detail.get("clock") or event.detail["reason"]) for event in events if event.type in ENDS]


def keeps_secrets(bench: Bench, credentials: list[str]) -> bool:
    """No file of the ledger holds the value of a credential."""
    values = [value.encode() for each in credentials for value in re.findall(r"[\w.-]{12,}", each.rpartition("=")[2])]
    ledger = bench.ledger
    return bool(values) and not any(
        value in file.read_bytes() for file in ledger.parent.glob(f"{ledger.name}*") for value in values
    )


@pytest.mark.parametrize("way", WAYS)
def test_every_session_is_accounted_for_from_its_beginning_to_its_end(benches: Benches, way: str) -> None:
    drive, policy, options, ends = WAYS[way]
    bench = benches(policy, **options)
    credentials = drive(bench)
    assert account(bench) == ends
    assert keeps_secrets(bench, credentials)


def test_a_tokens_session_is_accounted_for_through_its_refresh(benches: Benches) -> None:
    issuer = KeyServer()
    try:
        issuer.publish_keys(jwk("ES256", kid=KID))
        bench = benches(identity="bearer", jwt_audience="app", jwks=issuer.url + "/jwks.json")
        tokens = [minted(sid="s1"), minted(sid="s1", jti="2"), minted(sid="s2")]
        for token in tokens:
            bench.visit(headers={"Authorization": f"Bearer {token}"})
        bench.later(minutes=31)
        bench.sweep()
    finally:
        issuer.close()
    assert account(bench) == ["idle", "idle"]
    assert "session.refreshed" in bench.trail() and keeps_secrets(bench, tokens)
