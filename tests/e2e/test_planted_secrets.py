"""Secrets that must not be found: a day of everything, and then every byte of what nightlatch said, wrote and sent."""

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.planted_day import Day, Said
from tests.e2e.planted_others import applications_cookie, bearer, commands, mistaken, provider
from tests.e2e.planted_own import own_cookies

pytestmark = pytest.mark.timeout(300)
PARTS = (own_cookies, applications_cookie, bearer, provider, mistaken, commands)
TOLD = re.compile(rb"dashboard http://\S+/#\S+")
"""The one line that tells the control token, to whoever started the guard."""

OWN = re.compile("ada|bob|login at|claimed|alert_|signals_|dev_|oidc_|control|credential of|signature of a good|opaque")
"""What is nightlatch's, or stands for somebody at nightlatch."""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The day, under a umask that takes nothing away and with a home of its own."""
    folder, given = tmp_path_factory.mktemp("written"), tmp_path_factory.mktemp("given")
    (folder / "tmp").mkdir()
    before = os.umask(0)
    try:
        with pytest.MonkeyPatch.context() as patch, contextlib.closing(Day(folder, given)) as day:
            patch.setenv("HOME", str(folder))
            patch.setenv("TMPDIR", str(folder / "tmp"))
            for part in PARTS:
                part(day)
            yield day
    finally:
        os.umask(before)


def written(day: Day) -> Iterator[Said]:
    """Every file below the day's folder, without what may tell the control token."""
    for file in sorted(day.folder.rglob("*")):
        if file.is_file() and not file.is_symlink() and file.name != "ready.json":
            yield Said(str(file.relative_to(day.folder)), TOLD.sub(b"", file.read_bytes()))


def processes_of(day: Day) -> Iterator[Said]:
    """What everybody on this machine can read of a guard: its command line."""
    for guard in day.guards:
        yield Said(f"command line of {guard.directory.name}", Path(f"/proc/{guard.process.pid}/cmdline").read_bytes())


def leaks(day: Day, said: Iterator[Said] | list[Said], *besides: str) -> dict[str, set[str]]:
    return {each.where: found for each in said if (found := day.planted.found(each.content, *besides))}


def test_no_file_holds_one(day: Day) -> None:
    files = list(written(day))
    assert len(day.planted.values) > 45
    assert {"record.jsonl", "trail.jsonl", "ledger.db", "ledger.db-wal", "log-0"} <= {
        Path(each.where).name for each in files
    }
    assert leaks(day, files) == {}


def test_no_command_prints_one(day: Day) -> None:
    assert len(day.printed) > 20
    assert leaks(day, day.printed) == {}


def test_no_command_line_shows_one(day: Day) -> None:
    assert leaks(day, processes_of(day)) == {}


def test_no_answer_says_one(day: Day) -> None:
    """But for what a page shows to the person who sent it (the address one comes back to, the form that was kept, a
    name that nobody has), and for the code of the dev login, which its page tells everybody."""
    assert leaks(day, day.answers, "query", "kept form", "no name", "dev_second_factor") == {}


def test_nobody_who_is_told_of_alerts_and_events_hears_one(day: Day) -> None:
    day.syslog.setblocking(False)
    heard = []
    while True:
        try:
            heard.append(Said("syslog", day.syslog.recv(65536)))
        except BlockingIOError:
            break
    heard += [Said("webhook", got.body.encode()) for got in (*day.webhook.got, *day.signals.got)]
    assert len(heard) > 20
    assert leaks(day, heard) == {}


def test_the_application_hears_only_what_is_for_it(day: Day) -> None:
    """What a client sends to the application is the application's; what is nightlatch's own stays here."""
    own = {
        name
        for name in day.planted.values
        if re.match(r"ada|bob|login at|claimed|alert_|signals_|dev_|oidc_|control|credential of", name)
    }
    others = day.planted.values.keys() - own
    assert len(own) > 10
    assert (
        leaks(day, [Said(f"{seen.method} {seen.target}", repr(seen).encode()) for seen in day.upstream.seen], *others)
        == {}
    )


def test_others_may_neither_read_nor_write_what_is_written(day: Day) -> None:
    """Under a umask of 0: what the modes are is nightlatch's own doing."""
    mine = {"tmp", *(guard.directory.name for guard in day.guards)}
    loose = {}
    for file in day.folder.rglob("*"):
        mode = stat.S_IMODE(file.lstat().st_mode)
        if mode & 0o077 and not file.is_symlink() and file.name not in mine and not file.name.startswith("log-"):
            loose[str(file.relative_to(day.folder))] = oct(mode)
    assert loose == {}
