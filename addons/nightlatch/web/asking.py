"""A request after it was let in and read, and the answer to it: the two values between the handler and the routes."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from msgspec import UnsetType

from nightlatch.ledger.address import LedgerAddress
from nightlatch.ledger.opening import open_reader
from nightlatch.ledger.port import LedgerError, LedgerReader
from nightlatch.web.control import Control
from nightlatch.web.problems import Refusal

T = TypeVar("T")


class Reading:
    """A reader of the ledger on a thread of its own: ten thousand sessions must not hold up the guard's loop."""

    def __init__(self, ledger: LedgerAddress) -> None:
        self._reader: LedgerReader = open_reader(ledger)
        self._thread = ThreadPoolExecutor(1, "nightlatch-control")

    async def ask(self, question: Callable[[LedgerReader], T]) -> T:
        """What `question` finds out, on the thread.

        Raises:
            LedgerError: the ledger cannot be read.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._reader)

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._reader.close()


class Ask(NamedTuple):
    """One request. `path`, `query` and `body` have been checked against what the route says of them."""

    control: Control
    ledger: Reading
    path: Mapping[str, str] = {}
    query: Any = None
    body: Any = None
    headers: Mapping[str, str] = {}

    @property
    def by(self) -> str:
        """Who asks, for the trail: `dashboard`, or the program's name as it gives it."""
        said = self.headers.get("Nightlatch-By") or self.headers.get("User-Agent") or "unknown"
        return f"control: {said[:60]}" if said.isprintable() else "control: unknown"


class Answer(NamedTuple):
    """A JSON document (or bytes that are one), its status and further header fields."""

    document: Any
    status: int = 200
    headers: Mapping[str, str] = {}


async def session_or_404(ask: Ask) -> Any:
    """The session that the path names.

    Raises:
        Refusal: 404, there is none.
        LedgerError: the ledger cannot be read.
    """
    name = ask.path["id"]
    found = await ask.ledger.ask(lambda reader: reader.session(name))
    if found is None:
        raise Refusal(404, "There is no such session on this ledger.")
    return found


async def caught_up(ask: Ask) -> None:
    """Wait until what was asked so far is in the ledger: touches and decisions are written behind. A ledger that cannot
    be written can still be read."""
    with contextlib.suppress(LedgerError):
        await ask.control.write(lambda _: None)


def given(value: T | UnsetType) -> T | None:
    """A parameter that may be left out; None when it was."""
    return None if isinstance(value, UnsetType) else value
