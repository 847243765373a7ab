"""What is written is run: the file for pytest as a process of its own at a real guard. That for Playwright is parsed by
node; what it does at the guard is what tests/web tries of the client."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.e2e.processes import surroundings
from tests.testing.test_boundaries import RULES

from nightlatch.core.policy import Policy
from nightlatch.core.policy_toml import read_policy
from nightlatch.testing.boundaries import boundaries
from nightlatch.testing.boundary_files import needed, playwright_file, pytest_file

CONFTEST = """
import pytest

def app(environ, start):
    start("200 OK", [])
    return [b""]

@pytest.fixture(scope="session")
def nightlatch_upstream():
    return app
"""


def test_the_file_for_pytest_passes_at_a_real_guard_and_not_under_another_policy(tmp_path: Path) -> None:
    policy = read_policy(RULES, name='p """ \\')
    edges, left = boundaries(policy)
    text = pytest_file(policy, edges, left)
    (line,) = re.findall(r"nightlatch_options = .*", text)
    assert line.split(" = ")[1].split() == " ".join(needed(policy, edges)).split()
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{line}\n")
    (tmp_path / "test_edges.py").write_text(text)
    looser = text.replace('idle = "5m"', 'idle = "6m"')
    assert looser != text
    (tmp_path / "test_looser.py").write_text(looser)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "nightlatch.testing.plugin", "--junit-xml", "out.xml"]
    environment = {**surroundings(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, "test_edges.py", "test_looser.py", "-k", "test_edges or writes"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    cases = list(ElementTree.parse(tmp_path / "out.xml").iter("testcase"))
    ours = [case for case in cases if case.get("classname") == "test_edges"]
    assert len(ours) == 3 * len(edges)
    assert [case.get("name") for case in ours if len(case)] == [], done.stdout
    failed = sorted(str(case.get("name")) for case in cases if len(case))
    assert failed == ["test_edge[writes idle 300s-a second after]", "test_edge[writes idle 300s-at the limit]"]


def _policies() -> list[Policy]:
    texts = [
        RULES,
        '[session]\nidle = "1m"',
        '# \\" """ \n[session]\r\nidle = "1m"\n',
        "# ''' \"\n[session]\nidle='1m'",
    ]
    names = ["p", '"""', "*/ alert(1) //", "a\nb\\"]
    return [read_policy(text, name=name) for text, name in zip(texts, names, strict=True)]


@pytest.mark.parametrize("policy", _policies(), ids=lambda policy: policy.version)
def test_a_policy_stays_what_it_is_in_the_file(policy: Policy, tmp_path: Path) -> None:
    edges, left = boundaries(policy)
    tree = ast.parse(pytest_file(policy, edges, left))
    held = next(
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "POLICY"
    )
    assert ast.literal_eval(held) == policy.text
    written = tmp_path / "edges.spec.mjs"
    written.write_text(playwright_file(policy, edges, left))
    done = subprocess.run(["node", "--check", str(written)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
