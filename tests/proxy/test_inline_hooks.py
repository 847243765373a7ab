"""Hooks that need not be awaited are called at once, in mitmproxy's order; writes are joined, never reordered."""

import asyncio
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.connection import Client, Server
from mitmproxy.http import HTTPFlow, Response
from mitmproxy.proxy import commands
from tests.proxy.running import Application, asking, everything, guarding, serving

from nightlatch.proxy.inline_hooks import LARGEST_WRITE, joined

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
CLOSING = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
CONNECTIONS = (Client(peername=("", 1), sockname=("", 2)), Server(address=("", 3)))


class Witness:
    """Notes every hook of a request, and in which task it was called; `later` waits in the hooks it names."""

    def __init__(self, *later: str) -> None:
        self.calls: list[str] = []
        self.tasks: set[str] = set()
        for hook in ("requestheaders", "request", "responseheaders", "response"):
            setattr(self, hook, self._later(hook) if hook in later else self._plain(hook))

    def _plain(self, hook: str) -> object:
        def called(_: HTTPFlow) -> None:
            self.calls.append(hook)
            task = asyncio.current_task()
            self.tasks.add(task.get_name() if task else "")

        return called

    def _later(self, hook: str) -> object:
        async def called(_: HTTPFlow) -> None:
            self.calls.append(f"{hook} begins")
            await asyncio.sleep(0)
            self.calls.append(f"{hook} ends")

        return called


def _hooks_of(addon: Witness, confdir: Path, head: bytes = CLOSING) -> list[str]:
    async def scenario() -> None:
        application = Application()
        async with serving(application) as upstream, guarding(addon, upstream, confdir) as port:
            reader, writer = await asking(port, head)
            assert b"GET / HTTP/1.1" in await everything(reader)
            writer.close()

    asyncio.run(scenario())
    return addon.calls


def test_hooks_are_called_in_order_and_in_no_task_of_their_own(confdir: Path) -> None:
    witness = Witness()
    assert _hooks_of(witness, confdir) == ["requestheaders", "request", "responseheaders", "response"]
    assert not any("handle_hook" in task for task in witness.tasks)


def test_a_hook_that_waits_is_waited_for(confdir: Path) -> None:
    calls = _hooks_of(Witness("requestheaders", "responseheaders"), confdir)
    assert calls == [
        "requestheaders begins", "requestheaders ends", "request",
        "responseheaders begins", "responseheaders ends", "response",
    ]  # fmt: skip


def test_many_requests_on_one_connection_are_answered_in_order(confdir: Path) -> None:
    class Answering:
        def requestheaders(self, flow: HTTPFlow) -> None:
            flow.response = Response.make(200, flow.request.path.encode())

    async def scenario() -> None:
        async with guarding(Answering(), "http://127.0.0.1:9", confdir) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for number in range(20):
                writer.write(b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number)
            writer.write(CLOSING)
            bodies = [part.rpartition(b"\r\n\r\n")[2] for part in (await everything(reader)).split(b"HTTP/1.1 200 OK")]
            assert bodies == [b"", *(b"/%d" % number for number in range(20)), b"/"]
            writer.close()

    asyncio.run(scenario())


def _write(connection: int, size: int) -> commands.Command:
    return commands.SendData(CONNECTIONS[connection], bytes([connection]) * size)


commands_given = st.lists(
    st.one_of(
        st.builds(_write, st.integers(0, 1), st.sampled_from([0, 1, 7, LARGEST_WRITE])),
        st.builds(commands.Log, st.just("between")),
    ),
    max_size=12,
)


def _sequence(given: list[commands.Command]) -> list[tuple[object, bytes]]:
    """What goes where and in which order, whatever the pieces."""
    told: list[tuple[object, bytes]] = []
    for command in given:
        if not isinstance(command, commands.SendData):
            told.append((command, b""))
        elif told and told[-1][0] is command.connection:
            told[-1] = (command.connection, told[-1][1] + command.data)
        else:
            told.append((command.connection, command.data))
    return told


@given(commands_given)
def test_joining_changes_neither_content_nor_order(given: list[commands.Command]) -> None:
    result = list(joined(given))
    assert _sequence(result) == _sequence(given)
    sent = [command for command in result if isinstance(command, commands.SendData)]
    assert all(len(command.data) <= LARGEST_WRITE for command in sent)


def test_small_pieces_are_one_write() -> None:
    result = list(joined([_write(0, 5), _write(0, 3), _write(1, 2), _write(0, 1)]))
    assert [command.data for command in result if isinstance(command, commands.SendData)] == [
        bytes(8),
        b"\1\1",
        bytes(1),
    ]
