"""One line a request and policy: what `--decisions` writes. No query, no credential."""

from nightlatch.core.durations import seconds_down
from nightlatch.core.instants import rfc3339
from nightlatch.replay.simulate import Judged


def decision(judged: Judged, policy: str, *, file: bool = False) -> dict[str, object]:
    """The decision as a document; durations in whole seconds, rounded down.

    Args:
        judged: the request and its verdict.
        policy: the name of the policy.
        file: also name the file: `i` alone does not tell it where there are several.
    """
    exchange, verdict = judged.exchange, judged.verdict
    return {
        "i": exchange.position,
        **({"file": exchange.file} if file else {}),
        "at": rfc3339(exchange.at),
        "policy": policy,
        "session": judged.session,
        "method": exchange.request.method,
        "url": exchange.origin + exchange.request.path,
        "verdict": str(verdict.kind),
        "clock": None if verdict.clock is None else str(verdict.clock),
        "limit": None if verdict.limit is None else seconds_down(verdict.limit),
        "elapsed": None if verdict.elapsed is None else seconds_down(verdict.elapsed),
        "rule": verdict.rule,
        "activity": verdict.activity,
    }
