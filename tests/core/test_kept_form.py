"""Which forms may be kept, and what is in them: everything in its order, and never a password."""

from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.kept_form import MULTIPART, URLENCODED, FormField, NotKept, is_form, read_form
from nightlatch.core.policy import Forms
from nightlatch.core.request import RequestView

ORIGIN = "http://localhost:8080"
BOUNDARY = "----WebKitFormBoundaryaC8EelxZCg8BWJgE"
PERSON = {"sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin", "origin": ORIGIN, "content-type": URLENCODED}


def a_post(method: str = "POST", **changes: str) -> RequestView:
    given = {**PERSON, **{name.replace("_", "-"): value for name, value in changes.items()}}
    headers = {name: (value,) for name, value in given.items() if value}
    return RequestView(method, "localhost", "/order", "", headers, "127.0.0.1", has_body=True)


def multipart(*parts: bytes, boundary: str = BOUNDARY, end: bytes = b"--\r\n") -> bytes:
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + end


def a_part(disposition: str, content: bytes, *more: str) -> bytes:
    head = "\r\n".join([f"Content-Disposition: form-data; {disposition}", *more])
    return head.encode() + b"\r\n\r\n" + content


def read(body: bytes, boundary: str = BOUNDARY, **about: object) -> tuple[FormField, ...] | NotKept:
    return read_form(f"{MULTIPART}; boundary={boundary}", body, Forms(**about))  # type: ignore[arg-type] # a test's


@pytest.mark.parametrize(
    "request_",
    [
        a_post(),
        a_post(content_type=f"{MULTIPART}; boundary=x"),
        a_post(content_type="Application/X-WWW-Form-URLEncoded; charset=utf-8"),
        a_post(origin="null"),
        a_post(origin=""),
        a_post(sec_fetch_site=""),
        a_post(sec_fetch_site="", sec_fetch_mode="", accept="text/html"),
    ],
)
def test_what_a_person_of_this_site_submits(request_: RequestView) -> None:
    assert is_form(request_, ORIGIN)


@pytest.mark.parametrize(
    "request_",
    [
        a_post("PUT"),
        a_post("GET"),
        a_post(content_type="application/json"),
        a_post(content_type="text/plain"),
        a_post(content_type=""),
        a_post(sec_fetch_mode="cors"),
        a_post(hx_request="true"),
        a_post(sec_fetch_mode="", x_requested_with="XMLHttpRequest"),
        a_post(sec_fetch_site="cross-site", origin="https://evil.example"),
        a_post(sec_fetch_site="same-site", origin="http://localhost:9999"),
        a_post(sec_fetch_site="cross-site"),
        a_post(sec_fetch_site="none"),
        a_post(origin="https://evil.example"),
        a_post(sec_fetch_site="", origin="null"),
        a_post(sec_fetch_site="", origin=""),
    ],
)
def test_what_scripts_and_other_sites_send_is_not_kept(request_: RequestView) -> None:
    assert not is_form(request_, ORIGIN)


def test_two_origins_are_nobodys() -> None:
    request = a_post()
    twice = {**request.headers, "origin": (ORIGIN, "https://evil.example")}
    assert not is_form(request._replace(headers=twice), ORIGIN)


def test_repeated_fields_files_and_line_breaks_in_their_order() -> None:
    body = multipart(
        a_part('name="tag"', b"a"),
        a_part('name="note"', b"one\r\ntwo\r\n"),
        a_part('name="tag"', b""),
        a_part('name="scan"; filename="\u00e4 %22x%22.bin"', b"\x00\r\n\xff--", "Content-Type: application/pdf"),
        a_part('name="none"; filename=""', b"", "Content-Type: application/octet-stream"),
    )
    assert read(body) == (
        FormField("tag", "a"),
        FormField("note", "one\r\ntwo\r\n"),
        FormField("tag", ""),
        FormField("scan", "application/pdf", '\u00e4 "x".bin', 6),
        FormField("none", "application/octet-stream", "", 0),
    )


@given(st.lists(st.tuples(st.text(max_size=8).map("f-{}".format), st.text(max_size=20)), min_size=1, max_size=8))
def test_urlencoded_pairs_come_back_as_they_were(pairs: list[tuple[str, str]]) -> None:
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs).encode()
    read = read_form(URLENCODED, body, Forms())
    assert isinstance(read, NotKept) or [(field.name, field.value) for field in read] == pairs
    assert not isinstance(read, NotKept) or read.why == "secret"


@given(st.lists(st.binary(max_size=40).filter(lambda raw: b"--x" not in raw), min_size=1, max_size=5))
def test_every_byte_of_every_file_is_counted(files: list[bytes]) -> None:
    parts = [a_part(f'name="f{number}"; filename="f"', raw) for number, raw in enumerate(files)]
    found = read(multipart(*parts, boundary="x"), boundary="x")
    assert not isinstance(found, NotKept)
    assert [(field.name, field.size) for field in found] == [(f"f{n}", len(raw)) for n, raw in enumerate(files)]


@given(st.binary(max_size=200))
def test_nothing_that_is_sent_raises(raw: bytes) -> None:
    for kind in (
        URLENCODED,
        f"{MULTIPART}; boundary=x",
        MULTIPART,
        f'{MULTIPART}; boundary="',
        f"{MULTIPART};b=é",
    ):
        read_form(kind, raw, Forms())
        read_form(kind, b"--x\r\n" + raw + b"\r\n--x--", Forms())


WHOLE = multipart(a_part('name="a"', b"1"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        WHOLE[:-6],
        WHOLE + b"more",
        b"preamble" + WHOLE,
        multipart(b"no head at all"),
        multipart(a_part('filename="nameless"', b"")),
        multipart(a_part('name="a"', b"MQ==", "Content-Transfer-Encoding: base64")),
        multipart(*[a_part('name="a"', b"1")] * 1001),
        WHOLE.replace(BOUNDARY.encode() + b"\r\n", BOUNDARY.encode() + b"x\r\n"),
        multipart(a_part('name="a"', b"1--%b\r\n" % BOUNDARY.encode() + a_part('name="password"', b"x"))),
    ],
)
def test_what_reads_otherwise_is_not_kept(body: bytes) -> None:
    assert read(body) == NotKept("unreadable")


@pytest.mark.parametrize("body", [b"", b"a=\xff", "&".join(["a=1"] * 1001).encode()])
def test_pairs_that_no_browser_sends_are_not_kept(body: bytes) -> None:
    assert read_form(URLENCODED, body, Forms()) == NotKept("unreadable")


SECRETS = (
    *("password", "Passwort", "user[password]", "newPassword", "password2", "passwd", "pass", "user_pass", "pass1"),
    *("passphrase", "pwd", "pin", "card-pin", "otp", "otp_code", "cvv", "cvc2_", "client_secret", "contraseña"),
    *("mot_de_passe", "senha", "lösenord", "пароль", "密码", "card_number", "cc-csc", "one-time-code"),
)


@pytest.mark.parametrize("name", SECRETS)
def test_a_form_with_a_password_is_not_kept(name: str) -> None:
    body = f"a=1&{quote_plus(name)}=hunter2".encode()
    assert read_form(URLENCODED, body, Forms()) == NotKept("secret")
    assert read(multipart(a_part(f'name="{name}"', b"hunter2"))) == NotKept("secret")


@pytest.mark.parametrize(
    "name",
    ["passenger", "passport", "passage", "shipping", "spin", "csrf_token", "authenticity_token", "message", "pwned"],
)
def test_what_only_sounds_like_it_is_kept(name: str) -> None:
    assert read_form(URLENCODED, f"{name}=1".encode(), Forms()) == (FormField(name, "1"),)


def test_the_policy_names_further_secrets() -> None:
    assert read_form(URLENCODED, b"IBAN=1", Forms(secret=("iban",))) == NotKept("secret")


def test_a_form_is_kept_up_to_its_size() -> None:
    assert read_form(URLENCODED, b"a=12", Forms(largest=4)) == (FormField("a", "12"),)
    assert read_form(URLENCODED, b"a=123", Forms(largest=4)) == NotKept("large")


@pytest.mark.parametrize(
    "disposition",
    [
        'name=""; name*=pass%77ord',
        "name*=UTF-8''pass%77ord",
        'name="title"; name="pass"',
        'NAME*0="pass"; name*1="word"',
        'name="a"\r\nContent-Disposition: form-data; name="password"',
    ],
)
def test_a_part_whose_name_readers_differ_over_is_not_kept(disposition: str) -> None:
    """One of them may find a password in it."""
    assert read(multipart(a_part(disposition, b"x"))) == NotKept("unreadable")
