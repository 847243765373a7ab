"""No certificate authority before somebody speaks TLS; then everything is as ever."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import ctx
from mitmproxy.certs import CertStore
from mitmproxy.http import HTTPFlow, Response
from tests.proxy.running import asking, client_tls, everything, guarding

from nightlatch.proxy.master import run_guard

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Answering:
    """Answers everything with the path that was asked for."""

    def requestheaders(self, flow: HTTPFlow) -> None:
        flow.response = Response.make(200, flow.request.path.encode())


def test_the_authority_is_made_for_the_first_tls_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    from_store = CertStore.from_store

    def noted(**given: Any) -> CertStore:
        made.append(given["path"])
        return from_store(**given)

    monkeypatch.setattr(CertStore, "from_store", noted)

    async def scenario() -> None:
        async with guarding(Answering(), "http://127.0.0.1:9", tmp_path) as port:
            assert made == []
            for tls, times in ((None, 0), (client_tls(), 1), (client_tls(), 1)):
                reader, writer = await asking(port, REQUEST, tls)
                assert await everything(reader) == b"/"
                assert made == [str(tmp_path)] * times
                writer.close()

    asyncio.run(scenario())


def test_a_certificate_that_is_missing_stops_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = {"certs": [str(tmp_path / "missing.pem")]}
    code = asyncio.run(
        run_guard(
            Answering(), upstream="http://localhost:9", listen_host="127.0.0.1", listen_port=0,
            options=given, on_listening=lambda *_: ctx.master.shutdown(), confdir=tmp_path,
        )
    )  # fmt: skip
    assert code == 3
    assert "missing.pem" in capsys.readouterr().err


def test_no_path_is_answered_in_the_applications_place(confdir: Path) -> None:
    class Seeing(Answering):
        def requestheaders(self, flow: HTTPFlow) -> None:
            """Nothing yet."""

        def request(self, flow: HTTPFlow) -> None:
            assert flow.response is None
            super().requestheaders(flow)

    async def scenario() -> None:
        async with guarding(Seeing(), "http://127.0.0.1:9", confdir) as port:
            serial = ctx.master.addons.get("tlsconfig").certstore.default_ca.serial
            path = b"/mitmproxy-%d.crl" % serial
            reader, writer = await asking(port, REQUEST.replace(b"/ ", path + b" ", 1))
            assert await everything(reader) == path
            writer.close()

    asyncio.run(scenario())
