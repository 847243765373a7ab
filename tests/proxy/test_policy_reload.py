"""Every way in which the policy of a running guard changes: all of them end what has outlived a tightened limit, and
none revives anything."""

import logging
from pathlib import Path
from typing import Protocol

import pytest
from tests.proxy.bench import Bench
from tests.proxy.conftest import Benches

from nightlatch.core.events import Event, EventType
from nightlatch.core.policy import MINUTE
from nightlatch.core.policy_toml import version_of
from nightlatch.core.verdict import Kind
from nightlatch.ledger.policies_port import PolicyChange
from nightlatch.proxy.policy_change import apply_policy
from nightlatch.proxy.policy_reload import PolicyReload

TEXT = '[policy]\nname = "test"\n[session]\nidle = "{}"\nabsolute = "8h"\n'


class Way(Protocol):
    """Brings a text into force."""

    __name__: str

    def __call__(self, bench: Bench, text: str, /) -> None: ...


async def _reading(bench: Bench, how: str) -> None:
    reload = PolicyReload(bench.service)
    await (reload.look() if how == "look" else reload.read(how))


def _reload(bench: Bench, how: str = "file") -> None:
    bench.run(_reading(bench, how))


def _file(bench: Bench) -> Path:
    return Path(bench.service.standing.source)


def _by_file(bench: Bench, text: str) -> None:
    _file(bench).write_text(text)
    _reload(bench)


def _by_signal(bench: Bench, text: str) -> None:
    _file(bench).write_text(text)
    _reload(bench, "signal")


def _by_api(bench: Bench, text: str) -> None:
    bench.run(apply_policy(bench.service, text, "ada"))


def _elsewhere(bench: Bench, text: str, how: str = "rollback") -> None:
    """Another process brings it into force."""
    version, given = version_of(text), bench.service.standing.given
    change = PolicyChange(bench.service.standing.source, "test", version, bench.wall, "bob", how, None, given)
    with bench.elsewhere() as writer:
        writer.change_policy(change, text, Event(EventType.POLICY_LOADED, bench.wall, policy=version))
    _reload(bench, "look")


WAYS = pytest.mark.parametrize("way", [_by_file, _by_signal, _by_api, _elsewhere])


@pytest.fixture
def lax(benches: Benches) -> Bench:
    """A guard whose policy comes from a file: 30 minutes idle."""
    return benches('[session]\nidle = "30m"\nabsolute = "8h"\n')


def _events(bench: Bench, *types: EventType) -> list[Event]:
    bench.written()
    return [chained.event for chained in bench.guard.reader.events(types=types)]


@WAYS
def test_a_tightened_limit_ends_what_has_outlived_it(lax: Bench, way: Way) -> None:
    cookie, before = lax.log_in(), lax.guard.policy.version
    lax.later(minutes=6)
    way(lax, TEXT.format("5m"))
    assert lax.guard.policy.session.idle == 5 * MINUTE
    (event,) = _events(lax, EventType.SESSION_EXPIRED)
    assert event.detail["tightened_from"] == before
    assert lax.kind(cookie=cookie) is Kind.EXPIRED


@WAYS
def test_a_loosened_one_revives_nothing(lax: Bench, way: Way) -> None:
    cookie = lax.log_in()
    lax.later(minutes=30)
    way(lax, TEXT.format("2h"))
    assert lax.kind(cookie=cookie) is Kind.EXPIRED
    (event,) = _events(lax, EventType.SESSION_EXPIRED)
    assert "tightened_from" not in event.detail


@WAYS
def test_it_is_in_the_history_with_who_and_how(lax: Bench, way: Way) -> None:
    first = lax.guard.reader.policy_changes()[0]
    way(lax, TEXT.format("5m"))
    change, *others = lax.guard.reader.policy_changes()
    assert others == [first]
    assert (change.version, change.previous) == (lax.guard.policy.version, first.version)
    assert change.how == {"_by_file": "file", "_by_signal": "signal", "_by_api": "api"}.get(way.__name__, "rollback")
    assert change.actor
    assert lax.guard.reader.policy_text("test", change.version) == TEXT.format("5m")
    assert (change.given == change.version) is (way in (_by_file, _by_signal))


@pytest.mark.parametrize("how", ["file", "signal"])
@pytest.mark.parametrize("broken", ["[session]\nidel = '5m'\n", "[session", "", " \n", None, "folder", "\udcff"])
def test_a_broken_one_changes_nothing_and_is_told(
    lax: Bench, how: str, broken: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    before, file = lax.guard.policy, _file(lax)
    file.unlink()
    if broken == "folder":
        file.mkdir()
    elif broken is not None:
        file.write_bytes(broken.encode("utf-8", "surrogateescape"))
    with caplog.at_level(logging.ERROR):
        for _ in range(2 if how == "file" else 1):
            _reload_once(lax, how)
    assert lax.guard.policy is before
    assert f"{before.version} stays in force" in caplog.text
    (event,) = _events(lax, EventType.POLICY_REJECTED)
    assert (event.detail["how"], event.policy) == (how, before.version)
    assert lax.service.standing.refused[0].message.startswith(str(event.detail["first"])[:40])


RELOADS: dict[int, PolicyReload] = {}


def _reload_once(bench: Bench, how: str) -> None:
    """With the same `PolicyReload` every time, as in a guard."""

    async def work() -> None:
        if id(bench) not in RELOADS:
            RELOADS.clear()
            RELOADS[id(bench)] = PolicyReload(bench.service)
        await RELOADS[id(bench)].read(how)

    bench.run(work())


def test_a_file_that_is_well_again_is_not_complained_about(lax: Bench) -> None:
    good = _file(lax).read_text()
    _by_file(lax, "broken")
    assert lax.service.standing.refused
    _by_file(lax, good)
    assert not lax.service.standing.refused
    assert len(lax.guard.reader.policy_changes()) == 1


def test_a_change_over_the_api_stays_when_the_file_is_saved_unchanged_and_goes_when_it_changes(lax: Bench) -> None:
    good = _file(lax).read_text()
    _by_api(lax, TEXT.format("5m"))
    _by_file(lax, good)
    assert lax.guard.policy.session.idle == 5 * MINUTE
    _by_file(lax, TEXT.format("10m"))
    assert lax.guard.policy.session.idle == 10 * MINUTE


def test_a_signal_brings_the_file_back_although_it_has_not_changed(lax: Bench) -> None:
    _by_api(lax, TEXT.format("5m"))
    _reload(lax, "signal")
    assert lax.guard.policy.session.idle == 30 * MINUTE


def test_of_two_guards_the_later_does_not_undo_what_came_after(lax: Bench) -> None:
    """Another guard has taken the file, and somebody has rolled it back, before this one notices the file."""
    text = TEXT.format("10m")
    _file(lax).write_text(text)
    version, source, old = version_of(text), lax.service.standing.source, lax.guard.policy
    event = Event(EventType.POLICY_LOADED, lax.wall)
    with lax.elsewhere() as writer:
        change = PolicyChange(source, "test", version, lax.wall, "bob", "file", None, version)
        writer.change_policy(change, text, event)
        writer.change_policy(change._replace(version=old.version, how="rollback"), old.text, event)
    _reload(lax)
    assert lax.guard.policy.version == old.version
    _reload(lax, "look")
    assert lax.guard.policy.version == old.version


def test_what_another_guard_took_but_this_one_cannot_is_refused_once(lax: Bench) -> None:
    """Its login cannot give what the policy demands."""
    demanding = TEXT.format("5m") + '[[rule]]\nname = "a"\nmatch = { path = "/a" }\nrequire = { acr = ["gold"] }\n'
    before = lax.guard.policy
    _elsewhere(lax, demanding)
    _reload(lax, "look")
    assert lax.guard.policy is before
    (event,) = _events(lax, EventType.POLICY_REJECTED)
    assert "gold" in str(event.detail["first"])


def test_a_preset_is_read_anew_by_signal(bench: Bench) -> None:
    _by_api(bench, TEXT.format("5m"))
    _reload(bench, "signal")
    assert (bench.guard.policy.name, bench.guard.policy.session.idle) == ("default", 30 * MINUTE)


def test_public_paths_and_floors_are_read_as_at_the_start(benches: Benches, tmp_path: Path) -> None:
    bench = benches('[session]\nidle = "5m"\nabsolute = "1h"\n', public="/open/**")
    _by_file(bench, TEXT.format("10m"))
    assert bench.kind("/open/x") is Kind.PUBLIC
    (tmp_path / "roomy.toml").write_text('[session]\nidle = "9h"\n')
    before = bench.guard.policy
    for floor in ("strict", "roomy.toml", "nonsense"):
        _by_file(bench, f'[policy]\nfloor = "{floor}"\n[session]\nidle = "2h"\n')
        assert bench.guard.policy is before
