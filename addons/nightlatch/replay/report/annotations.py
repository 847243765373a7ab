"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of the policy.

What was captured is somebody else's text: a line break in it must not begin a command of its own.
"""

from collections.abc import Iterator
from pathlib import PurePath

from nightlatch.replay.findings import Finding, Level
from nightlatch.replay.report.subject import Subject

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def annotations(subject: Subject) -> Iterator[str]:
    """A line a finding."""
    return (_annotation(finding, subject.policy_path) for finding in subject.study.findings)


def _annotation(finding: Finding, file: PurePath) -> str:
    place = {"line": str(finding.place.line), "col": str(finding.place.column)}
    where = {} if file.is_absolute() else {"file": file.as_posix(), **place}
    properties = ",".join(f"{name}={_property(value)}" for name, value in {**where, "title": finding.kind}.items())
    return f"::{_COMMANDS[finding.level]} {properties}::{_text(finding.message)}"


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
