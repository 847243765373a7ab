import pytest
from tests.core.lint.reading import policy

from nightlatch.core.lint.clause import Clause, Demand
from nightlatch.core.lint.linting import lint
from nightlatch.core.policy import MINUTE
from nightlatch.presets import load_policy, preset_names
from nightlatch.standards import clauses_of, standard_names


@pytest.mark.parametrize("preset", preset_names())
def test_a_preset_is_never_at_odds_with_the_standard_of_its_name(preset: str) -> None:
    clauses = clauses_of(preset) if preset in standard_names() else ()
    found = lint(load_policy(preset), clauses)
    assert [each for each in found if "standard" in each.finding.code and each.finding.severity != "note"] == []


@pytest.mark.parametrize("standard", standard_names())
def test_everything_found_has_a_place_in_the_text_and_they_are_in_its_order(standard: str) -> None:
    text = '[session]\nidle = "off"\nabsolute = "31d"\n[risk.admin]\nidle = "2h"\n'
    found = lint(policy(text), clauses_of(standard))
    lines = text.split("\n")
    assert found and all(lines[each.line - 1] == each.source for each in found)
    assert [each.line for each in found] == sorted(each.line for each in found)


def test_the_same_limit_is_held_to_each_clause_once() -> None:
    one = Clause("a", "A", "1", False, Demand(MINUTE, "SHALL"), Demand())
    other = one._replace(number="2")
    text = '[session]\nidle = "2m"\n' + "".join(f'[[rule]]\nname = "{n}"\nmatch = {{ path = "/{n}" }}\n' for n in "xyz")
    found = [each.finding.clause for each in lint(policy(text), (one, other)) if "standard" in each.finding.code]
    assert sorted(found) == ["A, 1", "A, 2"]
