"""The search finds what it is for: a test that looks for nothing finds nothing."""

import base64
import json
from urllib.parse import quote

import pytest
from tests.e2e.planted import Planted

PLANTED = Planted()
SECRET = PLANTED.note("it", "d41d8cd98f00b204/e9800998ecf8427e")


@pytest.mark.parametrize(
    "content",
    [
        SECRET.encode(),
        b"Cookie: a=1; sid=" + SECRET.encode() + b"; b=2",
        SECRET[::-1].encode(),
        SECRET[:16].encode() + b"\r\n " + SECRET[16:].encode(),
        SECRET.encode().hex().encode(),
        SECRET.encode("utf-16"),
        quote(SECRET).encode(),
        *(base64.b64encode(before + SECRET.encode() + b"more") for before in (b"", b"a:", b"user:", b"user1:")),
        base64.urlsafe_b64encode(b"user:" + SECRET.encode()),
        json.dumps({"a": SECRET}).encode(),
        "".join(f"\\u{ord(each):04x}" for each in SECRET).encode(),
        "".join(f"%{ord(each):02x}" for each in SECRET).encode(),
    ],
)
def test_a_secret_is_found_in_any_spelling(content: bytes) -> None:
    assert PLANTED.found(b"something before " + content + b" and after") == {"it"}
    assert PLANTED.found(content, "it") == set()


def test_other_texts_are_none() -> None:
    assert PLANTED.found(b"d41d8cd98f00b205" * 40 + b"d41d8cd98f00b20") == set()
