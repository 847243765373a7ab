"""A browser at a guard without sockets whose people log in at a provider: cookies kept, redirects followed by hand."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mitmproxy import http
from tests.providers.own_provider import CLIENT, SECRET, Fields, OwnProvider
from tests.proxy.bench import NAVIGATION, ORIGIN, OWN, Bench, response

from nightlatch.core.events import EventType

POLICY = """
[session]
idle = "30m"
absolute = "8h"
leeway = "30s"
[[rule]]
name = "pay"
match = { path = "/pay" }
require = { auth_age = "5m" }
[[rule]]
name = "vault"
match = { path = "/vault" }
require = { acr = ["gold"] }
[[rule]]
name = "again"
match = { path = "/again" }
idle = "2m"
on_expiry = "reauthenticate"
"""


def a_bench(benches: Callable[..., Bench], provider: OwnProvider, policy: str = POLICY, **options: str) -> Bench:
    """A guard whose people log in at `provider`, both by one clock."""
    usual = {"oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    bench = benches(policy, login=f"oidc:{provider.issuer}", **{**usual, **options})
    provider.now = lambda: bench.wall
    return bench


class Visitor:
    """One browser."""

    def __init__(self, bench: Bench, provider: OwnProvider) -> None:
        self.bench, self.provider = bench, provider
        self.jar: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.jar.items())

    @property
    def own(self) -> str | None:
        """nightlatch's own credential."""
        return self.jar.get(OWN)

    def open(self, target: str, **about: Any) -> http.HTTPFlow:
        """Navigate on the guarded site; cookies are kept."""
        path = target.removeprefix(ORIGIN)
        flow = self.bench.visit(path, cookie=self.cookie, headers=NAVIGATION, **about)
        self.keep(flow)
        return flow

    def keep(self, flow: http.HTTPFlow) -> None:
        for line in response(flow).headers.get_all("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.jar.pop(name, None)
                else:
                    self.jar[name] = morsel.value

    def to_provider(self, path: str = "/") -> str:
        """Open `path`, which needs a login; where the provider is asked."""
        login = location(self.open(path))
        assert login.startswith("/.nightlatch/login?"), login
        return location(self.open(login))

    def back(self, at_provider: str) -> http.HTTPFlow:
        """Log in there, and come back."""
        return self.open(self.provider.visit(at_provider))

    def log_in(self, path: str = "/") -> http.HTTPFlow:
        """The whole way; the answer of the callback."""
        return self.back(self.to_provider(path))


def location(flow: http.HTTPFlow) -> str:
    """Where `flow` is redirected to."""
    answer = response(flow)
    assert answer.status_code in (302, 303), (answer.status_code, answer.text)
    return str(answer.headers["location"])


def asked(at_provider: str) -> Fields:
    """The parameters with which a provider is asked."""
    return {name: values[0] for name, values in parse_qs(urlsplit(at_provider).query).items()}


def told(bench: Bench, type_: EventType) -> dict[str, Any]:
    """The detail of the latest event of that type."""
    bench.written()
    return dict([each.event.detail for each in bench.guard.reader.events(types=[type_])][-1])


def refused(flow: http.HTTPFlow, status: int, reason: str) -> None:
    answer = response(flow)
    assert (answer.status_code, f"<code>{reason}</code>" in (answer.text or "")) == (status, True), answer.text
    assert not [line for line in answer.headers.get_all("set-cookie") if line.startswith(f"{OWN}=")]
    assert answer.headers["cache-control"] == "no-store"


def expired(visitor: Visitor, bench: Bench, minutes: float = 31) -> None:
    visitor.log_in("/x")
    bench.later(minutes)
