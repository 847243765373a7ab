"""The pages that nightlatch itself shows: login, refusals, and what went wrong with a remedy.

Each stands alone: no script, no external resource, one inline style that the security policy names by its hash.
Everything filled in is escaped. This module knows no flow and no ledger.
"""

from base64 import b64encode
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nightlatch.core.headers import Header

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "style.css").read_text("utf-8")
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

PAGE_HEADERS: tuple[Header, ...] = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
)
"""What every page is sent with. `form-action` also holds for where a form's answer redirects to: the way back never
leaves the site."""

FRAMED_HEADERS: tuple[Header, ...] = (
    PAGE_HEADERS[0],
    ("Content-Security-Policy", _POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")),
    *PAGE_HEADERS[2:],
)
"""For the one page that may stand in a frame of this site: it holds nothing but a link out of it."""

NAMES = tuple(sorted(path.stem for path in _TEMPLATES.glob("*.html") if path.stem != "base"))
"""The pages there are."""


class Pages:
    """Renders pages; satisfies `nightlatch.core.respond.Pages`."""

    @cached_property
    def _templates(self) -> "Environment":
        """Loaded with the first page: most guards start, and many serve for long, without showing one."""
        from jinja2 import Environment, FileSystemLoader

        templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        templates.globals["style"] = _STYLE
        return templates

    @property
    def headers(self) -> tuple[Header, ...]:
        """`PAGE_HEADERS`."""
        return PAGE_HEADERS

    def leading_to(self, headers: tuple[Header, ...], url: str | None) -> tuple[Header, ...]:
        """`headers` of a page whose form may be answered with a redirect to `url`'s site."""
        if url is None:
            return headers
        site = urlsplit(url)
        allowed = f"form-action 'self' {site.scheme}://{site.netloc}"
        return tuple((name, value.replace("form-action 'self'", allowed)) for name, value in headers)

    def page(self, name: str, **fields: object) -> bytes:
        """The page `name` (one of `NAMES`) as UTF-8. Its template tells the fields; one that is missing is left out.

        Raises:
            jinja2.TemplateNotFound: no such page.
        """
        text = self._templates.get_template(f"{name}.html").render(fields)
        return text.encode("utf-8", "replace")
