"""Requests like those of the corpus, made up anew at every run; and that a broken promise is told."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripts.fuzzing import wire
from scripts.fuzzing.wire_corpus import entries
from scripts.fuzzing.wire_guard import ENDED, HOST, LIVE, WireGuard
from scripts.fuzzing.wire_mutations import request1, request2
from scripts.fuzzing.wire_promises import arrived_wrongly, broken
from scripts.fuzzing.wire_readers import Application, leniently

KNOWN = b"Host: x\r\nX-Forwarded-Host: localhost\r\nCookie: sid=%b\r\n" % LIVE


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireGuard]:
    made = WireGuard(tmp_path_factory.mktemp("wire"))
    yield made
    made.close()


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.booleans())
def test_whatever_is_sent_is_judged_as_it_arrives(guard: WireGuard, random: Random, speaks2: bool) -> None:
    make = request2 if speaks2 else request1
    pieces = make(entries(2 if speaks2 else 1), wire.NAMES, random)
    assert broken(guard.feed(*pieces, http2=speaks2)) == []


def test_a_number_gives_the_same_bytes_again() -> None:
    assert [wire.inputs(number, 7) for number in range(30)] == [wire.inputs(number, 7) for number in range(30)]
    assert wire.inputs(3, 7) != wire.inputs(3, 8)


def test_the_figures_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert wire.main(["--count", "30", "--processes", "2", "--json", str(tmp_path / "figures.json")]) == 0
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert (figures["inputs"], figures["broken"]) == (30, 0)
    assert "promises broken" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"GET /app HTTP/1.1\r\nHost: x\r\n\r\n", "without a session"),
        (b"GET /app HTTP/1.1\r\n" + KNOWN + b"Cookie: sid=%b\r\n\r\n" % ENDED, "ended credential"),
        (b"GET /app HTTP/1.1\r\n" + KNOWN + b"X_Forwarded_User: ada\r\n\r\n", "told the application"),
        (b"GET /app HTTP/1.1\r\n" + KNOWN + b"X-A: b\rX-B: c\r\n\r\n", "takes offence"),
        (b"GET /app HTTP/1.1\r\n" + KNOWN + b"X-A: b\r\n", "takes offence"),
    ],
)
def test_a_promise_that_is_broken_is_seen(data: bytes, what: str) -> None:
    application = Application()
    application.take(data)
    assert any(what in promise for promise in arrived_wrongly([application]))


def test_two_readers_do_differ() -> None:
    data = b"GET /app HTTP/1.1\r\nHost: x\r\nX-A: b\rContent-Length: 9\r\n\r\n"
    lenient = leniently(data)
    assert lenient is not None and dict(lenient[0].headers)["content-length"] == "9"
    assert leniently(b"nonsense\r\n\r\n") is None


def test_what_a_guard_lets_through_is_counted(guard: WireGuard) -> None:
    outcome = guard.feed(b"GET /app HTTP/1.1\r\nHost: %b\r\nCookie: sid=%b\r\n\r\n" % (HOST, LIVE))
    assert broken(outcome) == []
    assert any("judged Counter()," in promise for promise in broken(outcome._replace(passed=[])))
