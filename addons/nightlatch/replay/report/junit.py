"""A replay as JUnit XML: a suite a policy, its figures as properties; for the first policy a case a condition, and one
for each other kind of finding, which never fails and holds them as its output."""

from collections import defaultdict
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from nightlatch.replay.findings import KINDS
from nightlatch.replay.report.side_by_side import figures
from nightlatch.replay.report.subject import Subject


def junit(subject: Subject) -> bytes:
    """The document, UTF-8."""
    study = subject.study
    failures = str(len(study.failed))
    root = Element("testsuites", name="nightlatch replay", failures=failures, errors="0")
    for index, policy in enumerate(figures(subject.document)):
        suite = SubElement(root, "testsuite", name=_text(policy["name"]), errors="0", skipped="0", time="0")
        suite.set("timestamp", subject.document["capture"]["from"].rstrip("Z"))
        properties = SubElement(suite, "properties")
        for name, value in policy.items():
            if isinstance(value, int | float):
                SubElement(properties, "property", name=name, value=str(value))
        if index == 0:
            _cases(suite, subject)
        suite.set("tests", str(len(suite.findall("testcase"))))
        suite.set("failures", failures if index == 0 else "0")
    root.set("tests", str(len(root.findall(".//testcase"))))
    indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root) + b"\n"


def _cases(suite: Element, subject: Subject) -> None:
    for each in subject.study.checked:
        case = _case(suite, each.condition.text)
        if each.holds:
            SubElement(case, "failure", message=_text(each.message), type="condition").text = _text(each.message)
    told: dict[str, list[str]] = defaultdict(list)
    for finding in subject.study.findings:
        told[finding.kind].append(f"{subject.policy_label}:{finding.place.line}: {finding.message}")
    for kind in KINDS:
        if kind != "condition":
            case = _case(suite, kind)
            if told[kind]:
                SubElement(case, "system-out").text = _text("\n".join(told[kind]))


def _case(suite: Element, name: str) -> Element:
    return SubElement(suite, "testcase", name=_text(name), classname=f"nightlatch.replay.{suite.get('name')}", time="0")


def _text(text: str) -> str:
    """`text` without what XML 1.0 cannot hold, such as control characters and lone surrogates."""
    return "".join(character if character.isprintable() or character in "\n\t" else "\ufffd" for character in text)
