"""Giving a client the credential of a login, whichever client a test uses. None of them is imported: each is known by
what it can do."""

from typing import Any
from urllib.parse import urlsplit

from nightlatch.testing.session_view import Login

KNOWN = (
    "a Playwright page or context (sync API), a requests.Session, an httpx.Client, a Selenium driver, "
    "or nothing for a login to use by hand"
)


def sign_in(client: Any, login: Login) -> None:
    """Have `client` send the credential of `login` to the guarded site from now on.

    Raises:
        TypeError: it is none of those that are known, or an asynchronous one.
    """
    context = getattr(client, "context", client)
    if callable(getattr(context, "add_cookies", None)):
        _playwright(context, login)
    elif callable(getattr(client, "add_cookie", None)) and callable(getattr(client, "get", None)):
        _selenium(client, login)
    elif callable(getattr(getattr(client, "cookies", None), "set", None)):
        client.cookies.set(login.name, login.value, domain=_jar_domain(login.url), path="/")
    else:
        raise TypeError(f"login() knows no {type(client).__name__}; it takes {KNOWN} (.headers)")


def _playwright(context: Any, login: Login) -> None:
    cookie = {"name": login.name, "value": login.value, "url": login.url, "httpOnly": True, "sameSite": "Lax"}
    done = context.add_cookies([cookie])
    if hasattr(done, "close"):
        done.close()
        raise TypeError("this is Playwright's asynchronous API: await context.add_cookies([…]) with login() by hand")


def _selenium(driver: Any, login: Login) -> None:
    """A driver takes cookies only for the site that it is at; the session probe is a page that counts as nothing."""
    driver.get(f"{login.url}/.nightlatch/session")
    driver.add_cookie({"name": login.name, "value": login.value, "path": "/", "httpOnly": True, "sameSite": "Lax"})


def _jar_domain(url: str) -> str:
    """As `http.cookiejar` calls a host: one without a dot gets `.local`."""
    host = urlsplit(url).hostname or ""
    return host if "." in host or ":" in host else f"{host}.local"
