"""One GET that cannot hold anything up: every way in which a server can misbehave ends in one clear refusal."""

import asyncio
import gzip

import pytest
from tests.identity.key_server import KeyServer, Page

from nightlatch.identity import key_fetch
from nightlatch.identity.key_fetch import check_url, fetch, fetch_object
from nightlatch.identity.key_sets import KeysUnavailable


def refusal(url: str) -> str:
    with pytest.raises(KeysUnavailable) as caught:
        asyncio.run(fetch_object(url))
    return str(caught.value)


def test_what_is_there_is_fetched(issuer: KeyServer) -> None:
    assert asyncio.run(fetch(issuer.publish({"keys": []}))) == b'{"keys": []}'
    assert asyncio.run(fetch_object(issuer.url + "/jwks.json")) == {"keys": []}


@pytest.mark.parametrize("status", [204, 301, 401, 404, 500, 503])
def test_another_status_is_named(issuer: KeyServer, status: int) -> None:
    issuer.pages["/x"] = Page(b"" if status == 204 else b"sorry", status)
    with pytest.raises(KeysUnavailable, match=f"answers {status}") as caught:
        asyncio.run(fetch(issuer.url + "/x"))
    assert caught.value.status == status


def test_redirects_are_told_and_not_followed(issuer: KeyServer) -> None:
    elsewhere = issuer.publish({"keys": []})
    issuer.pages["/old"] = Page(status=302, headers=(("Location", elsewhere),))
    assert f"answers 302 to {elsewhere}; give that URL" in refusal(issuer.url + "/old")
    assert issuer.asked == ["/old"]


@pytest.mark.parametrize("body", [b"", b"<!doctype html><title>Sign in</title>", b"{", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json(issuer: KeyServer, body: bytes) -> None:
    issuer.pages["/x"] = Page(body)
    assert "no JSON" in refusal(issuer.url + "/x")


def test_json_that_is_no_object(issuer: KeyServer) -> None:
    assert "no object" in refusal(issuer.publish(["keys"]))


def test_what_is_too_large(issuer: KeyServer) -> None:
    issuer.pages["/x"] = Page(b" " * (key_fetch.LARGEST + 1))
    assert "cannot be fetched" in refusal(issuer.url + "/x")


def test_a_compressed_flood_is_not_unpacked(issuer: KeyServer) -> None:
    issuer.pages["/x"] = Page(gzip.compress(b" " * 5_000_000), headers=(("Content-Encoding", "gzip"),))
    assert "no JSON" in refusal(issuer.url + "/x")


def test_a_server_that_is_slow(issuer: KeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_fetch, "PATIENCE", 0.2)
    issuer.go.clear()
    assert "cannot be fetched" in refusal(issuer.url + "/x")


def test_a_server_that_is_gone(issuer: KeyServer) -> None:
    issuer.close()
    assert "cannot be fetched" in refusal(issuer.url + "/x")


def test_a_name_that_does_not_exist() -> None:
    assert "cannot be fetched" in refusal("https://nobody.invalid/jwks.json")


@pytest.mark.parametrize(
    "url",
    [
        "https://idp.example/keys",
        "http://localhost:9/k",
        "http://127.0.0.1/k",
        "http://[::1]:9/k",
        "http://a.localhost/",
    ],
)
def test_urls_that_keys_can_come_from(url: str) -> None:
    assert check_url(url, "--jwks") == url


@pytest.mark.parametrize(
    "url",
    [
        *("http://idp.example/keys", "http://10.0.0.1/keys", "ftp://localhost/k", "https://", "//idp.example/k", ""),
        *("https://user:secret@idp.example/k", "http://localhost.evil.example/k", "http://127.0.0.1.evil.example/"),
    ],
)
def test_urls_that_keys_cannot_come_from(url: str) -> None:
    with pytest.raises(ValueError, match="--jwks") as caught:
        check_url(url, "--jwks")
    assert "secret" not in str(caught.value)
