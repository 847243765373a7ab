"""A guard in front of a certified OpenID provider: real processes, real sockets, by hand and in Chromium."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.e2e import processes
from tests.e2e.chromium import chromium
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until
from tests.providers.certified import CLIENT, SECRET, CertifiedProvider, Person, Seen

from nightlatch.clock import wall_now

POLICY = """
[session]
idle = "30m"
absolute = "8h"
[[rule]]
name = "vault"
match = { path = "/vault" }
require = { acr = ["gold"] }
[[rule]]
name = "pay"
match = { path = "/pay" }
require = { auth_age = "5m" }
"""


class Site(NamedTuple):
    """A guard and its provider."""

    guard: Guard
    provider: CertifiedProvider

    @property
    def url(self) -> str:
        return self.guard.url


@pytest.fixture(scope="module")
def site(shared_upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("certified")
    (folder / "policy.toml").write_text(POLICY)
    log = (folder / "provider.log").open("wb")
    provider = CertifiedProvider(log)
    guard = processes.run(
        *(folder / "guard", shared_upstream.url, "--login", f"oidc:{provider.issuer}"),
        *("--oidc-client-id", CLIENT, "--oidc-client-secret", SECRET, "--policy", str(folder / "policy.toml")),
    )
    provider.knows(guard.url)
    yield Site(guard, provider)
    guard.stop()
    provider.close()
    log.close()


def a_moment_later() -> None:
    """Providers tell the time of a login in whole seconds: two within one cannot be told apart."""
    second = wall_now() // 1_000_000
    until(lambda: wall_now() // 1_000_000 > second, "the next second")


def logged_in(site: Site, path: str, name: str = "ada") -> Person:
    person = Person()
    at_form = person.open(site.url + path)
    assert at_form.url.startswith(site.provider.issuer), at_form
    back = person.log_in(at_form, name)
    assert (back.url, back.status) == (site.url + path, 200), back
    return person


def at_provider(site: Site, page: Seen) -> bool:
    return page.url.startswith(f"{site.provider.issuer}/interaction/")


def test_somebody_logs_in_and_the_application_knows_who(site: Site, shared_upstream: Upstream) -> None:
    logged_in(site, "/reports?y=1", "ada")
    assert shared_upstream.last.target == "/reports?y=1"
    assert shared_upstream.last.values("x-forwarded-user") == ["ada"]
    assert shared_upstream.last.values("x-forwarded-groups") == ["staff"]
    assert not [line for line in shared_upstream.last.values("cookie") if "nightlatch" in line]


def test_a_second_site_by_single_sign_on_needs_no_form(site: Site) -> None:
    """The provider's session lives: another browser session here, begun before any has ended, is let in silently."""
    person = logged_in(site, "/one", "eve")
    again = person.open(f"{site.url}/.nightlatch/login?return_to=/two")
    assert (again.url, again.status) == (f"{site.url}/two", 200)


def test_after_an_expiry_the_form_is_shown_and_a_bounce_would_not_do(site: Site) -> None:
    person = logged_in(site, "/x", "carol")
    site.guard.must("clock", "advance", "31m")
    a_moment_later()
    page = person.open(f"{site.url}/x?kept=1")
    assert at_provider(site, page), page
    back = person.log_in(page, "carol")
    assert (back.url, back.status) == (f"{site.url}/x?kept=1", 200)


def test_a_page_that_wants_a_recent_login(site: Site) -> None:
    person = logged_in(site, "/x", "dave")
    site.guard.must("clock", "advance", "6m")
    a_moment_later()
    page = person.open(f"{site.url}/pay")
    assert at_provider(site, page), page
    assert person.log_in(page, "dave").url == f"{site.url}/pay"
    events = site.guard.must("events", "--jsonl", "--type", "step_up.satisfied")
    assert '"dave"' in events


def test_a_class_that_the_provider_does_not_give_is_a_page_and_no_loop(site: Site) -> None:
    person = logged_in(site, "/x", "frank")
    refused = person.open(f"{site.url}/vault")
    if at_provider(site, refused):
        refused = person.log_in(refused, "frank")
    assert (refused.status, "<code>acr</code>" in refused.text) == (403, True), refused
    assert person.open(f"{site.url}/x").status == 200


def test_a_logout_here_is_one_there(site: Site) -> None:
    person = logged_in(site, "/x", "grace")
    confirm = person.submit(f"{site.url}/.nightlatch/logout")
    assert confirm.url.startswith(f"{site.provider.issuer}/session/end"), confirm
    back = person.submit(confirm.form, **confirm.hidden, logout="yes")
    assert back.url.startswith(f"{site.url}/.nightlatch/logged-out"), back
    assert at_provider(site, person.open(f"{site.url}/x"))


def test_a_logout_there_is_one_here(site: Site) -> None:
    """Back-channel: the provider calls the guard, whose session is over at the next request."""
    person = logged_in(site, "/x", "heidi")
    other = logged_in(site, "/x", "ivan")
    confirm = person.open(f"{site.provider.issuer}/session/end")
    person.submit(confirm.form, **confirm.hidden, logout="yes")
    until(lambda: '"backchannel"' in site.guard.must("events", "--jsonl", "--type", "session.ended"), "the logout")
    assert at_provider(site, person.open(f"{site.url}/x"))
    assert other.open(f"{site.url}/x").status == 200


async def _through_it_all(site: Site, folder: Path) -> None:
    fill = "document.querySelector('[name=login]').value='judy';document.querySelector('[name=password]').value='x';"
    submit = f"{fill}document.querySelector('form').submit()"
    async with chromium(folder) as page:
        await page.open(f"{site.url}/deep/link?q=1")
        assert (await page.address()).startswith(f"{site.provider.issuer}/interaction/")
        await page.leave(submit)
        assert await page.address() == f"{site.url}/deep/link?q=1"
        assert "the application" in await page.text()
        site.guard.must("clock", "advance", "31m")
        a_moment_later()
        await page.open(f"{site.url}/deep/link?q=2")
        assert (await page.address()).startswith(f"{site.provider.issuer}/interaction/")
        await page.leave(submit)
        assert await page.address() == f"{site.url}/deep/link?q=2"
        await page.open(f"{site.url}/.nightlatch/logout")
        assert "judy" in await page.text()
        await page.leave("document.querySelector('button').click()")
        assert (await page.address()).startswith(f"{site.provider.issuer}/session/end")
        await page.leave("document.querySelector('[name=logout]').click()")
        assert (await page.address()).startswith(f"{site.url}/.nightlatch/logged-out")
        assert "Your session has ended" in await page.text()


def test_a_browser_goes_through_it_all(site: Site, tmp_path: Path) -> None:
    asyncio.run(_through_it_all(site, tmp_path))
