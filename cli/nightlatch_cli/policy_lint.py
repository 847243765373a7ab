"""`nightlatch policy check`: every mistake of a policy, and what is questionable in one that can come into force."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from nightlatch.core.lint.finding import GRAVITY, Located, Severity
from nightlatch.core.lint.finding_json import finding_document
from nightlatch.core.lint.held import HELD
from nightlatch.core.lint.linting import lint
from nightlatch.core.mistakes import Mistake, PolicyInvalid
from nightlatch.core.policy import Policy
from nightlatch.core.words import describe
from nightlatch.presets import load_policy
from nightlatch.standards import StandardUnknown, clauses_of
from nightlatch_cli.exits import ExitCode, Failure, fail
from nightlatch_cli.options import JsonOption
from nightlatch_cli.output import print_json, say, tell
from nightlatch_cli.policy_commands import PolicyArgument, policy_document

StandardOption = Annotated[
    list[str] | None,
    typer.Option(
        "--standard", metavar="NAME", help="Hold it against a standard, such as nist-800-63b-4-aal2 or pci-dss-4."
    ),
]
FailOnOption = Annotated[
    str, typer.Option("--fail-on", metavar="SEVERITY", help="End with 1 from: error, warning, note or never.")
]


def check(
    policy: PolicyArgument, standard: StandardOption = None, fail_on: FailOnOption = "error", json: JsonOption = False
) -> None:
    """Check a policy: every mistake that keeps it from coming into force (exit code 3), and what is questionable in
    one that can, with the clause behind it (exit code 1 where that is an error)."""
    grave = _grave(fail_on)
    clauses = [clause for name in standard or () for clause in _clauses(name)]
    found = _readable(policy, json)
    located = lint(found, clauses)
    if json:
        print_json(
            {
                "ok": True,
                "mistakes": [],
                "findings": [_finding(policy, each) for each in located],
                "held": [held._asdict() for held in HELD] if standard else [],
                **policy_document(found),
            }
        )
    else:
        _tell(policy, found, located, standard or ())
    if any(each.finding.severity in grave for each in located):
        raise typer.Exit(ExitCode.FINDING)


def _finding(file: str, located: Located) -> dict[str, Any]:
    key = ".".join(str(part) for part in located.finding.path)
    return {**finding_document(located), "key": key, "file": file}


def mistake_document(mistake: Mistake) -> dict[str, Any]:
    """A mistake in a policy as plain JSON values; line and column from 1."""
    fields = mistake._asdict()
    fields.pop("source")
    return {**fields, "message": mistake.message}


def _grave(fail_on: str) -> frozenset[Severity]:
    words = [*map(str, GRAVITY), "never"]
    if fail_on not in words:
        fail(ExitCode.USAGE, f"--fail-on `{fail_on}` is unknown", f"one of {', '.join(words)}")
    return frozenset(GRAVITY[: words.index(fail_on) + 1]) if fail_on != "never" else frozenset()


def _clauses(name: str) -> Sequence[Any]:
    try:
        return clauses_of(name)
    except StandardUnknown as unknown:
        fail(ExitCode.USAGE, str(unknown))


def _readable(policy: str, json: bool) -> Policy:
    try:
        return load_policy(policy)
    except PolicyInvalid as invalid:
        if json:
            mistakes = [mistake_document(mistake) for mistake in invalid.mistakes]
            print_json({"ok": False, "mistakes": mistakes, "findings": []})
        count = len(invalid.mistakes)
        problem = f"{policy} cannot come into force: {count} mistake{'' if count == 1 else 's'}"
        raise Failure(ExitCode.CONFIGURATION, f"{problem}\n{invalid.render()}") from None


def _tell(name: str, policy: Policy, located: Sequence[Located], standards: Sequence[str]) -> None:
    noted = all(each.finding.severity is Severity.NOTE for each in located)
    say("; ".join(filter(None, (f"{name} {'is good' if noted else 'can come into force'}", _count(located)))))
    for sentence in describe(policy):
        tell(sentence)
    for each in located:
        finding = each.finding
        tell(f"{name}:{each.line}:{each.column}: {finding.severity}: {finding.message} [{finding.code}]")
        if finding.clause:
            tell(f"    {finding.clause}")
    if standards:
        tell("Held by nightlatch itself, whatever the policy says:")
        for held in HELD:
            tell(f"    {held.what} ({held.clause})")


def _count(located: Sequence[Located]) -> str:
    counted = {level: sum(each.finding.severity is level for each in located) for level in GRAVITY}
    return ", ".join(f"{number} {level}{'' if number == 1 else 's'}" for level, number in counted.items() if number)
