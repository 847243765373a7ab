from pathlib import Path

from tests.replay.report.made import HOSTILE, morning, subject

from nightlatch.replay.report.annotations import annotations


def test_findings_stand_beside_the_lines_of_the_policy() -> None:
    lines = list(annotations(subject()))
    assert lines[0] == ("::error file=conf/my policy.toml,line=5,col=1,title=condition::lost_writes>0: 1 under tight")
    assert any(line.startswith("::warning file=conf/my policy.toml,line=5,") for line in lines)
    assert any(line.startswith("::notice ") for line in lines)


def test_a_policy_that_is_not_in_the_repository_is_not_pointed_at() -> None:
    lines = list(annotations(subject()._replace(policy_path=Path("/etc/x.toml"))))
    assert lines[0].startswith("::error title=condition::")


def test_what_was_captured_cannot_give_commands() -> None:
    for line in annotations(subject(*morning(HOSTILE))):
        assert "\n" not in line
        assert "\r" not in line
        assert line.startswith("::")


def test_what_separates_properties_is_escaped() -> None:
    odd = subject()._replace(policy_path=Path("a,b:c%.toml"))
    assert next(iter(annotations(odd))).startswith("::error file=a%2Cb%3Ac%25.toml,line=5,")
