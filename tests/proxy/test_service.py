"""Everything that runs while a proxy guards: opened whole or not at all, and it goes on when the ledger fails."""

import asyncio
import json
import logging
import os
from pathlib import Path

import pytest
from tests.proxy.bench import OWN, SITE, START, Bench
from tests.proxy.conftest import Benches

from nightlatch.alerts.dispatcher import Dispatcher
from nightlatch.core.events import EventType
from nightlatch.ledger.address import LedgerAddress
from nightlatch.ledger.opening import open_reader
from nightlatch.ledger.port import LedgerError, LedgerReader
from nightlatch.proxy import service as service_module
from nightlatch.proxy.recorder import RecordingUnusable
from nightlatch.proxy.service import open_service
from nightlatch.proxy.sweeper import Sweeper


def test_the_policy_is_noted_before_anything_is_judged(bench: Bench) -> None:
    (noted,) = bench.guard.reader.policies()
    assert (noted.name, noted.version) == ("default", bench.guard.policy.version)
    assert bench.trail(but=()) == [EventType.POLICY_LOADED]


def test_a_ledger_that_is_none_stops_the_start(benches: Benches, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"not a database, and long enough to be taken for one" * 100)
    with pytest.raises(LedgerError, match="not a ledger"):
        benches()


def test_a_start_that_fails_leaves_no_ledger_open(
    benches: Benches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[LedgerReader] = []

    def opening(ledger: LedgerAddress, *, on_loop: bool) -> LedgerReader:
        opened.append(open_reader(ledger, on_loop=on_loop))
        return opened[-1]

    monkeypatch.setattr(service_module, "open_reader", opening)
    with pytest.raises(RecordingUnusable):
        benches(record=str(tmp_path))
    with pytest.raises(LedgerError):
        opened[0].version()


def test_its_own_site_is_swept_and_every_other_that_is_asked_for(bench: Bench) -> None:
    assert set(bench.service.sweepers) == {SITE}
    bench.service.serves("http://other")
    known = bench.service.sweepers["http://other"]
    bench.service.serves("http://other")
    assert bench.service.sweepers["http://other"] is known


def test_in_regular_mode_no_site_is_known_beforehand(bench: Bench) -> None:
    settings = bench.guard.settings
    service = open_service(settings, "", frozenset({"app.example"}))
    assert (service.sweepers, service.hosts) == ({}, frozenset({"app.example"}))
    service.close()


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (("127.0.0.1", 8080), "http://127.0.0.1:8080"),
        (("0.0.0.0", 8080), "http://localhost:8080"),
        (("::1", 8080, 0, 0), "http://[::1]:8080"),
        (("::", 8080, 0, 0), "http://localhost:8080"),
    ],
)
def test_it_tells_the_ledger_where_it_listens(benches: Benches, address: tuple[object, ...], url: str) -> None:
    bench = benches(dev_user="ada:admins bob")
    bench.service.announce([address])
    bench.written()
    (guard,) = bench.guard.reader.guards()
    assert (guard.site, guard.url, guard.cookie, guard.pid) == (SITE, url, OWN, os.getpid())
    assert (guard.identity, guard.login, guard.policy) == ("nightlatch", "dev", "default")
    assert (guard.users, guard.started_at) == (("ada:admins", "bob"), START)


def test_it_sweeps_and_watches_by_itself_and_a_failure_ends_neither(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service_module, "SWEEP_EVERY", 0)
    monkeypatch.setattr(service_module, "LOOK_EVERY", 0)
    bench.log_in()
    bench.later(30)
    stock, tries = Sweeper.sweep, iter([LedgerError("locked"), LedgerError("locked")])

    async def sweeping(sweeper: Sweeper) -> int:
        for error in tries:
            raise error
        return await stock(sweeper)

    async def until_swept() -> None:
        bench.service.run()
        while bench.session().end is None:
            await asyncio.sleep(0)

    monkeypatch.setattr(Sweeper, "sweep", sweeping)
    with caplog.at_level(logging.ERROR):
        bench.run(asyncio.wait_for(until_swept(), 20))
    assert [record.getMessage() for record in caplog.records if "locked" in record.getMessage()] == ["locked"]


def test_closing_writes_down_what_is_pending(bench: Bench, tmp_path: Path) -> None:
    cookie = bench.log_in()
    bench.later(10)
    session = bench.session(bench.visit(cookie=cookie))

    async def closing() -> None:
        bench.service.close()

    bench.run(closing())
    reader = open_reader(bench.ledger)
    stored = reader.session(session.id)
    reader.close()
    assert stored is not None and stored.last_active_at == bench.wall


def test_the_trail_tells_afterwards_that_it_could_not_be_written(bench: Bench) -> None:
    bench.guard.behind._failed("The ledger is locked.")
    bench.run(bench.service.sweep())
    assert "ledger.error" not in bench.trail()
    bench.guard.behind.failure = None
    bench.run(bench.service.sweep())
    bench.run(bench.service.sweep())
    assert bench.trail().count("ledger.error") == 1


def test_who_is_sent_the_trail_is_told_of_the_policy_that_the_first_start_brings(
    benches: Benches, tmp_path: Path
) -> None:
    guard = benches(audit_file=str(tmp_path / "audit.jsonl")).guard
    (channel,) = guard.settings.alerts.channels
    asyncio.run(Dispatcher(channel, guard.reader, guard.write, lambda: START).work())
    (line,) = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert (json.loads(line)["id"], json.loads(line)["type"]) == (1, EventType.POLICY_LOADED)
