"""`python -m scripts.stress.network`: many clients that want nothing, or never come to their point, at a real guard.

Meanwhile somebody else asks for pages. Prints what that takes and what the guard holds in memory; exits with 1 when
that client was not answered, or the guard ended.
"""

import argparse
import asyncio
import contextlib
import json
import resource
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

ASKED = b"GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALVES = {
    "idle": ASKED,
    "half a head, a byte at a time": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-",
    "half a TLS handshake": b"\x16\x03\x01\x02\x00\x01\x00\x01",
    "half a body": b"POST /favicon.ico HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\nhalf",
}


class Figures(NamedTuple):
    """What one run came to."""

    what: str
    connections: int
    median_ms: float
    slowest_ms: float
    megabytes: float
    answered: bool


class Guard(NamedTuple):
    """A guard that listens."""

    process: asyncio.subprocess.Process
    port: int
    log: Path

    @property
    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextlib.asynccontextmanager
async def guarding(files: int) -> AsyncIterator[Guard]:
    """A guard that may have `files` files open, before an application that answers everything."""
    application = await asyncio.start_server(_answer, "127.0.0.1", 0)
    upstream = f"http://127.0.0.1:{application.sockets[0].getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        ready, log = Path(folder) / "ready.json", Path(folder) / "log"
        command = [sys.executable, "-m", "nightlatch_cli", "run", upstream, "--listen", "127.0.0.1:0"]
        more = ["--ready-file", str(ready), "--ledger", f"{folder}/ledger.db"]
        with log.open("wb") as said:
            process = await asyncio.create_subprocess_exec(
                *command, *more, stderr=said, stdout=said, preexec_fn=lambda: _limit(files)
            )
        while not ready.exists():
            await asyncio.sleep(0.05)
        port = int(json.loads(ready.read_text())["url"].rpartition(":")[2])
        try:
            yield Guard(process, port, log)
        finally:
            process.kill()
            await process.wait()
            application.close()


def _limit(files: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    writer.close()


async def asking(guard: Guard, times: int) -> list[float]:
    """Milliseconds that each of so many requests took, on connections of ten requests each."""
    taken = []
    for _ in range(times // 10):
        reader, writer = await asyncio.open_connection("127.0.0.1", guard.port)
        for _ in range(10):
            begun = perf_counter()
            writer.write(ASKED)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\nok"), 30)
            taken.append((perf_counter() - begun) * 1000)
            assert head.startswith(b"HTTP/1.1 200"), head
        writer.close()
    return sorted(taken)


async def crowded(guard: Guard, what: str, count: int) -> Figures:
    """Open `count` connections that say what `what` says, and ask meanwhile."""
    writers = []
    for _ in range(count):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", guard.port)
            writer.write(HALVES[what])
            writers.append(writer)
    await asyncio.sleep(1)
    loop = asyncio.get_running_loop()
    trickle = loop.create_task(_trickle(writers)) if "byte" in what else None
    try:
        taken = await asking(guard, 200)
    except (OSError, TimeoutError, asyncio.IncompleteReadError, AssertionError):
        taken = []
    if trickle is not None:
        trickle.cancel()
    held = guard.megabytes
    for writer in writers:
        writer.close()
    await asyncio.sleep(1)
    good = bool(taken) and guard.process.returncode is None
    median, slowest = (taken[len(taken) // 2], taken[-1]) if taken else (0.0, 0.0)
    return Figures(what, count, round(median, 1), round(slowest, 1), round(held, 1), good)


async def _trickle(writers: list[asyncio.StreamWriter]) -> None:
    while True:
        for writer in writers:
            with contextlib.suppress(OSError):
                writer.write(b"a")
        await asyncio.sleep(1)


async def tried(count: int) -> list[Figures]:
    """Every kind of crowd on one guard, and one on a guard that may open few files."""
    async with guarding(16_384) as guard:
        found = [await crowded(guard, "idle", 0)]
        for what in HALVES:
            found.append(await crowded(guard, what, count))
    async with guarding(256) as guard:
        few = await crowded(guard, "idle", min(count, 1000))
        told = "ulimit -n" in guard.log.read_text(errors="replace")
        found.append(few._replace(what="idle, 256 files allowed", answered=few.answered and told))
    return found


def main(run: Callable[[int], Awaitable[list[Figures]]] = tried) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="connections of each kind")
    parser.add_argument("--short", action="store_true", help="200 connections")
    parser.add_argument("--json", help="write the figures into this file")
    asked = parser.parse_args()
    count = 200 if asked.short else asked.count

    async def running() -> list[Figures]:
        return await run(count)

    found = asyncio.run(running())
    print(f"{'clients that are':<32}{'many':>7}{'median':>10}{'slowest':>10}{'memory':>10}")
    for each in found:
        print(
            f"{each.what:<32}{each.connections:>7,}{each.median_ms:>7} ms{each.slowest_ms:>7} ms"
            f"{each.megabytes:>7} MB{'' if each.answered else '  NOT ANSWERED'}"
        )
    if asked.json:
        figures = [each._asdict() for each in found]
        Path(asked.json).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if all(each.answered for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
