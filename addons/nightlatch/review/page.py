"""The review as one HTML page that needs nothing else: no script, no font, no other file.

What people and paths are called is somebody else's text: everything is escaped, and the page's security policy allows
its one style sheet and nothing more.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND
from nightlatch.review import wording
from nightlatch.review.bars import HEIGHT, KINDS, WIDTH, chart

_TEMPLATES = Path(__file__).parent / "templates"


def page(document: Mapping[str, Any]) -> bytes:
    """The page, UTF-8."""
    style = (_TEMPLATES / "review.css").read_text("utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    text = (
        _templates()
        .get_template("review.html")
        .render(
            style=Markup(style),  # noqa: S704 (a file of the package)
            security=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
            review=document,
            words=wording,
            chart=chart(document["days"]),
            kinds=("started", *KINDS),
            size=(WIDTH, HEIGHT),
        )
    )
    return text.encode("utf-8", "replace")


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_visible
    )
    templates.filters["duration"] = lambda seconds: format_duration(max(1, seconds) * SECOND)
    templates.filters["share"] = lambda share: f"{share:.0%}"
    return templates


def _visible(value: object) -> object:
    """`value` with every character that hides, or turns the direction of text, replaced."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in value)
