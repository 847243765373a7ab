"""Names use the field's terms, every module says what it is for, and nothing is left lying about."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.shape.sources import ROOT, name, sources, tree

VAGUE = re.compile(r"(^|_)(manager|utils?|helpers?|misc|data|stuff|tmp|foo)($|_)", re.IGNORECASE)
TERMS = {"clear_site_data": "the name of a header field", "data_received": "what tornado calls"}
LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SILENCED = re.compile(r"#\s*(type: ignore|noqa)(?P<rest>.*)$")


def _defined(path: Path) -> Iterator[str]:
    """Names that this file introduces: itself, classes, functions, arguments and variables."""
    yield path.stem
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name)
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


@pytest.mark.parametrize("path", sources(), ids=name)
def test_names_say_something(path: Path) -> None:
    assert [each for each in _defined(path) if VAGUE.search(each) and each not in TERMS] == []


@pytest.mark.parametrize("path", sources(), ids=name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    if path.read_text(encoding="utf-8").strip():
        assert ast.get_docstring(tree(path)), f"{name(path)} has no docstring"


@pytest.mark.parametrize("path", sources(), ids=name)
def test_nothing_is_left_for_later(path: Path) -> None:
    assert LEFT_OVER.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sources(), ids=name)
def test_what_is_silenced_has_its_reason_beside_it(path: Path) -> None:
    """Such as `# noqa: S105 (the name of a clock)`."""
    silenced = filter(None, map(SILENCED.search, path.read_text(encoding="utf-8").splitlines()))
    assert [found[0] for found in silenced if not re.search(r"[A-Z0-9\]]\W+\(?[a-zA-Z`]\w*\W+\w", found["rest"])] == []


def test_only_the_clock_reads_the_wall_clock() -> None:
    reads = re.compile(r"\btime\.time(_ns)?\(|\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(")
    clock = ROOT / "addons" / "nightlatch" / "clock.py"
    assert [name(path) for path in sources() if path != clock and reads.search(path.read_text(encoding="utf-8"))] == []
    assert reads.search(clock.read_text(encoding="utf-8"))


def test_no_test_sleeps_or_is_skipped() -> None:
    lax = re.compile(r"\b(time\.)?sl" + r"eep\((?!0\))|pytest\.mark\.(skip|xfail)|pytest\.skip\(")
    allowed = {
        "tests/e2e/upstream.py": "the event stream of the test's application ticks",
        "tests/ledger/postgres/server.py": "without a server, outside of continuous integration; the message says so",
        "tests/proxy/running.py": "waits for a condition on the loop, and gives it turns",
    }
    found = [
        name(path) for path in sorted((ROOT / "tests").rglob("*.py")) if lax.search(path.read_text(encoding="utf-8"))
    ]
    assert [each for each in found if each not in allowed] == []
