import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nightlatch.testing.control_client import ControlClient, ControlError, segment
from nightlatch.testing.guard_process import Guard
from nightlatch.testing.served_app import served

ASKED: list[dict[str, str]] = []


def _control(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """Answers with what was asked, or as its path says."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    ASKED.append(
        {
            "asked": f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}",
            "token": environ.get("HTTP_AUTHORIZATION", ""),
            "by": environ.get("HTTP_NIGHTLATCH_BY", ""),
            "body": environ["wsgi.input"].read(length).decode(),
        }
    )
    if environ["PATH_INFO"] == "/broken":
        start("502 Bad Gateway", [("Content-Type", "text/html")])
        return [b"<h1>sorry</h1>"]
    start("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(ASKED[-1]).encode()]


@pytest.fixture(scope="module")
def client() -> Iterator[ControlClient]:
    with served(_control) as url:
        yield ControlClient(url, "secret")


def test_it_shows_the_token_and_who_asks(client: ControlClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    told = client.get("/sessions", limit=3, state=None)
    assert told == {"asked": "GET /sessions?limit=3", "token": "Bearer secret", "by": "pytest", "body": ""}
    assert json.loads(client.post("/clock/advance", {"by": "31m"})["body"]) == {"by": "31m"}
    assert client.put("/policy", {})["asked"] == "PUT /policy?"
    assert client.delete(f"/sessions/{segment('a/b')}")["asked"] == "DELETE /sessions/a/b?"


def test_what_is_no_answer_is_an_error(client: ControlClient) -> None:
    with pytest.raises(ControlError, match="answered 502 and no JSON"):
        client.get("/broken")
    with pytest.raises(ControlError, match=r"no control API answers at http://127\.0\.0\.1:1"):
        ControlClient("http://127.0.0.1:1", "secret").get("/version")


def test_the_mistakes_of_a_policy_are_all_told(nightlatch_guard: Guard) -> None:
    with pytest.raises(ControlError) as raised:
        nightlatch_guard.client.put("/policy", {"text": "[session]\nidel = '1m'\nabsolute = '0'\n"})
    assert raised.value.status == 422
    assert len(raised.value.errors) == 2
    assert '\n  2:1: unknown key "idel"' in str(raised.value)


def test_another_token_is_refused(nightlatch_guard: Guard) -> None:
    with pytest.raises(ControlError) as raised:
        ControlClient(nightlatch_guard.client.url, "guessed").get("/version")
    assert raised.value.status == 401
