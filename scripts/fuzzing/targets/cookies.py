"""Cookies on their way in and out: whatever is found must also go when it is taken out (law of trust 5)."""

from scripts.fuzzing.target import Target, Targets, holds, split

from nightlatch.core.headers import CookiePlace, cookie_deletions
from nightlatch.core.request import RequestView
from nightlatch.identity.cookies import cookie_values, read_value, without_cookies
from nightlatch.identity.set_cookies import is_deletion, issued_value, looks_like_session, parse_set_cookie

_NAMES = ("sid", "PHPSESSID", "__Host-nightlatch", ".AspNetCore.Session", "connect.sid", "app*", "my_sess")
_WALL = 1_800_000_000_000_000


def values(content: bytes) -> None:
    """A Cookie header, `NAME\\nVALUE`: what is found, and what is left of it."""
    number, line = split(content, 2)
    name, header = _NAMES[len(number) % len(_NAMES)], line.decode("latin-1")
    found = cookie_values({"cookie": (header,)}, name)
    holds(len(found) <= 2 and all(found), "at most two values, none of them empty")
    left = without_cookies(header, [name])
    holds(left is None or not cookie_values({"cookie": (left,)}, name), f"{name} is left in {left!r}")
    if not name.endswith("*"):
        _browsers_reading(header, name, found)


def _browsers_reading(header: str, name: str, found: tuple[str, ...]) -> None:
    """What RFC 6265 section 4.2 reads is found, whatever else is."""
    pairs = (pair.partition("=") for pair in header.split(";"))
    sent = [read_value(value) for own, equals, value in pairs if equals and own.strip(" \t") == name]
    holds(len(found) > 1 or set(filter(None, sent)) <= set(found), f"{sent} is sent, {found} found")


def issued(content: bytes) -> None:
    """A Set-Cookie header: what the browser sends back afterwards is what was taken for issued."""
    line = content.decode("latin-1")
    cookie = parse_set_cookie(line)
    looks_like_session(cookie)
    value = issued_value([cookie], "sid", _WALL)
    if value is not None:
        sent = {"cookie": (f"{cookie.name}={cookie.value}",)}
        holds(not is_deletion(cookie, _WALL), "what is deleted is not issued")
        holds(cookie_values(sent, "sid")[-1:] == (value,), f"{cookie} comes back as something else")


def deleted(content: bytes) -> None:
    """The Set-Cookie headers that delete what a request presented: no way to break out of them."""
    header = content.decode("latin-1").replace("\r", "").replace("\n", "")
    request = RequestView("GET", "app.test", "/", "", {"cookie": (header,)}, "")
    for name in ("sid", "app*"):
        for field, value in cookie_deletions(request, name, CookiePlace()):
            holds(field == "Set-Cookie" and not set("\r\n") & set(value), value)
            holds(is_deletion(parse_set_cookie(value), _WALL), f"{value} deletes nothing")


_SENT = (
    b"\nsid=abc; theme=dark",
    b'\nsid="a\\142c"; sid=abc, sid=x',
    b"..\n__Host-nightlatch=4f3a; nightlatch-8080=zz",
    b"...\n.aspnetcore.session=CfDJ8; .AspNetCore.Session=CfDJ8",
    b".....\napp=1; app.0=ab; app_1=cd; app-2=ef",
    b"......\nmy.sess=1; my[sess=2; my_sess=%2531",
    b"\n%73id=abc;sid =x; $Version=1; sid",
)
_WORDS = (
    b"sid=",
    b"PHPSESSID",
    b"; ",
    b", ",
    b"app.0=",
    b"app_1",
    b'="',
    b"\\142",
    b"%3D",
    b"%2520",
    b"my sess=",
    b"\t",
)
TARGETS: Targets = {
    "values": Target(values, _SENT, _WORDS),
    "set": Target(
        issued,
        (
            b"sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax",
            b"sid=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            b"sid=%22abc%22; expires=Wed, 21-Oct-2099 07:28:00 GMT; max-age=-1",
            b"connect.sid=s%3AR4nd0m.aX9; Domain=.app.test",
        ),
        (b"max-age=", b"Expires=", b"GMT", b"; ", b"HttpOnly", b"sid", b"Thu, 01 Jan 1970 00:00:00 GMT", b"+9999"),
    ),
    "deleted": Target(deleted, tuple(split(seed, 2)[1] for seed in _SENT), _WORDS),
}
