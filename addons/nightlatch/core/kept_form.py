"""A form that met an expired session: whether it may be kept until the person is back, and what is in it.

Pure: it sees a request and a body, and stores nothing. Only what a browser sends when a person submits a form of this
very site is kept; what a script sends is told that nothing happened (`problem`). A password is never kept, so a form
with one is not kept at all: half a form cannot be sent "as it was".
"""

import re
from email import message_from_string
from email.message import Message
from typing import NamedTuple
from urllib.parse import parse_qsl

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.policy import MINUTE, Forms
from nightlatch.core.policy_forms import names_secret
from nightlatch.core.request import RequestView

KEPT_FOR = 10 * MINUTE
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"

_MOST_FIELDS = 1000
_SECRET = re.compile(
    r"pass(wor|wd|phrase|code|e?([^a-z]|$))|pwd|kennwort|contrase|palavra.?chave|senha|parol|haslo|wachtwoord|l[oö]senord|"
    r"пароль|密码|密碼|パスワード|비밀번호|secret|(^|[^a-z])(pin|otp|totp|cvv|cvc|csc|pw)([^a-z]|$)|"
    r"one.?time.?code|security.?code|card.?(number|code)|cc.?(number|csc)",
    re.IGNORECASE,
)
"""Names by which forms call what nobody should keep: a body does not tell the type of its fields."""


class FormField(NamedTuple):
    """One field as it was sent; of a file its name, its type and its size in bytes instead of its contents."""

    name: str
    value: str
    file: str | None = None
    size: int = 0


class NotKept(NamedTuple):
    """Why a form is not kept: `secret`, `large`, `unreadable`, `full`, or `lost` for any other reason."""

    why: str


def is_form(request: RequestView, origin: str) -> bool:
    """Whether `request` is a form that a person submitted on a page of this site."""
    return (
        request.method == "POST"
        and _media_type(request) in (URLENCODED, MULTIPART)
        and client_kind(request) is ClientKind.NAVIGATION
        and from_own_page(request, origin)
    )


def from_own_page(request: RequestView, origin: str) -> bool:
    """Whether a page of this site sent `request`, as far as the browser says so; silence is no proof here.

    `Sec-Fetch-Site` comes first: with `Referrer-Policy: no-referrer` a browser says `Origin: null` of its own pages.
    """
    site = request.header("sec-fetch-site").lower()
    asking = request.headers.get("origin", ())
    if site:
        return site == "same-origin" and set(asking) <= {origin, "null"}
    return asking == (origin,)


def read_form(content_type: str, body: bytes, forms: Forms) -> tuple[FormField, ...] | NotKept:
    """The fields of a form in the order in which they were sent, or why the form must not be kept."""
    if len(body) > forms.largest:
        return NotKept("large")
    multipart = content_type.lower().lstrip().startswith(MULTIPART)
    fields = _parts(content_type, body) if multipart else _pairs(body)
    if not fields:
        return NotKept("unreadable")
    if any(_is_secret(field.name, forms) for field in fields):
        return NotKept("secret")
    return fields


def _media_type(request: RequestView) -> str:
    return request.header("content-type").partition(";")[0].strip().lower()


def _is_secret(name: str, forms: Forms) -> bool:
    return _SECRET.search(name) is not None or names_secret(forms.secret, name)


def _pairs(body: bytes) -> tuple[FormField, ...]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:  # not ASCII, as every browser writes it, or too many fields
        return ()
    return tuple(FormField(name, value) for name, value in pairs)


def _parts(content_type: str, body: bytes) -> tuple[FormField, ...]:
    """As RFC 7578 and RFC 2046 section 5.1.1 say and browsers write it; nothing, where any of it reads otherwise."""
    boundary = _header(content_type, "content-type").get_param("boundary", header="content-type")
    if not isinstance(boundary, str) or not boundary:
        return ()
    delimiter = b"--" + boundary.encode("latin-1", "replace")
    first, *parts = (b"\r\n" + body).split(b"\r\n" + delimiter, _MOST_FIELDS + 1)
    # Some readers end a part at its boundary although no line begins there: to them it would be another part.
    if first or len(parts) > _MOST_FIELDS or body.count(delimiter) != len(parts):
        return ()
    if parts.pop() not in (b"--", b"--\r\n"):
        return ()
    fields = [_part(part) for part in parts]
    return tuple(field for field in fields if field is not None) if None not in fields else ()


def _part(part: bytes) -> FormField | None:
    head, blank, content = part.partition(b"\r\n\r\n")
    about = message_from_string(head.removeprefix(b"\r\n").decode("utf-8", "replace"))
    if b"name*" in head.lower() or not _names_once(about):
        return None
    name, file = about.get_param("name", header="content-disposition"), about.get_filename()
    if not head.startswith(b"\r\n") or not blank or not isinstance(name, str) or "content-transfer-encoding" in about:
        return None
    if file is None:
        return FormField(_meant(name), content.decode("utf-8", "replace"))
    return FormField(_meant(name), about.get_content_type(), _meant(file), len(content))


def _names_once(about: "Message[str, str]") -> bool:
    """Whether the part has one name, and that written as browsers write it. RFC 2231 has other ways (`name*=`), which
    RFC 7578 forbids and readers read each in a way of their own: what is kept here could be a password there."""
    names = [name.lower() for name, _ in about.get_params([], header="content-disposition")]
    return len(about.get_all("content-disposition", [])) == 1 and len(set(names)) == len(names)


def _header(value: str, name: str) -> "Message[str, str]":
    message = Message()
    message[name] = value.replace("\r", "").replace("\n", "")
    return message


def _meant(value: str) -> str:
    """A name as the person knows it: browsers percent-encode quotes and line breaks in it (HTML, "multipart/form-data
    encoding algorithm")."""
    return value.replace("%22", '"').replace("%0D%0A", "\n").replace("%0A", "\n")
