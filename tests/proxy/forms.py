"""People who submit forms to a guard without sockets, and what becomes of them."""

from typing import Any
from urllib.parse import urlsplit

from mitmproxy import http
from tests.proxy.bench import NAVIGATION, ORIGIN, OWN, Bench, a_flow, response

from nightlatch.core.kept_form import URLENCODED

PERSON = {**NAVIGATION, "Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
BODY = b"tag=a&tag=b&note=one%0D%0Atwo&empty="


def submit(
    bench: Bench, path: str = "/order?x=1", body: bytes = BODY, *, cookie: str = "", **headers: str
) -> http.HTTPFlow:
    """A form of this site is submitted."""
    given = {"Content-Type": URLENCODED, "Content-Length": str(len(body))}
    changes = {name.replace("_", "-").title(): value for name, value in headers.items()}
    sent = {name: value for name, value in {**PERSON, **given, **changes}.items() if value}
    flow = bench.enter(a_flow(path, method="POST", cookie=cookie, headers=sent), body)
    return flow if flow.response is None else bench.finish(flow)


def mark(flow: http.HTTPFlow) -> str:
    """The cookie that tells the browser which kept form is its own; empty when there is none."""
    lines = response(flow).headers.get_all("set-cookie")
    return next((line.partition(";")[0] for line in lines if line.startswith(f"{OWN}-form=")), "")


def expired(bench: Bench, user: str = "ada", **about: Any) -> str:
    """A form meets a session that idled out; the browser's cookies afterwards (the credential is deleted)."""
    cookie = bench.log_in(user)
    bench.later(31)
    return mark(submit(bench, cookie=cookie, **about))


def question(bench: Bench, cookies: str) -> str:
    """The page that asks whether to send it."""
    return (response(bench.ask("/.nightlatch/form", cookie=cookies, headers=NAVIGATION)).content or b"").decode()


def action(page: str) -> str:
    """Where the page's first form goes."""
    return page.partition('action="')[2].partition('"')[0].replace("&amp;", "&")


def place(flow: http.HTTPFlow) -> str:
    """Where the answer sends the browser: its path."""
    return str(urlsplit(response(flow).headers["Location"]).path)
