"""The policy with which a guard begins: a start is no act, and revives nothing."""

import asyncio
import logging
from pathlib import Path

import pytest
from tests.proxy.bench import SITE, Bench

from nightlatch.core.events import EventType
from nightlatch.core.policy import MINUTE
from nightlatch.core.session import Session, State
from nightlatch.proxy.options import OPTIONS
from nightlatch.proxy.policy_change import apply_policy
from nightlatch.proxy.service import Service, open_service
from nightlatch.proxy.settings import Settings, read_settings

TEXT = '[policy]\nname = "test"\n[session]\nidle = "{}"\nabsolute = "8h"\n'


def _settings(tmp_path: Path, idle: str) -> Settings:
    (tmp_path / "p.toml").write_text(TEXT.format(idle))
    values = {option.name: option.default for option in OPTIONS}
    return read_settings(values | {"ledger": str(tmp_path / "l.db"), "policy": str(tmp_path / "p.toml")})


def _put(service: Service, idle: str) -> None:
    asyncio.run(apply_policy(service, TEXT.format(idle), "ada"))


def _stop(service: Service) -> None:
    service.guard.behind.stop()
    service.guard.reader.close()


def _idle(service: Service) -> int | None:
    return service.guard.policy.session.idle


def _began(service: Service, minutes: int) -> str:
    """A session that began, and was last active, so long ago."""
    at = service.guard.clock.now() - minutes * MINUTE
    session = Session("s1", SITE, "ada", "nightlatch", at, at, at, at)
    service.guard.behind.submit(lambda writer: writer.create(session, b"f", [])).result()
    return session.id


def test_a_restart_keeps_what_was_put_in_the_place_of_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = open_service(_settings(tmp_path, "30m"), SITE)
    _put(first, "5m")
    _stop(first)
    with caplog.at_level(logging.WARNING):
        second = open_service(_settings(tmp_path, "30m"), SITE)
    assert _idle(second) == 5 * MINUTE
    assert f"{second.guard.policy.version} is in force (api by ada)" in caplog.text
    assert f"rollback {second.standing.given}" in caplog.text
    assert len(second.guard.reader.policy_changes()) == 2
    _stop(second)


def test_a_file_that_changed_meanwhile_holds(tmp_path: Path) -> None:
    first = open_service(_settings(tmp_path, "30m"), SITE)
    _put(first, "5m")
    _stop(first)
    second = open_service(_settings(tmp_path, "20m"), SITE)
    assert _idle(second) == 20 * MINUTE
    newest = second.guard.reader.policy_changes()[0]
    assert (newest.how, newest.version, newest.given) == ("start", second.guard.policy.version, newest.version)
    _stop(second)


def test_a_second_guard_begins_with_what_the_first_has_in_force(tmp_path: Path) -> None:
    first = open_service(_settings(tmp_path, "30m"), SITE)
    _put(first, "5m")
    second = open_service(_settings(tmp_path, "30m"), "http://127.0.0.1:4000")
    assert second.guard.policy.version == first.guard.policy.version
    _stop(first)
    _stop(second)


def test_what_ran_out_while_no_guard_was_there_is_not_revived_by_a_looser_policy(tmp_path: Path) -> None:
    first = open_service(_settings(tmp_path, "30m"), SITE)
    first.announce([("127.0.0.1", 8080)])
    key = _began(first, 40)
    _stop(first)
    second = open_service(_settings(tmp_path, "2h"), SITE)
    session = second.guard.reader.session(key)
    assert session is not None and session.end is not None
    assert (session.state, session.end.limit, session.end.at) == (
        State.EXPIRED,
        30 * MINUTE,
        session.last_active_at + 30 * MINUTE,
    )
    _stop(second)


def test_what_a_tighter_policy_ends_at_the_start_is_said_to_be_its_work(tmp_path: Path) -> None:
    first = open_service(_settings(tmp_path, "2h"), SITE)
    first.announce([("127.0.0.1", 8080)])
    before, key = first.guard.policy.version, _began(first, 40)
    _stop(first)
    second = open_service(_settings(tmp_path, "30m"), SITE)
    (chained,) = second.guard.reader.events(types=(EventType.SESSION_EXPIRED,))
    assert (chained.event.session, chained.event.detail["tightened_from"]) == (key, before)
    _stop(second)


def test_a_start_is_recorded_with_who_started_it(bench: Bench) -> None:
    (change,) = bench.guard.reader.policy_changes()
    (chained,) = bench.guard.reader.events(types=(EventType.POLICY_LOADED,))
    assert (change.source, change.how, change.previous) == ("default", "start", None)
    assert change.actor and chained.event.detail["actor"] == change.actor
    assert bench.service.standing.followed == change.id
