"""What becomes of requests when the ledger's disk, file or log breaks under a running guard: nothing passes that should
not, the message names the remedy, and once it is whole again the guard goes on by itself."""

import shutil
import sqlite3
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from tests.e2e import mounted, processes
from tests.e2e.client import Browser
from tests.e2e.processes import Guard, nightlatch
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until

Start = Callable[..., Guard]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    return folder


def _refused(browser: Browser) -> bool:
    answer = browser.fetch("/")
    assert answer.status in (200, 503), answer
    return answer.status == 503


def _troubles(ledger: Path) -> str:
    return nightlatch("events", "--jsonl", "--type", "ledger.error", ledger=ledger).out


def test_a_full_disk_refuses_and_room_on_it_is_all_it_takes(
    guards: Start, upstream: Upstream, small: Path, tmp_path: Path
) -> None:
    guard = guards(upstream.url, ledger=small / "ledger.db", inside=mounted.inside("small", small))
    inside, leaving, outside = Browser(guard.url).login("ada"), Browser(guard.url).login("bob"), Browser(guard.url)
    disk = mounted.Filling(mounted.seen(guard, small))
    disk.fill()
    until(lambda: _refused(inside), "a write to fail")
    with upstream.untouched():
        assert inside.fetch("/").status == 503, "touching"
        assert outside.submit("/.nightlatch/login", user="eve").status == 503, "creating"
        assert not outside.cookies
        assert leaving.submit("/.nightlatch/logout").status == 503, "ending"
    assert "on a disk that is full. Make room and try again" in guard.log
    assert "Traceback" not in guard.log
    disk.remove()
    until(lambda: inside.fetch("/").status == 200, "the guard to go on")
    assert outside.login("eve").fetch("/").status == 200
    _ended_for_ever(leaving)
    copies = (shutil.copytree(mounted.seen(guard, small), tmp_path / f"copy-{n}") / "ledger.db" for n in count())
    until(lambda: "disk that is full" in _troubles(next(copies)), "the trail to tell of it")
    assert nightlatch("audit", "verify", ledger=next(copies)).code == 0


def _ended_for_ever(browser: Browser) -> None:
    kept = dict(browser.cookies)
    assert browser.submit("/.nightlatch/logout").status == 200
    browser.cookies = kept
    assert browser.fetch("/").status == 401


def test_a_ledger_on_a_disk_that_cannot_be_written_stops_the_start(
    guards: Start, upstream: Upstream, small: Path
) -> None:
    ledger = small / "ledger.db"
    guards(upstream.url, ledger=ledger).stop()
    guard = guards(upstream.url, kind=processes.start, ledger=ledger, inside=mounted.inside("sealed", small))
    until(lambda: not guard.alive(), "the guard to stop")
    assert guard.process.returncode == 6, guard.log
    assert f"The ledger {ledger} is not writable. Change its owner or mode, or give another path" in guard.log
    assert "Traceback" not in guard.log


def _moved(ledger: Path) -> None:
    ledger.rename(ledger.with_name("aside.db"))


def _another(ledger: Path) -> None:
    """Another ledger, whole and of this version, in which nobody has logged out."""
    shutil.copy(ledger, other := ledger.with_name("other.db"))
    other.replace(ledger)


def _folder(ledger: Path) -> None:
    _moved(ledger)
    ledger.mkdir()


def _log(ledger: Path) -> None:
    ledger.with_name("ledger.db-wal").unlink()


def _index(ledger: Path) -> None:
    ledger.with_name("ledger.db-shm").unlink()


@pytest.mark.parametrize("broken", [_moved, _another, _folder, _log, _index])
def test_whatever_is_taken_away_nothing_passes_and_no_end_is_lost(
    guards: Start, upstream: Upstream, tmp_path: Path, broken: Callable[[Path], None]
) -> None:
    guard = guards(upstream.url)
    inside, out = Browser(guard.url).login("ada"), Browser(guard.url).login("bob")
    kept = dict(out.cookies)
    assert out.submit("/.nightlatch/logout").status == 200
    out.cookies = kept
    broken(guard.ledger)
    with upstream.untouched():
        assert [browser.fetch("/").status for browser in (inside, out)] == [503, 503], "from the very next request on"
        assert Browser(guard.url).submit("/.nightlatch/login", user="eve").status == 503
    until(lambda: "start nightlatch anew" in guard.log or "Restart nightlatch" in guard.log, "the remedy to be told")
    assert guard.stop() == 0
    if broken in (_moved, _folder):
        shutil.rmtree(guard.ledger, ignore_errors=True)
        guard.ledger.with_name("aside.db").rename(guard.ledger)
    again = guards(upstream.url, "--listen", guard.url.removeprefix("http://"), ledger=guard.ledger)
    with upstream.untouched():
        assert out.fetch("/").status == 401, "the end was for ever"
    assert again.cli("audit", "verify").code == 0


def test_what_is_put_back_in_time_needs_no_restart(guards: Start, upstream: Upstream) -> None:
    guard = guards(upstream.url)
    browser = Browser(guard.url).login()
    _moved(guard.ledger)
    with upstream.untouched():
        assert browser.fetch("/").status == 503
    guard.ledger.with_name("aside.db").rename(guard.ledger)
    until(lambda: browser.fetch("/").status == 200, "the guard to go on")


def test_stock_mitmproxy_fares_no_better(upstream: Upstream, guards: Start) -> None:
    guard = guards(upstream.url, kind=processes.stock)
    browser = Browser(guard.url).login()
    _log(guard.ledger)
    with upstream.untouched():
        assert browser.fetch("/").status == 503
    until(lambda: "start nightlatch anew" in guard.log or "Restart nightlatch" in guard.log, "the remedy to be told")


@pytest.mark.parametrize("arguments", [("sessions",), ("sessions", "end", "x"), ("clock", "freeze"), ("doctor",)])
def test_commands_say_what_is_the_matter(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """In one line, with the remedy, whatever stands where the ledger should be."""
    folder, garbage, other = tmp_path / "folder", tmp_path / "garbage", tmp_path / "other"
    folder.mkdir()
    garbage.write_bytes(b"no ledger" * 1000)
    sqlite3.connect(other).executescript("CREATE TABLE mine (a)").connection.close()
    for path, remedy in ((folder, "is a folder"), (garbage, "not a ledger"), (other, "not a ledger of nightlatch")):
        done = nightlatch(*arguments, ledger=path)
        told = done.out if arguments == ("doctor",) else done.err
        assert done.code == (1 if arguments == ("doctor",) else 6), done
        assert remedy in told and "--ledger" in told and "Traceback" not in done.err
