"""What idle open WebSockets cost the guard: CPU while nothing happens, while others work, and how late they are closed.

Usage: python -m scripts.bench_sockets [--sockets N] [--seconds S]

Real sockets through a real `nightlatch run`, each of a session of its own, against an upstream that only shakes hands.
The guard needs two file descriptors a socket. Figures are shares of one core, from /proc.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "addons")]

from scripts.bench_socket_lines import Line, accept, login, opened, opened_anew, share  # noqa: E402 (as below)

from nightlatch.clock import wall_now  # noqa: E402 (needs the path above)
from nightlatch.ledger.writer import open_writer  # noqa: E402 (as above)

POLICY = """[policy]
name = "sockets"
[session]
idle = "2h"
[[rule]]
name = "short"
match = { path = "/short" }
idle = "8s"
"""


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


def allowed(sockets: int) -> int:
    """How many sockets this machine's limit of open files leaves; raised as far as it may be."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = (hard - 300) // 2
    if sockets > most:
        print(f"this machine allows {most} sockets: its limit of open files is two for each")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * most + 300, hard))
    return min(sockets, most)


async def guarded(folder: Path, sockets: int, seconds: float) -> None:
    """Start a guard before an upstream of one's own, and measure."""
    (folder / "policy.toml").write_text(POLICY)
    upstream = await asyncio.start_server(accept, "127.0.0.1", 0, backlog=1000)
    origin = f"http://127.0.0.1:{upstream.sockets[0].getsockname()[1]}"
    files = {"--ready-file": "ready", "--ledger": "ledger.db", "--policy": "policy.toml"}
    places = [part for option, name in files.items() for part in (option, str(folder / name))]
    command = [sys.executable, "-m", "nightlatch_cli", "run", origin, "--listen", "127.0.0.1:0", *places]
    guard = subprocess.Popen(command, cwd=folder)
    try:
        while not (folder / "ready").exists():
            await asyncio.sleep(0.05)
        await measure(json.loads((folder / "ready").read_text()), sockets, seconds)
    finally:
        guard.terminate()
        guard.wait(30)
        upstream.close()


async def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        await guarded(Path(folder), allowed(given.sockets), given.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
