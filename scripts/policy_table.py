"""Writes the table of presets in policies/README.md from the presets; `--check` only tells whether it is current.

Usage: python scripts/policy_table.py [--check]
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "addons"))

from nightlatch.core.durations import format_duration  # noqa: E402 (needs the path above)
from nightlatch.core.policy import Policy, Rule  # noqa: E402 (the same)
from nightlatch.presets import load_policy, preset_names  # noqa: E402 (the same)

README = ROOT / "policies" / "README.md"
_BEGIN = "<!-- presets: written by scripts/policy_table.py -->"
_END = "<!-- end of presets -->"
_OWN = ("default", "demo", "strict")


def source(policy: Policy) -> str:
    """Source and clause, from the first comment line of a preset.

    Raises:
        ValueError: the first line is no `# Source: …`.
    """
    match = re.match(r"# Source: (.+)\n", policy.text)
    if match is None:
        raise ValueError(f'policies/{policy.name}.toml: the first line must be "# Source: …"')
    return match[1]


def row(policy: Policy) -> str:
    """The preset's line of the table."""
    limits = policy.session
    rules = "".join(f"; {_rule(rule)}" for rule in policy.rules if not rule.public)
    name = f"[`{policy.name}`]({policy.name}.toml)"
    return f"| {name} | {format_duration(limits.idle)} | {format_duration(limits.absolute)} | {source(policy)}{rules} |"


def _rule(rule: Rule) -> str:
    limits = f"{format_duration(rule.limits.idle)} / {format_duration(rule.limits.absolute)}"
    return f"rule `{rule.name}`: {limits}"


def table() -> str:
    """The whole table, nightlatch's own presets first."""
    names = [*_OWN, *(name for name in preset_names() if name not in _OWN)]
    head = "| preset | idle | absolute | source and clause |\n|---|---|---|---|\n"
    return head + "\n".join(row(load_policy(name)) for name in names)


def current(text: str) -> str:
    """`text` of the README with the table as it should be."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{table()}\n{_END}{after}"


def main(arguments: list[str]) -> int:
    """0 when the table is current (or was written), 1 when `--check` finds that it is not."""
    text = README.read_text(encoding="utf-8")
    wanted = current(text)
    if "--check" not in arguments:
        README.write_text(wanted, encoding="utf-8")
    elif text != wanted:
        print("policies/README.md is not current: run python scripts/policy_table.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
