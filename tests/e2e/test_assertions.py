"""A guard whose tokens are verified with keys from a server: while these are fetched it answers everybody else."""

import json
import threading
from collections.abc import Callable, Iterator

import jwt
import pytest
from tests.e2e.client import Answer, Browser
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until
from tests.identity.key_server import KeyServer
from tests.identity.minting import jwk, private_key

from nightlatch.clock import wall_now

Start = Callable[..., Guard]


@pytest.fixture
def issuer() -> Iterator[KeyServer]:
    server = KeyServer()
    server.publish_keys(jwk("ES256", kid="a"))
    yield server
    server.close()


def minted(number: int = 0, kid: str = "a", **claims: object) -> str:
    now = wall_now() // 1_000_000
    facts = {"iss": "https://idp.example", "aud": "app", "sub": "ada", "sid": "s", "iat": now, "exp": now + 600}
    return jwt.encode(facts | claims, private_key("ES256", number), "ES256", {"kid": kid})


def ask(guard: Guard, token: str) -> Answer:
    return Browser(guard.url).fetch("/", X_Pomerium_Jwt_Assertion=token)


def test_keys_come_from_a_server_and_nobody_else_waits_for_them(
    guards: Start, upstream: Upstream, issuer: KeyServer
) -> None:
    issuer.go.clear()
    guard = guards(
        *(upstream.url, "--identity", "assertion:pomerium", "--jwt-audience", "app"),
        *("--jwt-issuer", "https://idp.example", "--jwks", issuer.url + "/jwks.json"),
    )
    until(lambda: issuer.asked, "the keys are fetched at the start")
    answers: list[int] = []
    waiting = [threading.Thread(target=lambda: answers.append(ask(guard, minted()).status)) for _ in range(4)]
    for thread in waiting:
        thread.start()
    assert Browser(guard.url).fetch("/favicon.ico").status == 200
    assert Browser(guard.url).fetch("/").verdict == "login"
    assert answers == []
    issuer.go.set()
    for thread in waiting:
        thread.join()
    assert answers == [200] * 4
    assert issuer.asked == ["/jwks.json"]

    assert (
        jwt.decode(
            upstream.last.values("Nightlatch-Assertion")[0],
            jwt.PyJWKClient(guard.url + "/.nightlatch/jwks.json").get_signing_key_from_jwt(
                upstream.last.values("Nightlatch-Assertion")[0]
            ),
            ["ES256"],
            audience=upstream.url,
            issuer=guard.url,
        )["sub"]
        == "ada"
    )

    for token in (minted(number=1), minted(kid="b"), "x" * 30_000, "garbage"):
        with upstream.untouched():
            answer = ask(guard, token)
        assert (answer.status, answer.verdict) == (401, "invalid")
        assert "Traceback" not in answer.text
    assert ask(guard, minted(jti="another")).status == 200
    guard.must("clock", "advance", "11m")
    assert ask(guard, minted(jti="a third")).status == 200, "minted after the warp"
    types = [json.loads(line)["type"] for line in guard.must("events", "--jsonl").splitlines()]
    assert types.count("session.created") == 1
    assert types.count("session.refreshed") >= 2
    assert types.count("login.failed") == 4
    assert "Traceback" not in guard.log
