"""What scripts read of a refusal: a problem document (RFC 9457) and a challenge (RFC 6750, RFC 9470)."""

import json

from nightlatch.core.durations import seconds_down
from nightlatch.core.headers import quoted
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.core.wording import sentence

CONTENT_TYPE = "application/problem+json"
_TITLES = {
    Kind.LOGIN: "Login required",
    Kind.EXPIRED: "Session expired",
    Kind.REFUSED: "Session ended",
    Kind.STEP_UP: "Fresh login required",
    Kind.DENIED: "Not allowed",
    Kind.INVALID: "Credential not readable",
    Kind.ERROR: "Guard unavailable",
}
_CHALLENGED = ("max_age", "acr_values")


NOTHING_WRITTEN = "Nothing was written: the request did not reach the application."
_READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110 section 9.2.1)."""


def problem_document(
    verdict: Verdict, status: int, login_url: str | None, decision_id: str, method: str = "GET"
) -> bytes:
    """The body: the standard's members, and `verdict`, `clock`, `limit`, `elapsed` (whole seconds, rounded down),
    `login_url` and `id`, null where there is none. After a write (`method`) it says that nothing has happened."""
    detail = sentence(verdict)
    members: dict[str, str | int | None] = {
        "type": f"urn:nightlatch:verdict:{verdict.kind}",
        "title": _TITLES.get(verdict.kind, "Not allowed"),
        "status": status,
        "detail": detail if method in _READS else f"{detail} {NOTHING_WRITTEN}",
        "verdict": str(verdict.kind),
        "clock": None if verdict.clock is None else str(verdict.clock),
        "limit": None if verdict.limit is None else seconds_down(verdict.limit),
        "elapsed": None if verdict.elapsed is None else seconds_down(verdict.elapsed),
        "login_url": login_url,
        "id": decision_id,
    }
    return json.dumps(members).encode()


def challenge(verdict: Verdict) -> str:
    """`WWW-Authenticate` of a 401: no error code when no credential was presented (RFC 6750 section 3.1), what is
    missing when the login was not strong or fresh enough (RFC 9470 section 3), else `invalid_token`."""
    parameters = {"realm": quoted("nightlatch")}
    if verdict.kind is Kind.STEP_UP:
        parameters["error"] = quoted("insufficient_user_authentication")
        parameters["error_description"] = quoted(sentence(verdict))
        parameters |= {name: quoted(text) for name, text in verdict.asks if name in _CHALLENGED}
    elif verdict.kind is not Kind.LOGIN or verdict.reason != "no_credential":
        parameters |= {"error": quoted("invalid_token"), "error_description": quoted(sentence(verdict))}
    return "Bearer " + ", ".join(f"{name}={text}" for name, text in parameters.items())
