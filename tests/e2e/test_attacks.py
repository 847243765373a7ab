"""Every detector against its attack, with a guard that listens: exactly its alert, and what the policy has follow."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.e2e import processes
from tests.e2e.attacks import ATTACKS, POLICY, Visitor, advance, raised
from tests.e2e.processes import Guard
from tests.e2e.test_bearer import AUDIENCE, ISSUER, SECRET, claims, signed
from tests.e2e.upstream import Reply, Upstream
from tests.e2e.waiting import until

from nightlatch.clock import wall_now

Start = Callable[..., Guard]
USERS = ("--dev-user", "ada", "--dev-user", "bob", "--dev-user", "eve")


def trusted(folder: Path) -> tuple[str, ...]:
    """The options by which a guard trusts the tests' tokens."""
    (folder / "key.json").write_text(json.dumps({"kty": "oct", "k": SECRET, "alg": "HS256"}))
    issued = ("--jwt-issuer", ISSUER, "--jwt-audience", AUDIENCE)
    return (*issued, "--jwt-algorithms", "HS256", "--jwt-key-file", str(folder / "key.json"))


@pytest.fixture(scope="module")
def watched(shared_upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    folder = tmp_path_factory.mktemp("watched")
    (folder / "policy.toml").write_text(POLICY)
    options = ("--policy", str(folder / "policy.toml"), "--simulate-network", *USERS)
    guard = processes.run(folder, shared_upstream.url, *options)
    yield guard
    guard.kill()


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_raises_exactly_its_alert(watched: Guard, name: str) -> None:
    began = advance(watched, "11m")  # whatever was found before is over
    ATTACKS[name](watched)
    assert set(raised(watched, name, since=began)) == {name}
    until(lambda: f" {name} (" in watched.log, "the log's line")


def test_a_fresh_login_is_asked_for_until_there_was_one(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    """Also after a restart; the owner, at home, is asked as well: nobody can tell who is who."""
    (tmp_path / "policy.toml").write_text(POLICY)
    options = ("--policy", str(tmp_path / "policy.toml"), "--simulate-network", *USERS)
    first = guards(upstream.url, *options)
    ATTACKS["idle_flare"](first)
    first.kill()
    address = first.url.removeprefix("http://")
    second = guards(upstream.url, *options, "--listen", address, ledger=first.ledger)
    (session,) = json.loads(second.must("sessions", "list", "--json"))
    assert session["state"] == "active"
    (alert,) = json.loads(second.must("alerts", "--json"))
    assert (alert["detector"], alert["then"], alert["session"]) == ("idle_flare", "step_up", session["id"])
    trail = second.must("events", "--type", "alert.raised", "--jsonl")
    assert json.loads(trail)["alert"] == alert["id"]


def test_an_application_that_keeps_its_cookie_across_the_login_is_told(guards: Start, upstream: Upstream) -> None:
    upstream.replies["/login"] = Reply("303 See Other", (("Location", "/home"),), b"")
    guard = guards(upstream.url, "--identity", "cookie:SID", "--login", "redirect:/login", "--adopt", "any")
    victim = Visitor(guard.url)
    victim.cookies = {"SID": "planted-by-somebody"}
    assert victim.submit("/login", user="ada", password="x").status == 303
    assert raised(guard, "fixation") == ["fixation"]


def test_tokens_that_are_shared_or_come_from_the_future(guards: Start, upstream: Upstream, tmp_path: Path) -> None:
    guard = guards(upstream.url, "--identity", "bearer", *trusted(tmp_path))
    ours, theirs = (Visitor(guard.url), Visitor(guard.url))
    assert ours.fetch("/", Authorization=signed(claims(sub="ada"))).status == 200
    theirs.fetch("/", Authorization=signed(claims(sub="eve")))
    assert raised(guard, "a credential of two subjects") == ["shared_credential"]
    for number in range(3):
        ahead = claims(sid=f"ahead-{number}", nbf=wall_now() // 1_000_000 + 3600)
        assert ours.fetch("/", Authorization=signed(ahead)).verdict == "invalid"
    assert raised(guard, "tokens from the future", count=2) == ["shared_credential", "skewed_tokens"]
