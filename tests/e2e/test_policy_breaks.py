"""Whatever is put in the place of a policy file: the guard neither hangs nor swells nor loosens, and says what is
wrong."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e import processes
from tests.e2e.client import Browser
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until

Start = Callable[..., Guard]
GOOD = '[policy]\nname = "acme"\n[session]\nidle = "{}"\nabsolute = "8h"\n'
TOO_LARGE = 1 << 30


def _gone(path: Path) -> None:
    """Nothing there."""


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(TOO_LARGE)


def _written(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a directory": (Path.mkdir, "a directory"),
    "a pipe": (os.mkfifo, "not a regular file"),
    "removed": (_gone, "cannot be read"),
    "what never ends": (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
    "a link to itself": (lambda path: path.symlink_to(path), "cannot be read"),
    "a gigabyte": (_large, "larger than 1 MiB"),
    "half written": (_written(GOOD.format("90m").encode()[:-20]), "expected"),
    "nonsense": (_written(b"idle: forever"), "expected"),
    "empty": (_written(b""), "an empty file"),
    "UTF-16": (_written(GOOD.format("90m").encode("utf-16")), "not UTF-8"),
    "with NUL bytes": (_written(b"\0" * 100), "expected"),
}


@pytest.fixture(params=["own", "stock"])
def guard(request: pytest.FixtureRequest, guards: Start, upstream: Upstream, tmp_path: Path) -> Guard:
    policy = tmp_path / "acme.toml"
    policy.write_text(GOOD.format("10m"))
    if request.param == "own":
        return guards(upstream.url, "--policy", str(policy))
    return guards(upstream.url, f"nightlatch_policy={policy}", kind=processes.stock)


def _memory(guard: Guard) -> int:
    """Resident pages."""
    return int(Path(f"/proc/{guard.process.pid}/statm").read_text().split()[1])


@pytest.mark.timeout(300)
def test_the_last_good_policy_stays_in_force(guard: Guard, tmp_path: Path, upstream: Upstream) -> None:
    policy, browser = tmp_path / "acme.toml", Browser(guard.url).login()
    before = _memory(guard)
    for what, (broken, says) in BROKEN.items():
        told = len(guard.log)
        _removed(policy)
        broken(policy)
        until(lambda: says in guard.log[told:], f"{what} to be refused with `{says}`")  # noqa: B023 (asked at once)
        answer = browser.fetch("/")
        assert (answer.status, answer.header("Nightlatch-Session").split(",")[0]) == (200, "idle=600"), what
    assert (_memory(guard) - before) * 4096 < TOO_LARGE / 4
    assert "Traceback" not in guard.log
    assert "cannot come into force" in guard.cli("doctor").out
    _removed(policy)
    policy.write_bytes(b"\xef\xbb\xbf" + GOOD.format("5m").replace("\n", "\r\n").encode())
    until(lambda: browser.fetch("/").header("Nightlatch-Session").startswith("idle=300"), "a good one to be taken")
    assert guard.stop() == 0


def _removed(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
