import asyncio
import sys
from pathlib import Path

import pytest

from nightlatch_cli.demo import guard
from nightlatch_cli.demo.guard import GuardFailed, guarded, listening, stop, surroundings

STUBBORN = (
    "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); sys.stdin.read()"
)


def test_the_users_configuration_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTLATCH_POLICY", "strict")
    monkeypatch.setenv("HOME", "/home/ada")
    found = surroundings()
    assert "NIGHTLATCH_POLICY" not in found
    assert found["HOME"] == "/home/ada"


def test_a_guard_that_does_not_start_says_so(tmp_path: Path) -> None:
    async def start() -> None:
        with (tmp_path / "log").open("wb") as log:
            async with guarded("nonsense", policy="default", users=(), ledger=tmp_path / "l.db", log=log):
                raise AssertionError("it cannot listen")

    with pytest.raises(GuardFailed, match="ended with 3"):
        asyncio.run(start())
    assert "nonsense" in (tmp_path / "log").read_text()


def test_a_guard_that_never_listens_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.05)

    async def wait() -> None:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
        try:
            await listening(process, tmp_path / "never")
        finally:
            process.kill()
            await process.communicate()

    with pytest.raises(GuardFailed, match="took too long"):
        asyncio.run(wait())


def test_one_that_does_not_want_to_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MERCY", 0.05)

    async def end() -> int | None:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", STUBBORN, stdin=pipe, stdout=pipe)
        assert process.stdout is not None
        await process.stdout.readline()
        await stop(process)
        await stop(process)
        await process.communicate()
        return process.returncode

    assert asyncio.run(end()) == -9
