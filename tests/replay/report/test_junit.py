from xml.etree import ElementTree

from tests.replay.report.made import HOSTILE, morning, subject

from nightlatch.replay.findings import KINDS
from nightlatch.replay.report.junit import junit


def test_a_suite_a_policy_and_a_case_a_condition() -> None:
    root = ElementTree.fromstring(junit(subject()))
    tight, loose = root.findall("testsuite")
    assert (tight.get("name"), loose.get("name")) == ("tight", "loose")
    assert (root.get("tests"), root.get("failures"), loose.get("tests")) == (str(len(KINDS) + 1), "1", "0")
    cases = {case.get("name"): case for case in tight.findall("testcase")}
    failure = cases["lost_writes>0"].find("failure")
    assert failure is not None
    assert failure.get("message") == "lost_writes>0: 1 under tight"
    assert cases["relogins>99"].find("failure") is None
    assert cases["relogins>99"].get("classname") == "nightlatch.replay.tight"
    out = cases["lost-write"].find("system-out")
    assert out is not None
    assert out.text is not None
    assert out.text.startswith("conf/my policy.toml:5: idle = 10m loses 1 write")


def test_the_figures_are_properties() -> None:
    root = ElementTree.fromstring(junit(subject()))
    told = {each.get("name"): each.get("value") for each in root[0].findall("properties/property")}
    assert (told["lost_writes"], told["relogins"], told["users"], told["user_days"]) == ("1", "3", "3", "3")
    assert root[0].get("timestamp") == "2023-11-14T22:13:20.000"


def test_what_xml_cannot_hold_is_replaced() -> None:
    root = ElementTree.fromstring(junit(subject(*morning(HOSTILE + "\ud800\x00"))))
    text = "".join(root.itertext())
    assert "<script>" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
