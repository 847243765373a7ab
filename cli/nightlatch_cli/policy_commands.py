"""`nightlatch policy list`, `show` and `schema`: the presets, a policy in words, and what editors check policies by."""

from typing import Annotated, Any

import typer

from nightlatch.core.durations import format_duration, seconds_down
from nightlatch.core.policy import Limits, Policy
from nightlatch.core.policy_schema import policy_schema
from nightlatch.core.words import describe
from nightlatch.presets import load_policy, preset_names
from nightlatch_cli.options import JsonlOption, JsonOption
from nightlatch_cli.output import print_json, print_jsonl, print_table, tell

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
        print_json(policy_document(found))
        return
    for sentence in describe(found):
        tell(f"# {sentence}")
    tell("\n" + found.text.rstrip("\n"))


def schema() -> None:
    """Print the JSON Schema of policy files, for editors: `#:schema ./policy.schema.json` in a policy's first line."""
    print_json(policy_schema(preset_names()))


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


def policy_document(policy: Policy) -> dict[str, Any]:
    """A policy as plain JSON values: its limits in seconds, its meaning in words, its text."""
    return {**_summary(policy), "words": list(describe(policy)), "text": policy.text}


def _limits(limits: Limits) -> dict[str, int | None]:
    return {name: None if limit is None else seconds_down(limit) for name, limit in limits._asdict().items()}


def _row(policy: Policy) -> tuple[str, ...]:
    limits = policy.session
    return policy.name, format_duration(limits.idle), format_duration(limits.absolute), source_of(policy)
