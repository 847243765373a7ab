"""What idle open WebSockets cost the guard: CPU while nothing happens, while others work, and how late they are closed.

Usage: python -m scripts.bench_sockets [--sockets N] [--seconds S]

Real sockets through a real `nightlatch run`, each of a session of its own, against an upstream that only shakes hands.
The guard needs two file descriptors a socket. Figures are shares of one core, from /proc.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from hashlib import sha1
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "addons")]

from nightlatch.clock import wall_now  # noqa: E402 (needs the path above)
from nightlatch.ledger.writer import open_writer  # noqa: E402 (as above)

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
POLICY = """[policy]
name = "sockets"
[session]
idle = "2h"
[[rule]]
name = "short"
match = { path = "/short" }
idle = "8s"
"""
HEAD = (
    b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: nightlatch-%d=%b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
LOGIN = (
    b"POST /.nightlatch/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 6\r\nConnection: close\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nuser=u"
)
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The upstream: shake hands, then be silent."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        key = head.lower().partition(b"sec-websocket-key: ")[2].partition(b"\r\n")[0]
        given = head[head.lower().index(key) :][: len(key)]
        proof = b64encode(sha1(given + MAGIC, usedforsecurity=False).digest())
        writer.write(
            b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %b\r\n\r\n" % proof
        )
        await reader.read()
    except (ConnectionError, asyncio.IncompleteReadError, ValueError):
        pass
    writer.close()


async def login(port: int) -> bytes:
    """A session of one's own; its credential."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(LOGIN)
    answer = await reader.read()
    writer.close()
    return answer.partition(b"nightlatch-%d=" % port)[2].partition(b";")[0]


async def opened(port: int, path: bytes, credential: bytes) -> Line:
    """An open WebSocket."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD % (path, port, credential))
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), head
    return reader, writer


def cpu(pid: int) -> float:
    """Seconds of CPU that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def share(pid: int, seconds: float, work: object = None) -> float:
    """The share of a core that the guard uses meanwhile, in percent."""
    before, start = cpu(pid), time.monotonic()
    await (asyncio.sleep(seconds) if work is None else work)  # type: ignore[misc]  # a coroutine or nothing
    return 100 * (cpu(pid) - before) / (time.monotonic() - start)


async def commits(ledger: Path, seconds: float) -> None:
    """Another process at work on the ledger: five commits a second."""
    writer, until = open_writer(ledger), time.monotonic() + seconds
    while time.monotonic() < until:
        writer.probe()
        await asyncio.sleep(0.2)
    writer.close()


async def lateness(port: int, count: int) -> list[float]:
    """Milliseconds between deadlines and closes, for sockets whose rule allows eight seconds without activity."""
    late: list[float] = []

    async def one() -> None:
        began = wall_now() / 1e6
        credential = await login(port)
        reader, writer = await opened(port, b"/short", credential)
        await reader.read()
        late.append(1000 * (wall_now() / 1e6 - began - 8))
        writer.close()

    await asyncio.gather(*(one() for _ in range(count)))
    return sorted(late)


async def measure(ready: dict[str, object], sockets: int, seconds: float) -> None:
    port, pid, ledger = int(str(ready["url"]).rpartition(":")[2]), int(str(ready["pid"])), Path(str(ready["ledger"]))
    print(f"idle, no sockets:                {await share(pid, seconds):.1f} % of a core")
    lines: list[Line] = []
    for start in range(0, sockets, 50):
        count = min(50, sockets - start)
        lines += await asyncio.gather(*(opened_anew(port) for _ in range(count)))
    await asyncio.sleep(3)
    print(f"idle, {len(lines)} sockets:              {await share(pid, seconds):.1f} % of a core")
    busy = await share(pid, seconds, commits(ledger, seconds))
    print(f"… five foreign commits a second: {busy:.1f} % of a core")
    late = await lateness(port, 20)
    print(f"closed after their deadline by:  {late[len(late) // 2]:.0f} ms (median), {late[-1]:.0f} ms (slowest of 20)")
    for _, writer in lines:
        writer.close()


async def opened_anew(port: int) -> Line:
    return await opened(port, b"/ws", await login(port))


async def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args(arguments)
    most = (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 300) // 2
    if given.sockets > most:
        print(f"this machine allows {most} sockets: its limit of open files is two for each")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * most + 300, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "policy.toml").write_text(POLICY)
        upstream = await asyncio.start_server(accept, "127.0.0.1", 0, backlog=1000)
        origin = f"http://127.0.0.1:{upstream.sockets[0].getsockname()[1]}"
        files = [
            "--ready-file",
            str(where / "ready"),
            "--ledger",
            str(where / "ledger.db"),
            "--policy",
            str(where / "policy.toml"),
        ]
        command = [sys.executable, "-m", "nightlatch_cli", "run", origin, "--listen", "127.0.0.1:0", *files]
        guard = subprocess.Popen(command, cwd=where)
        try:
            while not (where / "ready").exists():
                await asyncio.sleep(0.05)
            await measure(json.loads((where / "ready").read_text()), min(given.sockets, most), given.seconds)
        finally:
            guard.terminate()
            guard.wait(30)
            upstream.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
