"""A newcomer finds the test of a module by its name."""

from pathlib import Path

import pytest
from tests.shape.sources import PACKAGES, ROOT, modules, name

ROOMS = {"nightlatch": ROOT / "tests", "nightlatch_cli": ROOT / "tests" / "cli"}

ELSEWHERE = {
    "addons/nightlatch/ledger/federation_port.py": "signatures; every ledger's contract suite tries them",
    "addons/nightlatch/ledger/chain_port.py": "values and signatures; test_chain.py and test_pruning.py try them",
    "addons/nightlatch/core/alert.py": "values without behaviour",
    "addons/nightlatch/core/authentication.py": "values without behaviour",
    "addons/nightlatch/core/identity.py": "values without behaviour",
    "addons/nightlatch/core/policy.py": "values without behaviour",
    "addons/nightlatch/core/policy_schema_values.py": "values; test_policy_schema.py holds them against the reader",
    "addons/nightlatch/core/request.py": "values with one accessor",
    "addons/nightlatch/core/verdict.py": "values without behaviour",
    "addons/nightlatch/ledger/gate_questions.py": "the contract suite asks them of both ledgers",
    "addons/nightlatch/ledger/executing.py": "signatures; both ledgers' connections keep to them",
    "addons/nightlatch/ledger/presence_port.py": "a part of the port; test_reader.py of both ledgers tries it",
    "addons/nightlatch/ledger/questions.py": "the contract suite asks them of both ledgers",
    "addons/nightlatch/ledger/changes.py": "the contract suite makes them on both ledgers",
    "addons/nightlatch/ledger/live_port.py": "a part of the port; the contract suite tries it",
    "addons/nightlatch/ledger/live_read.py": "three questions; tests/ledger/contract_live.py asks them",
    "addons/nightlatch/ledger/alerts_port.py": "a part of the port; the contract suite tries it",
    "addons/nightlatch/ledger/policies_port.py": "a part of the port; the contract suite tries it",
    "addons/nightlatch/ledger/retention_port.py": "a part of the port; the contract suite tries it",
    "addons/nightlatch/ledger/policies_read.py": "four questions; tests/ledger/contract_policies.py asks them",
    "addons/nightlatch/ledger/policies_write.py": "two changes; tests/ledger/contract_policies.py makes them",
    "addons/nightlatch/proxy/standing_policy.py": "values without behaviour",
    "addons/nightlatch/proxy/policy_reading.py": "tests/proxy/test_policy_change.py and test_policy_reload.py read",
    "addons/nightlatch/proxy/outlived_sessions.py": "test_policy_change.py and test_policy_start.py see what ends",
    "addons/nightlatch/replay/exchange.py": "values without behaviour",
    "addons/nightlatch/replay/report/subject.py": "values without behaviour",
    "addons/nightlatch/proxy/options.py": "a table; every option is tried by tests/proxy/test_settings.py",
    "addons/nightlatch/proxy/judged.py": "values without behaviour",
    "addons/nightlatch/proxy/case.py": "values; every road of tests/proxy/test_side_roads.py takes one",
    "addons/nightlatch/web/control.py": "a Protocol; tests/proxy/test_control.py compares",
    "addons/nightlatch/web/openapi_route.py": "one call; tests/web/test_openapi.py asks it",
    "addons/nightlatch/web/routes.py": "a table; tests/web/test_handler.py and test_openapi.py go through it",
    "addons/nightlatch/web/serving.py": "values without behaviour",
    "addons/nightlatch/web/questions.py": "values; tests/e2e/test_control_fuzz.py sends what they allow and what not",
    "addons/nightlatch/web/shapes.py": "values; tests/e2e/test_control_fuzz.py compares every answer with them",
    "cli/nightlatch_cli/__main__.py": "one call; every end-to-end test starts with it",
}
"""Modules without a test file of their own, and why that is all right."""


def _test_of(path: Path) -> Path:
    package = next(each for each, folder in PACKAGES.items() if path.is_relative_to(folder))
    inside = path.relative_to(PACKAGES[package])
    return ROOMS[package] / inside.parent / f"test_{inside.name}"


@pytest.mark.parametrize("path", [path for path in modules() if path.name != "__init__.py"], ids=name)
def test_every_module_has_its_test_file(path: Path) -> None:
    if name(path) not in ELSEWHERE:
        assert _test_of(path).exists(), f"write {name(_test_of(path))}"


def test_the_exceptions_are_exceptions() -> None:
    assert [path for path in ELSEWHERE if not (ROOT / path).exists() or _test_of(ROOT / path).exists()] == []


def test_an_init_says_what_its_package_is_for_and_no_more() -> None:
    long = [name(path) for path in modules() if path.name == "__init__.py" and len(path.read_text().splitlines()) > 20]
    assert long == []
