"""The project's own Python files, parsed: what the shape tests look at."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = {"nightlatch": ROOT / "addons" / "nightlatch", "nightlatch_cli": ROOT / "cli" / "nightlatch_cli"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> tuple[Path, ...]:
    """Every module of both packages."""
    return tuple(sorted(path for folder in PACKAGES.values() for path in folder.rglob("*.py")))


@cache
def sources() -> tuple[Path, ...]:
    """Those, the launcher and the scripts."""
    return (*modules(), ROOT / "addons" / "latch.py", *sorted((ROOT / "scripts").glob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    """The module at `path`, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    """`path` as one says it: from the top of the checkout."""
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[Function]:
    """Every function and method, inner ones too."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the last: a signature can be long without being complex."""
    statements = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not statements:
        return 0
    return (statements[-1].end_lineno or 0) - statements[0].lineno + 1
