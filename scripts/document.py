"""Writes what can be written by a program: docs/commands.md, docs/policy.schema.json, and the tables of
docs/policy-file.md, docs/in-flight.md and policies/README.md.

Usage: python scripts/document.py [--check]

With `--check` nothing is written, and the exit code is 1 when a document is not current.
"""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "cli"), str(ROOT / "addons")]

from scripts import policy_reference, policy_table  # noqa: E402 (needs the paths above)

from nightlatch.core import client_matrix, peers  # noqa: E402 (needs the paths above)
from nightlatch_cli.commands import COMMANDS, Entry  # noqa: E402 (needs the paths above)

HEAD = """# Commands

Every command with its help, written by `scripts/document.py`. What the exit codes mean is told in
[contracts](contracts.md#exit-codes).
"""


def commands() -> Iterator[tuple[str, ...]]:
    """Every command that can be given, families before their members; the first is `nightlatch` itself."""
    yield ()
    for name, entry in COMMANDS.items():
        yield (name,)
        if not isinstance(entry, Entry):
            yield from ((name, member) for member in entry.entries)


def helps() -> dict[str, str]:
    """What `nightlatch COMMAND --help` prints on a terminal of 80 columns, by command. All in one process of its own,
    without settings of this one's environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTLATCH_")}
    paths = os.pathsep.join([str(ROOT), str(ROOT / "addons"), str(ROOT / "cli")])
    environment = {**kept, "PYTHONPATH": paths, "COLUMNS": "80", "NO_COLOR": "1"}
    arguments = [sys.executable, __file__, "--helps"]
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def print_helps() -> None:
    """What `helps` reads."""
    from nightlatch_cli.app import app

    shown = {}
    for command in commands():
        with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(SystemExit):
            app([*command, "--help"], prog_name="nightlatch")
        shown[" ".join(command)] = "\n".join(line.rstrip() for line in printed.getvalue().strip().splitlines())
    print(json.dumps(shown))


def command_reference() -> str:
    """The whole of docs/commands.md."""
    parts = [f"## nightlatch {command}".rstrip() + f"\n\n```text\n{shown}\n```" for command, shown in helps().items()]
    return HEAD + "\n" + "\n\n".join(parts) + "\n"


def between(text: str, name: str, content: str) -> str:
    """`text` with `content` between the markers `<!-- name:begin -->` and `<!-- name:end -->`.

    Raises:
        ValueError: the markers are not there.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if begin not in text or end not in text:
        raise ValueError(f"no place for {name}: {begin} … {end} is missing")
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{content}\n{end}", text, flags=re.DOTALL)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table; the first row is its headings."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def in_flight() -> str:
    """docs/in-flight.md, with the tables that the guard answers by."""
    text = (ROOT / "docs" / "in-flight.md").read_text(encoding="utf-8")
    text = between(text, "matrix", markdown(client_matrix.table()))
    return between(text, "peers", markdown(peers.table()))


def documents() -> dict[Path, str]:
    """Every document that is written here, as it should be."""
    docs, presets = ROOT / "docs", policy_table.README
    policy_file = docs / "policy-file.md"
    return {
        docs / "commands.md": command_reference(),
        docs / "in-flight.md": in_flight(),
        docs / "policy.schema.json": policy_reference.schema_text(),
        policy_file: between(policy_file.read_text(encoding="utf-8"), "keys", policy_reference.reference()),
        presets: policy_table.current(presets.read_text(encoding="utf-8")),
    }


def main(arguments: list[str]) -> int:
    """0 when everything is current (or was written), 1 when `--check` finds something that is not."""
    if "--helps" in arguments:
        print_helps()
        return 0
    stale = {path: text for path, text in documents().items() if not path.exists() or path.read_text("utf-8") != text}
    for path, text in stale.items():
        if "--check" in arguments:
            print(f"{path.relative_to(ROOT)} is not current: run python scripts/document.py", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
