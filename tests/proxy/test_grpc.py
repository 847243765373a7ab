"""A real gRPC client through the guard, by TLS and HTTP/2 on both sides: let in, turned away, and ended in mid-call."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc  # type: ignore[import-untyped,unused-ignore]  # ships no types
import pytest
from mitmproxy.certs import CertStore
from tests.e2e.client import Browser
from tests.proxy.running import PATIENCE, guarding

from nightlatch.core.session import End
from nightlatch.proxy.addon import Nightlatch

TICKS = threading.Event()


def say(request: bytes, _: grpc.ServicerContext) -> bytes:
    return b"said " + request


def watch(request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
    """An endless stream: what is asked for again and again."""
    while context.is_active():
        yield request
        TICKS.wait(0.02)


def chat(requests: Iterator[bytes], _: grpc.ServicerContext) -> Iterator[bytes]:
    for request in requests:
        yield b"heard " + request


@pytest.fixture
def service(confdir: Path) -> Iterator[str]:
    """A gRPC server by TLS; its origin."""
    CertStore.from_store(confdir, "mitmproxy", 2048)
    pem = (confdir / "mitmproxy-ca.pem").read_bytes()
    methods = {
        "Say": grpc.unary_unary_rpc_method_handler(say),
        "Watch": grpc.unary_stream_rpc_method_handler(watch),
        "Chat": grpc.stream_stream_rpc_method_handler(chat),
    }
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Clock", methods),))
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(pem, pem)]))
    server.start()
    yield f"https://127.0.0.1:{port}"
    server.stop(0)


class Client:
    """Calls of one person, or of nobody."""

    def __init__(self, port: int, confdir: Path, cookie: str) -> None:
        roots = (confdir / "mitmproxy-ca-cert.pem").read_bytes()
        self.channel = grpc.secure_channel(f"localhost:{port}", grpc.ssl_channel_credentials(roots))
        self.metadata = (("cookie", f"__Host-nightlatch={cookie}"),) if cookie else ()

    def say(self, text: bytes) -> bytes:
        answer: bytes = self.channel.unary_unary("/test.Clock/Say")(text, metadata=self.metadata, timeout=PATIENCE)
        return answer

    def stream(self, method: str, request: object) -> Iterator[bytes]:
        kind = self.channel.unary_stream if method == "Watch" else self.channel.stream_stream
        calls: Iterator[bytes] = kind(f"/test.Clock/{method}")(request, metadata=self.metadata, timeout=PATIENCE)
        return calls


def refused(call: object) -> tuple[grpc.StatusCode, str]:
    """With what a call fails."""
    with pytest.raises(grpc.RpcError) as error:
        call()  # type: ignore[operator]  # some callable
    return error.value.code(), error.value.details()


def scenario(port: int, confdir: Path, loop: asyncio.AbstractEventLoop, addon: Nightlatch) -> None:
    nobody = Client(port, confdir, "")
    assert refused(lambda: nobody.say(b"x"))[0] is grpc.StatusCode.UNAUTHENTICATED
    (cookie,) = Browser(f"http://127.0.0.1:{port}").login().cookies.values()
    ada = Client(port, confdir, cookie)
    assert ada.say(b"hi") == b"said hi"
    going = threading.Event()

    def talking() -> Iterator[bytes]:
        yield b"one"
        going.wait(PATIENCE)

    chat, watch = ada.stream("Chat", talking()), ada.stream("Watch", b"tick")
    assert next(chat) == b"heard one"
    assert [next(watch), next(watch)] == [b"tick", b"tick"]
    assert addon.service is not None
    guard = addon.service.guard

    async def revoke() -> None:
        session = guard.reader.sessions()[0]
        await guard.end(session, End(guard.clock.now(), "admin"))

    asyncio.run_coroutine_threadsafe(revoke(), loop).result(PATIENCE)
    for call in (watch, chat):
        assert refused(lambda call=call: list(call)) == (grpc.StatusCode.UNAUTHENTICATED, "session refused")
    going.set()
    assert refused(lambda: ada.say(b"hi"))[0] is grpc.StatusCode.UNAUTHENTICATED
    nobody.channel.close()
    ada.channel.close()


def test_calls_pass_are_refused_and_end_with_their_session(service: str, tmp_path: Path, confdir: Path) -> None:
    async def run() -> None:
        addon = Nightlatch()
        options = {"nightlatch_ledger": str(tmp_path / "ledger.db"), "ssl_insecure": True}
        async with guarding(addon, service, confdir, options) as port:
            await asyncio.to_thread(scenario, port, confdir, asyncio.get_running_loop(), addon)

    asyncio.run(run())
