"""The certified npm `oidc-provider` as a process of its own, on loopback; and a browser without scripts that goes
through the whole login, at the guard and at the provider, cookies by host and path as a browser keeps them."""

import json
import re
import shutil
import subprocess
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.e2e.client import NAVIGATION

FOLDER = Path(__file__).with_name("node")
CLIENT, SECRET = "guard", "a secret of the guard"
_PATIENCE = 30.0


class CertifiedProvider:
    """Ends with its standard input, so also when the tests are killed."""

    def __init__(self, log: IO[bytes], guard: str = "-") -> None:
        program = shutil.which("node")
        assert program, "these tests need node (Debian: apt install nodejs npm)"
        assert (FOLDER / "node_modules" / "oidc-provider").exists(), f"run `npm ci` in {FOLDER}"
        self._process = subprocess.Popen(
            [program, "server.mjs", "0", guard], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
        self.issuer: str = self._said()["issuer"]

    def knows(self, origin: str) -> None:
        """The guard at `origin` is its client from now on."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{origin}\n".encode())
        self._process.stdin.flush()
        assert self._said()["client"] == origin

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(_PATIENCE)
        self._process.stdout.close()

    def _said(self) -> dict[str, str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the provider did not start"
        found: dict[str, str] = json.loads(line)
        return found


class Seen(NamedTuple):
    """Where a person ended up."""

    url: str
    status: int
    text: str

    @property
    def form(self) -> str:
        """Where the page's form goes."""
        found = re.search(r'<form[^>]* action="([^"]*)"', self.text)
        assert found, self.text
        return urljoin(self.url, unescape(found[1]))

    @property
    def hidden(self) -> dict[str, str]:
        """What the page's form brings along."""
        fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', self.text)
        return {name: unescape(value) for name, value in fields}


class Person:
    """Follows redirects from site to site."""

    def __init__(self) -> None:
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._opener.addheaders = list(NAVIGATION.items())

    def open(self, url: str) -> Seen:
        return self._ask(Request(url))

    def submit(self, url: str, **fields: str) -> Seen:
        """Send a form of the same site."""
        origin = "/".join(url.split("/")[:3])
        return self._ask(Request(url, urlencode(fields).encode(), {"Origin": origin}))

    def log_in(self, page: Seen, name: str = "ada") -> Seen:
        """Fill in the provider's form."""
        assert 'name="password"' in page.text, page
        return self.submit(page.form, **page.hidden, login=name, password="any")

    def _ask(self, request: Request) -> Seen:
        try:
            with self._opener.open(request, timeout=_PATIENCE) as answer:
                return Seen(answer.url, answer.status, answer.read().decode())
        except HTTPError as refused:
            with refused:
                return Seen(refused.url, refused.code, refused.read().decode())
