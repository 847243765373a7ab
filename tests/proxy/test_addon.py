"""The hooks fail closed: whatever goes wrong in one of them, nothing passes, and the client is answered 503."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import ctx, exceptions, http, options
from mitmproxy.test import taddons, tflow
from tests.proxy.bench import Bench, a_flow, response

from nightlatch.ledger.port import LedgerError
from nightlatch.proxy import addon as addon_module
from nightlatch.proxy import afterwards, entrance, gate, own_site, settle
from nightlatch.proxy.addon import Nightlatch

Failure = Callable[..., Any]


def raising(error: Exception) -> Failure:
    def fails(*_: object, **__: object) -> None:
        raise error

    return fails


STEPS = [
    (entrance, "arrive"),
    (entrance, "admit"),
    (entrance, "own_page"),
    (gate, "decide"),
    (settle, "touched"),
    (settle, "apply"),
]


@pytest.mark.parametrize("error", [LedgerError("gone"), RuntimeError("a mistake")])
@pytest.mark.parametrize(("place", "step"), STEPS, ids=lambda each: each if isinstance(each, str) else each.__name__)
def test_an_exception_in_any_step_answers_503(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, place: Any, step: str, error: Exception
) -> None:
    cookie = bench.log_in()
    monkeypatch.setattr(place, step, raising(error))
    answer = response(bench.ask(cookie=cookie))
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
    assert answer.headers["nightlatch-verdict"].startswith("error")


def test_a_mistake_is_not_told_to_the_client(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "decide", raising(RuntimeError("secret detail")))
    assert b"secret detail" not in (response(bench.ask()).content or b"")


def test_a_reader_that_fails_answers_503(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = bench.log_in()
    monkeypatch.setattr(bench.guard.reader, "look", raising(LedgerError("damaged")))
    assert response(bench.ask(cookie=cookie)).status_code == 503


def test_while_writes_fail_every_request_is_answered_503(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.guard.behind.failure = "The ledger is on a disk that is full."
    for path in ("/", "/favicon.ico", "/.nightlatch/session"):
        assert response(bench.ask(path, cookie=cookie)).status_code == 503
    bench.guard.behind.failure = None
    assert bench.ask(cookie=cookie).response is None


def test_a_post_to_an_own_page_that_fails_answers_503(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_site, "form_of", raising(LedgerError("gone")))
    assert response(bench.post("login", {"user": "ada"})).status_code == 503


def test_an_answer_that_cannot_be_looked_at_is_not_given(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = bench.ask(cookie=bench.log_in())
    monkeypatch.setattr(afterwards, "mend_response", raising(RuntimeError("a mistake")))
    assert response(bench.answer(flow, 200, ("Location", "/of-the-application"))).status_code == 503
    assert "x-of" not in response(flow).headers


def test_a_flow_that_never_met_the_gate_does_not_pass(bench: Bench) -> None:
    flow = a_flow()
    assert bench.addon.request(flow) is None
    assert response(flow).status_code == 503


def test_a_flow_whose_verdict_was_forgotten_does_not_pass(bench: Bench) -> None:
    flow = bench.ask(cookie=bench.log_in())
    flow.metadata.clear()
    bench.addon.request(flow)
    assert response(flow).status_code == 503


def test_without_a_service_nothing_passes() -> None:
    addon, flow = Nightlatch(), a_flow()
    addon.requestheaders(flow)
    assert response(flow).status_code == 503


def test_answering_that_fails_answers_all_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "decide", raising(RuntimeError("a mistake")))
    monkeypatch.setattr(entrance, "failure_answer", raising(RuntimeError("another")))
    answer = response(bench.ask())
    assert answer.status_code == 503 and b"could not judge" in (answer.content or b"")


def test_a_tunnel_is_refused(bench: Bench) -> None:
    flow = a_flow(method="CONNECT")
    bench.addon.http_connect(flow)
    assert response(flow).status_code == 501


def test_in_regular_mode_a_tunnel_to_a_host_is_opened_and_what_is_in_it_judged(bench: Bench) -> None:
    bench.service.hosts = frozenset({"app.example"})
    flow = a_flow(method="CONNECT")
    bench.addon.http_connect(flow)
    assert flow.response is None


def test_raw_tcp_is_killed(bench: Bench) -> None:
    flow = tflow.ttcpflow()
    bench.addon.tcp_start(flow)
    assert flow.error is not None and flow.error.msg == "Connection killed."


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Nightlatch]]:
    """Loads the addon into a mitmproxy that does not listen."""
    monkeypatch.chdir(tmp_path)
    loaded: list[Nightlatch] = []

    def starting(**given: str) -> Nightlatch:
        async def start() -> Nightlatch:
            addon, reverse = Nightlatch(), options.Options(mode=["reverse:http://localhost:3000"])
            loaded.append(addon)
            with taddons.context(addon, options=reverse, loadcore=False) as context:
                context.configure(addon, **given)
            return addon

        return asyncio.run(start())

    yield starting
    for addon in loaded:
        if addon.service is not None:
            addon.service.close()


def test_every_option_reaches_the_settings(started: Callable[..., Nightlatch]) -> None:
    service = started(nightlatch_policy="strict", nightlatch_adopt="issued").service
    assert service is not None
    assert (service.guard.policy.name, service.guard.settings.adopt) == ("strict", "issued")
    assert set(service.sweepers) == {"http://localhost:3000"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"nightlatch_policy": "strct"}, "strict"),
        ({"nightlatch_adopt": "always"}, "until-issued"),
        ({"nightlatch_ledger": "/proc/no/ledger.db"}, "/proc/no"),
        ({"nightlatch_record": "/proc/no/capture.jsonl"}, "/proc/no"),
        ({"mode": ["socks5"]}, "socks5"),
    ],
)
def test_a_bad_option_stops_the_start(started: Callable[..., Nightlatch], given: dict[str, Any], told: str) -> None:
    with pytest.raises(exceptions.OptionsError, match=told):
        started(**given)


def test_options_cannot_be_changed_while_it_runs(started: Callable[..., Nightlatch]) -> None:
    addon = started()
    addon.started = True
    with pytest.raises(exceptions.OptionsError, match="start it anew"):
        addon.configure({"nightlatch_policy"})


def test_as_a_guest_a_bad_option_ends_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    addon = Nightlatch(guest=True)
    monkeypatch.setattr(addon_module, "refuse_unknown", raising(exceptions.OptionsError("there is no such option")))
    monkeypatch.setattr(ctx, "options", object(), raising=False)
    with pytest.raises(SystemExit, match="1"):
        addon.configure({"nightlatch_policy"})
    assert "there is no such option" in capsys.readouterr().err


def test_what_the_guard_answered_itself_is_not_taken_for_the_applications(bench: Bench) -> None:
    flow: http.HTTPFlow = bench.ask()
    before = response(flow).headers.copy()
    assert bench.addon.responseheaders(flow) is None
    assert response(flow).headers == before
