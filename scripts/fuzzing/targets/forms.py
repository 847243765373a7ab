"""Bodies of forms that are kept for a person: never one with a secret in it, whoever reads it."""

import logging
from urllib.parse import parse_qsl

from scripts.fuzzing.target import Target, Targets, holds, split
from tornado.httputil import HTTPFile, parse_multipart_form_data

from nightlatch.core.kept_form import NotKept, read_form
from nightlatch.core.policy import Forms

_FORMS = Forms()
_WHY = {"secret", "large", "unreadable"}
logging.getLogger("tornado.general").setLevel(logging.CRITICAL)


def kept(content: bytes) -> None:
    """`CONTENT-TYPE\\nBODY`."""
    head, body = split(content, 2)
    kind = head.decode("latin-1")
    found = read_form(kind, body, _FORMS)
    if isinstance(found, NotKept):
        holds(found.why in _WHY, found.why)
        return
    holds(found, "a form without fields")
    names = _anothers_names(kind, body)
    holds(not any("password" in name.lower() for name in names), f"{names} were kept")


def _anothers_names(kind: str, body: bytes) -> list[str]:
    """The names of the fields as another reader finds them."""
    if not kind.lower().lstrip().startswith("multipart/form-data"):
        return [name for name, _ in parse_qsl(body.decode("latin-1"), keep_blank_values=True)]
    arguments: dict[str, list[bytes]] = {}
    files: dict[str, list[HTTPFile]] = {}
    boundary = next((part.strip()[9:] for part in kind.split(";") if part.strip().startswith("boundary=")), "")
    try:
        parse_multipart_form_data(boundary.encode("latin-1"), body, arguments, files)
    except Exception:
        return []
    return [*arguments, *files]


def _multipart(*parts: bytes, boundary: bytes = b"xYz") -> bytes:
    whole = b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts)
    return b"multipart/form-data; boundary=%b\n%b--%b--\r\n" % (boundary, whole, boundary)


_PART = b'Content-Disposition: form-data; name="%b"\r\n\r\n%b'
TARGETS: Targets = {
    "kept": Target(
        kept,
        (
            b"application/x-www-form-urlencoded\ntitle=A+b&note=%E2%82%AC&password=x",
            b"application/x-www-form-urlencoded; charset=utf-8\ntitle=A&user%5Bname%5D=b",
            _multipart(_PART % (b"title", b"A b"), _PART % (b"note", b"x")),
            _multipart(_PART % (b"title", b"A"), _PART % (b"password", b"x"), boundary=b'"a b"'),
            _multipart(
                b'Content-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello',
                b"Content-Disposition: form-data; name*=UTF-8''pass%77ord\r\n\r\nx",
            ),
        ),
        (
            *(
                b"--xYz",
                b"--xYz--",
                b"\r\n\r\n",
                b'name="',
                b"; name*=UTF-8''",
                b"filename*0=",
                b"password",
                b"pass%77ord",
            ),
            *(
                b"Content-Disposition: form-data; ",
                b"Content-Transfer-Encoding: base64\r\n",
                b"boundary=",
                b"&",
                b"=",
                b";",
            ),
        ),
    ),
}
