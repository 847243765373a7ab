"""A path is matched as the strictest of its readings: no spelling of /admin is public, and none is anybody's."""

from pathlib import Path

import pytest
from tests.e2e import processes
from tests.e2e.client import Browser
from tests.e2e.conftest import USERS
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream

CORPUS = Path(__file__).parent.parent / "data" / "path_tricks.txt"
TRICKS = [line for line in CORPUS.read_text(encoding="latin-1").splitlines() if line and not line.startswith("# ")]

POLICY = """
[[rule]]
name = "health"
match = { path = "/healthz/**" }
access = "public"

[[rule]]
name = "admin"
match = { path = "/admin/**" }
require = { group = ["admins"] }
"""


@pytest.fixture(scope="module")
def strict_site(shared_upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Guard:
    """A guard with a public place and one for administrators."""
    folder = tmp_path_factory.mktemp("tricks")
    policy = folder / "policy.toml"
    policy.write_text(POLICY)
    return processes.run(folder, shared_upstream.url, *USERS, "--policy", str(policy))


@pytest.fixture(scope="module", autouse=True)
def _stopped(strict_site: Guard) -> object:
    yield
    strict_site.stop()


@pytest.fixture(scope="module")
def bob(strict_site: Guard) -> Browser:
    """Logged in, and no administrator."""
    return Browser(strict_site.url).login("bob")


def _target(line: str) -> str:
    return line.encode("utf-8").decode("latin-1") if not line.isascii() else line


@pytest.mark.parametrize("target", TRICKS)
def test_a_spelling_of_admin_reaches_nothing(strict_site: Guard, bob: Browser, upstream: Upstream, target: str) -> None:
    stranger = Browser(strict_site.url)
    with upstream.untouched():
        assert stranger.fetch(_target(target)).status in (0, 400, 401, 403, 404)
        assert bob.fetch(_target(target)).status in (0, 400, 403, 404)


def test_the_plain_spellings_are_what_they_are(strict_site: Guard, bob: Browser, upstream: Upstream) -> None:
    stranger, ada = Browser(strict_site.url), Browser(strict_site.url).login("ada")
    assert stranger.fetch("/healthz").status == 200
    assert (bob.fetch("/").status, bob.fetch("/admin").status, ada.fetch("/admin/x").status) == (200, 403, 200)
