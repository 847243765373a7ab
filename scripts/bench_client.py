"""A client for HTTP/1.1, for machines without wrk, and for measuring single requests. Knows nothing of nightlatch."""

import asyncio
import re
import time
from collections.abc import Sequence
from types import TracebackType
from urllib.parse import urlsplit

Field = tuple[str, str]


class Connection:
    """One keep-alive connection to `url`."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)

    async def __aenter__(self) -> "Connection":
        self._reader, self._writer = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._writer.close()

    async def get(self, field: Field, path: str = "/") -> int:
        """The status of an answer that has come in whole."""
        name, value = field
        asked = f"GET {path} HTTP/1.1\r\nHost: {self._parts.netloc}\r\n{name}: {value}\r\n\r\n"
        self._writer.write(asked.encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        await self._reader.readexactly(int(found[1]) if found else 0)
        return int(head.split(None, 2)[1])


def ask(url: str, connections: int, seconds: float, fields: Sequence[Field], in_a_row: int = 1) -> int:
    """Requests on `connections` at once until the time is over, each of `fields` so many times in a row; how many.

    Raises:
        RuntimeError: something was answered that is not 200.
    """

    async def all_of_them() -> int:
        until = time.monotonic() + seconds
        shifted = [[*fields[at % len(fields) :], *fields[: at % len(fields)]] for at in range(connections)]
        return sum(await asyncio.gather(*(_asking(url, given, in_a_row, until) for given in shifted)))

    return asyncio.run(all_of_them())


async def _asking(url: str, fields: Sequence[Field], in_a_row: int, until: float) -> int:
    count = 0
    async with Connection(url) as connection:
        while time.monotonic() < until:
            status = await connection.get(fields[count // in_a_row % len(fields)])
            if status != 200:
                raise RuntimeError(f"{url} answered {status}")
            count += 1
    return count
