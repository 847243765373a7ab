"""`nightlatch policy`: the presets, a policy in words, and every mistake in one of one's own."""

from typing import Annotated, Any

import typer

from nightlatch.core.durations import format_duration, seconds_down
from nightlatch.core.mistakes import Mistake, PolicyInvalid
from nightlatch.core.policy import Limits, Policy
from nightlatch.core.words import describe
from nightlatch.presets import load_policy, preset_names
from nightlatch_cli.exits import ExitCode, Failure
from nightlatch_cli.options import JsonlOption, JsonOption
from nightlatch_cli.output import print_json, print_jsonl, print_table, say, tell

PolicyArgument = Annotated[str, typer.Argument(metavar="POLICY", help="A preset's name, or the path of a policy file.")]


def list_policies(json: JsonOption = False, jsonl: JsonlOption = False) -> None:
    """List the presets, with their limits and where these come from."""
    policies = [load_policy(name) for name in preset_names()]
    if jsonl:
        print_jsonl(_summary(policy) for policy in policies)
    elif json:
        print_json([_summary(policy) for policy in policies])
    else:
        print_table(("name", "idle", "absolute", "source"), [_row(policy) for policy in policies])


def show(policy: PolicyArgument, json: JsonOption = False) -> None:
    """Show a policy: what it means as a comment, then its TOML. The output is itself a policy file."""
    found = load_policy(policy)
    if json:
        print_json(_document(found))
        return
    for sentence in describe(found):
        tell(f"# {sentence}")
    tell("\n" + found.text.rstrip("\n"))


def check(policy: PolicyArgument, json: JsonOption = False) -> None:
    """Check whether a policy can come into force; if not, tell every mistake in it (exit code 3)."""
    try:
        found = load_policy(policy)
    except PolicyInvalid as invalid:
        if json:
            print_json({"ok": False, "mistakes": [mistake_document(mistake) for mistake in invalid.mistakes]})
        count = len(invalid.mistakes)
        problem = f"{policy} cannot come into force: {count} mistake{'' if count == 1 else 's'}"
        raise Failure(ExitCode.CONFIGURATION, f"{problem}\n{invalid.render()}") from None
    if json:
        print_json({"ok": True, "mistakes": [], **_document(found)})
        return
    say(f"{policy} is good")
    for sentence in describe(found):
        tell(sentence)


def mistake_document(mistake: Mistake) -> dict[str, Any]:
    """A mistake in a policy as plain JSON values; line and column from 1."""
    fields = mistake._asdict()
    fields.pop("source")
    return {**fields, "message": mistake.message}


def source_of(policy: Policy) -> str:
    """Where a preset's limits come from: its first comment."""
    first = policy.text.lstrip("\ufeff").partition("\n")[0]
    return first.removeprefix("#").strip().removeprefix("Source: ") if first.startswith("#") else ""


def _summary(policy: Policy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "version": policy.version,
        "session": _limits(policy.session),
        "source": source_of(policy),
    }


def _document(policy: Policy) -> dict[str, Any]:
    return {**_summary(policy), "words": list(describe(policy)), "text": policy.text}


def _limits(limits: Limits) -> dict[str, int | None]:
    return {name: None if limit is None else seconds_down(limit) for name, limit in limits._asdict().items()}


def _row(policy: Policy) -> tuple[str, ...]:
    limits = policy.session
    return policy.name, format_duration(limits.idle), format_duration(limits.absolute), source_of(policy)
