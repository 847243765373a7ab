"""The whole explanation as one JSON document: what `nightlatch explain --json` prints and the control API answers."""

from collections.abc import Sequence
from typing import Any

from nightlatch.core.policy import Policy
from nightlatch.core.session_json import session_document
from nightlatch.explain.evidence import Evidence
from nightlatch.explain.reasons import decision_document
from nightlatch.explain.timeline import moment_document, timeline
from nightlatch.ledger.port import Decision


def explanation(
    summary: Sequence[str], decision: Decision | None, evidence: Evidence | None, policy: Policy, now: int
) -> dict[str, Any]:
    """`summary`, the decision and the session in question, where there are any, and the session's timeline."""
    return {
        "summary": " ".join(summary),
        "decision": decision and decision_document(decision),
        "session": evidence and session_document(evidence.session, policy, now),
        "timeline": [moment_document(moment) for moment in timeline(evidence)] if evidence else [],
    }
