"""Trailers are dropped, whatever they say, and the body before them arrives whole."""

import h11
import pytest
from h11._receivebuffer import ReceiveBuffer
from mitmproxy.proxy.layers.http import _http1

from nightlatch.proxy.trailers import install


@pytest.fixture(autouse=True)
def _taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What mitmproxy has is put back afterwards."""
    monkeypatch.setattr(_http1, "make_body_reader", _http1.make_body_reader)
    install()


def read(size: int | None, raw: bytes) -> list[object]:
    reader = _http1.make_body_reader(size)
    buffer = ReceiveBuffer()
    buffer += raw
    events: list[object] = []
    while not events or not isinstance(events[-1], h11.EndOfMessage):
        event = reader(buffer)
        events.append(event if event is not None else reader.read_eof())
    return events


def test_a_chunked_body_is_read_without_them() -> None:
    body, end = read(None, b"2\r\nhi\r\n0\r\nX-Forwarded-User: root\r\n\r\n")
    assert isinstance(body, h11.Data) and bytes(body.data) == b"hi"
    assert isinstance(end, h11.EndOfMessage) and list(end.headers) == []


@pytest.mark.parametrize("size", [2, -1])
def test_other_bodies_are_read_as_ever(size: int) -> None:
    body, end = read(size, b"hi")
    assert isinstance(body, h11.Data) and bytes(body.data) == b"hi"
    assert isinstance(end, h11.EndOfMessage)


def test_a_body_that_breaks_off_is_an_error_as_ever() -> None:
    with pytest.raises(h11.RemoteProtocolError):
        read(None, b"2\r\nh")


def test_doing_it_twice_is_harmless() -> None:
    once = _http1.make_body_reader
    install()
    assert _http1.make_body_reader is once
