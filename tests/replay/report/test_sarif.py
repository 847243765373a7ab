import json
from pathlib import Path
from typing import Any

from tests.replay.report.made import HOSTILE, morning, subject

from nightlatch.replay.findings import KINDS
from nightlatch.replay.report.sarif import sarif


def results() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(sarif(subject()))["runs"][0]["results"]
    return found


def place(result: dict[str, Any]) -> tuple[str, int, int]:
    where = result["locations"][0]["physicalLocation"]
    return where["artifactLocation"]["uri"], where["region"]["startLine"], where["region"]["startColumn"]


def test_findings_point_at_the_lines_of_the_policy() -> None:
    found = {(each["ruleId"], place(each)[1]): each for each in results()}
    assert ("condition", 5) in found
    assert ("lost-write", 5) in found
    assert ("session-cut", 11) in found
    assert ("rule-never-matched", 14) in found
    lost = found["lost-write", 5]
    assert place(lost) == ("conf/my%20policy.toml", 5, 1)
    assert lost["locations"][0]["physicalLocation"]["region"]["snippet"] == {"text": 'idle = "10m"'}
    assert "loses 1 write, such as POST /form (1234 bytes, a page that was open for 15m)" in lost["message"]["text"]


def test_every_kind_is_declared_and_every_result_names_one() -> None:
    (run,) = json.loads(sarif(subject()))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(KINDS)
    assert run["tool"]["driver"]["semanticVersion"] == "1.2.3"
    for result in run["results"]:
        assert list(KINDS)[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")


def test_the_same_finding_keeps_its_fingerprint_when_a_limit_changes() -> None:
    prints = {each["partialFingerprints"]["policyKey/v1"] for each in results() if each["ruleId"] == "lost-write"}
    assert len(prints) == 1
    assert all(len(each) == 16 for each in prints)


def test_a_policy_elsewhere_has_an_absolute_address() -> None:
    elsewhere = subject()._replace(policy_path=Path("/etc/a b.toml"))
    uris = {place(each)[0] for each in json.loads(sarif(elsewhere))["runs"][0]["results"]}
    assert uris == {"file:///etc/a%20b.toml"}


def test_hostile_text_is_text() -> None:
    told = json.loads(sarif(subject(*morning(HOSTILE))))
    assert any(HOSTILE in each["message"]["text"] for each in told["runs"][0]["results"])
