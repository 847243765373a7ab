"""The dashboard's files: a page, its style and its scripts, as they lie in `dashboard/`. No build step, nothing from
elsewhere, and no token: that is in the URL's fragment, which a browser never sends."""

from pathlib import Path
from typing import Any

from nightlatch.web.handler import Walled
from nightlatch.web.problems import Refusal
from nightlatch.web.serving import Serving

FOLDER = Path(__file__).resolve().parent / "dashboard"
CLIENT = Path(__file__).resolve().parent / "client"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY_OF_PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""Content-Security-Policy: nothing inline, nothing from elsewhere, and no text is ever taken for markup."""


def files() -> dict[str, Path]:
    """What is served, by URL path. A list made at the start: no path of a request is ever looked up on disk."""
    found = {f"/dashboard/{path.name}": path for path in FOLDER.iterdir() if path.suffix in TYPES}
    return {**found, "/": FOLDER / "index.html", "/dashboard/client.js": CLIENT / "index.js"}


class File(Walled):
    """One file."""

    guarded = False

    def initialize(self, serving: Serving, path: Path) -> None:  # type: ignore[override] # tornado passes keywords
        self.serving, self.path = serving, path

    def get(self) -> None:
        self.set_header("Content-Type", TYPES[self.path.suffix])
        self.set_header("Content-Security-Policy", POLICY_OF_PAGES)
        self.finish(self.path.read_bytes())

    def head(self) -> None:
        self.get()

    def _only_to_read(self) -> None:
        raise Refusal(405, "A page can only be read.")

    post = put = delete = patch = options = _only_to_read


def handlers(serving: Serving) -> list[tuple[str, type[File], dict[str, Any]]]:
    """The handlers of all files."""
    return [(path, File, {"serving": serving, "path": file}) for path, file in files().items()]
