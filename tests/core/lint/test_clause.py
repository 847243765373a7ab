import pytest

from nightlatch.core.lint.clause import Clause, Demand, gravity
from nightlatch.core.lint.finding import Severity


@pytest.mark.parametrize(
    ("strength", "severity"),
    [("SHALL", Severity.ERROR), ("verify", Severity.ERROR), ("SHOULD", Severity.WARNING), ("MAY", Severity.NOTE)],
)
def test_the_severity_is_that_of_the_clauses_own_word(strength: str, severity: Severity) -> None:
    assert gravity(strength) is severity


def test_a_word_that_nobody_knows_is_a_mistake_of_the_table() -> None:
    with pytest.raises(ValueError, match=r"`shal` is unknown; known are SHALL"):
        gravity("shal")


def test_a_clause_is_cited_by_title_and_number() -> None:
    assert Clause("pci-dss-4", "PCI DSS 4.0", "8.2.8", False, Demand(), Demand()).cited == "PCI DSS 4.0, 8.2.8"
