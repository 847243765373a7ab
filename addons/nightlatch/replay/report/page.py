"""The report as one HTML page that needs nothing else: no script, no picture, no font, no other file.

What was captured is somebody else's text: everything is escaped, characters that cannot be seen are shown as such, and
the security policy of the page allows its one style sheet and nothing more.
"""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND
from nightlatch.replay.report.gaps import gaps_chart
from nightlatch.replay.report.scale import time_label, time_ticks
from nightlatch.replay.report.session_rows import session_rows
from nightlatch.replay.report.side_by_side import coarse, figures, rows
from nightlatch.replay.report.subject import Subject
from nightlatch.replay.report.tallies import tally_rows
from nightlatch.replay.report.tradeoff import tradeoff

_TEMPLATES = Path(__file__).parent / "templates"
MOST_ROUTES = 500
"""So many routes are in the table; the JSON document has all of them."""


def page(subject: Subject) -> bytes:
    """The page, UTF-8."""
    study, timeline = subject.study, subject.study.replayed.timeline
    style = (_TEMPLATES / "report.css").read_text("utf-8")
    text = (
        _templates()
        .get_template("report.html")
        .render(
            style=Markup(style),  # noqa: S704 (a file of the package)
            security=_security(style),
            document=subject.document,
            figures=figures(subject.document),
            rows=list(rows(subject.document)),
            study=study,
            policy_label=subject.policy_label,
            version=subject.version,
            gaps=gaps_chart(study),
            curves=[(curve, tradeoff(curve, study)) for curve in study.curves],
            sessions=session_rows(study),
            axis=time_ticks(timeline.begins, timeline.ends),
            tally_rows=lambda key: tally_rows(subject.document, key, MOST_ROUTES),
            most_routes=MOST_ROUTES,
        )
    )
    return text.encode("utf-8", "replace")


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=visible
    )
    templates.filters["duration"] = format_duration
    templates.filters["seconds"] = lambda seconds: "" if seconds is None else format_duration(round(seconds * SECOND))
    templates.filters["coarse"] = coarse
    templates.filters["time"] = lambda at: time_label(at, day=True)
    return templates


def visible(value: object) -> object:
    """`value` with every character that hides, or turns the direction of text, replaced."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(each if each.isprintable() or each in "\n\t" else "\ufffd" for each in value)


def _security(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
