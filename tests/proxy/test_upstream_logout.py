"""The application's own session ends with ours, whoever ended it; what is needed for that is never on disk."""

import asyncio
import logging
from collections.abc import Mapping

import pytest
from tests.identity.key_server import KeyServer, Page
from tests.proxy.bench import SITE, Bench
from tests.proxy.conftest import Benches

from nightlatch.proxy import upstream_logout
from nightlatch.proxy.settings_logout import UpstreamRequest
from nightlatch.proxy.upstream_logout import UpstreamLogout, send

Sent = list[tuple[UpstreamRequest, str, Mapping[str, str]]]
OUT = UpstreamRequest("GET", "/logout")


def watched(bench: Bench, status: int = 200) -> Sent:
    sent: Sent = []

    async def sending(request: UpstreamRequest, site: str, fields: Mapping[str, str]) -> int:
        sent.append((request, site, fields))
        if status == 0:
            raise OSError("gone")
        return status

    bench.service.upstream_logout = UpstreamLogout(OUT, bench.guard.reader, sending)
    return sent


def look(bench: Bench) -> None:
    async def looking() -> None:
        assert bench.service.upstream_logout is not None
        bench.service.upstream_logout.look()
        await asyncio.gather(*bench.service.upstream_logout._tasks)

    bench.written()
    bench.run(looking())


@pytest.mark.parametrize("how", ["logout", "revoked", "idle"])
def test_whoever_ended_the_session(bench: Bench, how: str) -> None:
    sent = watched(bench)
    cookie = bench.log_in()
    bench.visit("/x", cookie=f"{cookie}; app=secret")
    look(bench)
    assert sent == []
    if how == "logout":
        bench.post("logout", cookie=cookie)
    elif how == "revoked":
        bench.revoke(bench.session())
    else:
        bench.later(31)
        bench.sweep()
    look(bench)
    assert sent == [(OUT, SITE, {"cookie": "app=secret"})]
    look(bench)
    assert len(sent) == 1


def test_nothing_of_it_is_on_disk(bench: Bench) -> None:
    watched(bench)
    bench.visit("/x", cookie=f"{bench.log_in()}; app=a-raw-credential")
    bench.written()
    for file in bench.ledger.parent.glob("ledger.db*"):
        assert b"a-raw-credential" not in file.read_bytes()


def test_others_and_strangers_are_left_alone(bench: Bench) -> None:
    sent = watched(bench)
    ada, bob = bench.log_in("ada"), bench.log_in("bob")
    bench.visit("/x", cookie=f"{ada}; app=a")
    bench.visit("/x", cookie=f"{bob}; app=b")
    bench.visit("/favicon.ico", cookie="app=c")
    bench.post("logout", cookie=ada)
    look(bench)
    assert [fields for *_, fields in sent] == [{"cookie": "app=a"}]


@pytest.mark.parametrize("status", [0, 500])
def test_an_application_that_does_not_do_it_is_told_of(
    bench: Bench, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    watched(bench, status)
    cookie = bench.log_in()
    bench.visit("/x", cookie=f"{cookie}; app=secret")
    bench.post("logout", cookie=cookie)
    with caplog.at_level(logging.WARNING):
        look(bench)
    assert "/logout" in caplog.text and "secret" not in caplog.text


def test_the_memory_is_bounded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream_logout, "_MOST", 2)
    made = UpstreamLogout(OUT, bench.guard.reader)
    for number in range(5):
        made.remember(f"s{number}", SITE, {"cookie": "a=b"})
    made.remember("s9", SITE, {})
    assert list(made._carried) == ["s3", "s4"]


def test_it_is_really_sent(issuer: KeyServer) -> None:
    issuer.pages["/logout"] = Page(b"bye", 302, (("Location", "http://127.0.0.1:1/"),))
    assert asyncio.run(send(OUT, issuer.url, {"cookie": "a=b"})) == 302
    assert issuer.asked == ["/logout"]


def test_the_option_opens_it(benches: Benches) -> None:
    assert benches(upstream_logout="POST /logout").service.upstream_logout is not None
    assert benches().service.upstream_logout is None
