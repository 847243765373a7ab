"""The processes that a benchmark compares: an upstream, stock mitmdump, guards. Knows how to start and stop them."""

import contextlib
import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0
"""Seconds that a process may take to listen."""

Command = list[str | Path]


class Site(NamedTuple):
    """Something that answers at `url`; `cookie` is what a client must send along, empty when nothing."""

    name: str
    url: str
    pid: int
    cookie: str = ""

    @property
    def secure(self) -> str:
        """The same by TLS: mitmproxy takes both on one port."""
        return self.url.replace("http:", "https:", 1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def environment() -> dict[str, str]:
    """The environment in which nightlatch is importable from this checkout."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # Without compiled modules every start would compile them again, which no installation does.
    return {**inherited, "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("addons", "cli", "."))}


def nightlatch(*arguments: str | Path) -> Command:
    return [sys.executable, "-m", "nightlatch_cli", *arguments]


def mitmdump() -> Command:
    """Stock mitmdump of this very environment."""
    return [sys.executable, "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()"]


@contextlib.contextmanager
def running(command: Command, port: int, directory: Path) -> Iterator[int]:
    """`command` for the time of the block, once it listens on `port`; its process id."""
    with (directory / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=directory, env=environment(), stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield process.pid
        finally:
            process.terminate()
            process.wait(PATIENCE)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as `port` is listened on.

    Raises:
        RuntimeError: the process ended, or took too long.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.002)
    raise RuntimeError(f"{process.args!r} does not listen on port {port}")


@contextlib.contextmanager
def stock(directory: Path, site: str) -> Iterator[Site]:
    port = free_port()
    options = ["-q", "--listen-host", "127.0.0.1", "--listen-port", str(port), "--mode", f"reverse:{site}"]
    with running([*mitmdump(), *options], port, directory) as pid:
        yield Site("mitmdump", f"http://127.0.0.1:{port}", pid)


@contextlib.contextmanager
def guard(
    directory: Path, site: str, ledger: Path | str, command: Command | None = None, options: Command | None = None
) -> Iterator[Site]:
    """`nightlatch run` as anybody starts it; `command` is what to start in the place of `nightlatch`."""
    port = free_port()
    start = nightlatch() if command is None else command
    given: Command = ["run", site, "--listen", f"127.0.0.1:{port}", "--ledger", ledger, *(options or ())]
    with running([*start, *given], port, directory) as pid:
        yield Site("nightlatch", f"http://127.0.0.1:{port}", pid)


def logged_in(site: Site, *, by_tls: bool = False) -> Site:
    """`site` with the cookie of a session that has just begun."""
    where, anybody = urlsplit(site.url).netloc, ssl._create_unverified_context()
    connection = http.client.HTTPConnection(where, timeout=PATIENCE)
    if by_tls:
        connection = http.client.HTTPSConnection(where, timeout=PATIENCE, context=anybody)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/.nightlatch/login", "user=alice&return_to=/", headers)
    answer = connection.getresponse()
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    connection.close()
    if not cookie:
        raise RuntimeError(f"no session at {site.url}: {answer.status}")
    return site._replace(cookie=cookie)
