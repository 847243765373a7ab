"""Findings as SARIF 2.1.0 (OASIS), each pointing at the line of the policy that makes it so."""

from hashlib import sha256
from urllib.parse import quote

import msgspec

from nightlatch.core.policy_places import PolicyPlaces
from nightlatch.replay.findings import KINDS, Finding
from nightlatch.replay.report.subject import Subject

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(subject: Subject) -> bytes:
    """The findings about the first policy."""
    driver = {"name": "nightlatch", "semanticVersion": subject.version, "rules": [_rule(kind) for kind in KINDS]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": _results(subject),
    }
    return msgspec.json.format(msgspec.json.encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})) + b"\n"


def _rule(kind: str) -> dict[str, object]:
    return {"id": kind, "shortDescription": {"text": KINDS[kind]}}


def _results(subject: Subject) -> list[dict[str, object]]:
    places = PolicyPlaces(subject.study.replayed.outcomes[0].policy)
    return [_result(each, places.line(each.place), _uri(subject)) for each in subject.study.findings]


def _uri(subject: Subject) -> str:
    path = subject.policy_path
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _result(finding: Finding, line: str, uri: str) -> dict[str, object]:
    region = {"startLine": finding.place.line, "startColumn": finding.place.column, "snippet": {"text": line}}
    same = sha256(f"{finding.kind}\0{line.partition('=')[0].strip()}".encode("utf-8", "replace")).hexdigest()[:16]
    return {
        "ruleId": finding.kind,
        "ruleIndex": list(KINDS).index(finding.kind),
        "level": str(finding.level),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
        "partialFingerprints": {"policyKey/v1": same},
    }
