"""The guard's own master: it starts with what it needs, says what is wrong in one line, and ends when it is told to."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest
from mitmproxy import ctx
from mitmproxy.addonmanager import Loader
from mitmproxy.exceptions import OptionsError
from mitmproxy.http import HTTPFlow, Response
from tests.proxy.running import Application, asking, everything, guarding, serving

from nightlatch.core.shown_url import without_secrets
from nightlatch.proxy.master import own_url, run_guard


class Silent:
    """An addon that answers everything itself."""

    def requestheaders(self, flow: HTTPFlow) -> None:
        flow.response = Response.make(204)


def _run(addon: object, confdir: Path, *, end: signal.Signals = signal.SIGTERM, **changes: object) -> int:
    """The exit code of a guard that is told to end as soon as it listens."""
    given = {"upstream": "http://localhost:9", "listen_host": "127.0.0.1", "listen_port": 0, "options": {}, **changes}
    return asyncio.run(
        run_guard(addon, on_listening=lambda *_: os.kill(os.getpid(), end), confdir=confdir, **given)  # type: ignore[arg-type]  # mixed values
    )


def test_requests_reach_the_application_with_the_host_that_the_client_sent(confdir: Path) -> None:
    async def scenario() -> None:
        application = Application()
        async with serving(application) as upstream, guarding(object(), upstream, confdir) as port:
            reader, writer = await asking(port, b"GET /x HTTP/1.1\r\nHost: guard.test\r\nConnection: close\r\n\r\n")
            assert b"guard.test" in await everything(reader)
            writer.close()

    asyncio.run(scenario())


def test_a_request_that_is_answered_by_the_addon_opens_no_connection(confdir: Path) -> None:
    async def scenario() -> None:
        application = Application()
        async with serving(application) as upstream, guarding(Silent(), upstream, confdir) as port:
            _, writer = await asking(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert application.connections == 0
            writer.close()

    asyncio.run(scenario())


def test_an_https_site_is_not_offered_by_udp(confdir: Path) -> None:
    async def scenario() -> None:
        async with guarding(Silent(), "https://127.0.0.1:9", confdir) as port:
            with socket.socket(type=socket.SOCK_DGRAM) as udp:
                udp.bind(("127.0.0.1", port))

    asyncio.run(scenario())


def test_an_application_that_is_down_is_no_crash(confdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def scenario() -> None:
        async with guarding(object(), "http://127.0.0.1:9", confdir) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await everything(reader)).startswith(b"HTTP/1.1 502 ")
            writer.close()

    asyncio.run(scenario())
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("end", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it(confdir: Path, end: signal.Signals, code: int) -> None:
    assert _run(Silent(), confdir, end=end) == code


def test_addons_may_finish_their_work(confdir: Path) -> None:
    class Last(Silent):
        def done(self) -> None:
            finished.append(self)

    finished: list[object] = []
    _run(Last(), confdir)
    assert len(finished) == 1


def test_a_port_in_use_is_said_plainly(confdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert _run(Silent(), confdir, listen_port=port) == 3
    assert capsys.readouterr().err == (
        f"nightlatch: error: 127.0.0.1:{port} is in use by another program: "
        "choose another port with --listen (0 takes any free one)\n"
    )


def test_an_address_that_is_not_ours_is_said_plainly(confdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(Silent(), confdir, listen_host="192.0.2.1") == 3
    assert capsys.readouterr().err.startswith("nightlatch: error: cannot listen on 192.0.2.1:0: ")


@pytest.mark.parametrize(
    "upstream",
    ["", "localhost:3000", "ftp://localhost", "http://", "http://localhost/path", "http://u:p@localhost",
     "http://localhost:99999", "http://localhost:0", "http://[::1", "http://localhost?q", "tcp://localhost:1"],
)  # fmt: skip
def test_what_is_no_upstream_is_refused(confdir: Path, capsys: pytest.CaptureFixture[str], upstream: str) -> None:
    assert _run(Silent(), confdir, upstream=upstream) == 3
    assert capsys.readouterr().err.startswith(f"nightlatch: error: {without_secrets(upstream)!r} is not an upstream: ")


def test_a_password_in_an_upstream_is_not_repeated(confdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(Silent(), confdir, upstream="http://ada:s3cret@localhost/?key=s3cret") == 3
    assert "s3cret" not in capsys.readouterr().err


@pytest.mark.parametrize("options", [{"nightlatch_idel": "15m"}, {"listen_port": "many"}, {"http2": "perhaps"}])
def test_options_that_are_unknown_or_wrong_stop_the_start(
    confdir: Path, capsys: pytest.CaptureFixture[str], options: dict[str, object]
) -> None:
    if "listen_port" in options:
        assert _run(Silent(), confdir, listen_port="many") == 3
    else:
        assert _run(Silent(), confdir, options=options) == 3
    error = capsys.readouterr().err
    assert error.startswith("nightlatch: error: ")
    assert "Traceback" not in error


def test_what_must_hold_cannot_be_configured_away(confdir: Path) -> None:
    def looks(*_: object) -> None:
        seen.append((ctx.options.connection_strategy, ctx.options.keep_host_header, ctx.options.rawtcp))
        ctx.master.shutdown()

    seen: list[object] = []
    loose = {"connection_strategy": "eager", "keep_host_header": False, "rawtcp": True}
    asyncio.run(
        run_guard(
            Silent(), upstream="http://localhost:9", listen_host="127.0.0.1", listen_port=0,
            options=loose, on_listening=looks, confdir=confdir,
        )
    )  # fmt: skip
    assert seen == [("lazy", True, False)]


@pytest.mark.parametrize(("named", "taken"), [("/etc/own.pem", "/etc/own.pem"), ("", None)])
def test_whose_certificates_are_good_is_told_by_the_usual_variable(
    confdir: Path, monkeypatch: pytest.MonkeyPatch, named: str, taken: str | None
) -> None:
    class Looking(Silent):
        def running(self) -> None:
            seen.append(ctx.options.ssl_verify_upstream_trusted_ca)
            ctx.master.shutdown()

    seen: list[str | None] = []
    monkeypatch.setenv("SSL_CERT_FILE", named)
    assert _run(Looking(), confdir) == 0
    assert seen == [taken]


def test_an_addon_that_refuses_its_options_stops_the_start(confdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Refusing(Silent):
        def load(self, loader: Loader) -> None:
            loader.add_option("nightlatch_test", str, "", "For this test.")

        def configure(self, updated: set[str]) -> None:
            if "nightlatch_test" in updated:
                raise OptionsError("there is no policy of that name")

    assert _run(Refusing(), confdir) == 3
    assert capsys.readouterr().err == "nightlatch: error: there is no policy of that name\n"


def test_what_is_told_is_the_first_refusal_also_where_going_back_is_refused(
    confdir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Fussy(Silent):
        def configure(self, updated: set[str]) -> None:
            raise OptionsError(
                "the port is in use" if "mode" in updated and ctx.options.mode != ["regular"] else "no mode"
            )

    assert _run(Fussy(), confdir) == 3
    assert capsys.readouterr().err == "nightlatch: error: the port is in use\n"


@pytest.mark.parametrize("hook", ["configure", "running"])
def test_an_addon_that_breaks_at_the_start_stops_it(
    confdir: Path, capsys: pytest.CaptureFixture[str], hook: str
) -> None:
    def breaks(*_: object) -> None:
        raise KeyError("a mistake")

    addon = Silent()
    setattr(addon, hook, breaks)
    assert _run(addon, confdir) == 3
    error = capsys.readouterr().err
    assert "a mistake" in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:8"), ("", "http://localhost:8"), ("0.0.0.0", "http://localhost:8"),
     ("::1", "http://[::1]:8"), ("app.localhost", "http://app.localhost:8")],
)  # fmt: skip
def test_the_url_is_one_that_works(host: str, url: str) -> None:
    assert own_url(host, 8) == url
