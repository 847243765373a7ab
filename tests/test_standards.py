"""The table of clauses: its numbers are those of the sources, its names those of the presets."""

import pytest

from nightlatch.core.lint.clause import Clause
from nightlatch.core.policy import DAY, HOUR, MINUTE
from nightlatch.presets import preset_names
from nightlatch.standards import StandardUnknown, clauses_of, standard_names

OWN = {"default", "demo", "strict"}


def only(name: str) -> Clause:
    (clause,) = clauses_of(name)
    return clause


def test_every_preset_of_a_standard_has_its_clauses() -> None:
    assert set(preset_names()) - OWN <= set(standard_names())


@pytest.mark.parametrize(
    ("name", "idle", "absolute"),
    [
        ("nist-800-63b-3-aal2", 30 * MINUTE, 12 * HOUR),
        ("nist-800-63b-4-aal1", None, 30 * DAY),
        ("nist-800-63b-4-aal2", HOUR, 24 * HOUR),
        ("nist-800-63b-4-aal3", 15 * MINUTE, 12 * HOUR),
        ("pci-dss-4", 15 * MINUTE, None),
        ("disa-stig-user", 15 * MINUTE, None),
        ("disa-stig-admin", 10 * MINUTE, None),
        ("psd2", 5 * MINUTE, None),
        ("hipaa", None, None),
    ],
)
def test_the_numbers_are_those_of_the_source(name: str, idle: int | None, absolute: int | None) -> None:
    clause = only(name)
    assert (clause.idle.most, clause.absolute.most) == (idle, absolute)


def test_revision_4_asks_for_an_overall_limit_more_strongly_than_for_its_number() -> None:
    clause = only("nist-800-63b-4-aal2")
    assert (clause.absolute.strength, clause.absolute.exists, clause.idle.exists) == ("SHOULD", "SHALL", "SHOULD")


def test_fedramp_has_a_row_of_its_own_for_privileged_users() -> None:
    rows = {clause.number: clause for clause in clauses_of("fedramp-moderate")}
    assert rows["SC-10 (privileged user)"].privileged and not rows["SC-10 (user)"].privileged
    assert rows["SC-10 (privileged user)"].idle.most == 10 * MINUTE


def test_an_unknown_name_is_told_the_nearest() -> None:
    with pytest.raises(StandardUnknown, match='did you mean "pci-dss-4"'):
        clauses_of("pci-dss4")
    with pytest.raises(StandardUnknown, match="known are nist-800-63b-3-aal1"):
        clauses_of("§")
