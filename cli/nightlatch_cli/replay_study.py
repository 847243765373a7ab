"""What `nightlatch replay` is asked for besides the figures: reports, sweeps, conditions. Reads the options, has the
study made, writes the files, says what failed."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nightlatch.core.policy import Policy
from nightlatch.core.policy_variants import with_limit
from nightlatch.presets import policy_path, preset_names
from nightlatch.replay.conditions import Condition, parse_condition
from nightlatch.replay.replaying import Replayed
from nightlatch.replay.sweep import DEFAULT, Sweep, parse_sweep
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.output import say
from nightlatch_cli.whole_files import write_whole

if TYPE_CHECKING:
    from nightlatch.replay.report.subject import Subject
    from nightlatch.replay.report.writing import Writer
    from nightlatch.replay.study import Study


class Asked(NamedTuple):
    """What the command line asks for. `compares`: there is a policy to compare with."""

    reports: tuple[tuple[Path, "Writer"], ...]
    sweeps: tuple[Sweep, ...]
    conditions: tuple[Condition, ...]
    compares: bool

    @property
    def study(self) -> bool:
        """Whether the document tells more than the figures."""
        return bool(self.reports or self.sweeps or self.conditions or self.compares)

    @property
    def observe(self) -> bool:
        """Whether the replay has to keep more than the figures."""
        return self.study or annotates()


def annotates() -> bool:
    """Whether GitHub Actions reads along."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def asked(report: Sequence[Path], sweep: Sequence[str], fail_on: Sequence[str], *, compares: bool) -> Asked:
    """What the options say.

    Raises:
        Failure: one of them cannot be read (exit code 2).
    """
    try:
        reports = _reports(report)
        sweeps, conditions = tuple(map(parse_sweep, sweep)), tuple(map(parse_condition, fail_on))
    except ValueError as error:
        fail(ExitCode.USAGE, str(error))
    for condition in conditions:
        if condition.limit is None and not compares:
            fail(ExitCode.USAGE, f"--fail-on {condition.text}: there is nothing to compare with", "add --against Q")
    if not sweeps and any(file.suffix.lower() == ".html" for file, _ in reports):
        sweeps = (DEFAULT,)
    return Asked(reports, sweeps, conditions, compares)


def _reports(files: Sequence[Path]) -> tuple[tuple[Path, "Writer"], ...]:
    if not files:
        return ()
    from nightlatch.replay.report.writing import writer_for  # what a page takes is loaded for who wants one

    return tuple((file, writer_for(file)) for file in files)


def check_sweeps(sweeps: Sequence[Sweep], policy: Policy) -> None:
    """Whether the policy has the rules that are to be swept.

    Raises:
        Failure: it has not (exit code 2).
    """
    for sweep in sweeps:
        try:
            with_limit(policy, sweep.clock, sweep.values[0], sweep.rule)
        except ValueError as error:
            fail(ExitCode.USAGE, f"--sweep {sweep.name}: {error}")


def conclude(asked: Asked, replayed: Replayed, policy: str) -> "Subject":
    """The study, with its reports written and its findings told to GitHub.

    Args:
        asked: what was asked for.
        replayed: the replay, observed.
        policy: the first policy as the command line names it.
    """
    from nightlatch.replay.report.subject import Subject
    from nightlatch.replay.study import study
    from nightlatch.replay.study_json import study_document
    from nightlatch_cli.versions import version_of

    made = study(replayed, asked.sweeps, asked.conditions, progress=_progress)
    label = policy_path(policy).name if policy in preset_names() else policy
    subject = Subject(made, study_document(made), _place(policy), label, version_of("nightlatch"))
    for file, writer in asked.reports:
        write_whole(file, writer(subject))
    if annotates():
        _annotate(subject)
    return subject


def _annotate(subject: "Subject") -> None:
    from nightlatch.replay.report.annotations import annotations

    for line in annotations(subject):
        say(line)


def _place(policy: str) -> Path:
    path = policy_path(policy).resolve()
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        say(f"{text} …")


def fail_if_forbidden(study: "Study") -> None:
    """End the command where a condition of `--fail-on` holds.

    Raises:
        Failure: one does (exit code 1).
    """
    if study.failed:
        told = "; ".join(each.message for each in study.failed)
        fail(ExitCode.FINDING, f"--fail-on {told}")
