"""What a study adds to `nightlatch.replay/1`: further keys beside those that every replay has."""

from collections.abc import Iterable, Mapping

from nightlatch.core.durations import seconds_down
from nightlatch.core.instants import rfc3339
from nightlatch.core.policy import SECOND
from nightlatch.replay.compare import Difference
from nightlatch.replay.findings import Finding
from nightlatch.replay.lifetimes import Lifetime
from nightlatch.replay.observations import Refusal, Tally, lost_by_people
from nightlatch.replay.replaying import Document, Outcome
from nightlatch.replay.study import Studied, Study
from nightlatch.replay.suggest import Suggestion
from nightlatch.replay.sweep import Curve, per


def study_document(study: Study) -> Document:
    """The document of the replay, with everything else that was found."""
    return {
        **study.replayed.document(),
        "what_if": [_policy(studied) for studied in study.policies],
        "differences": [_difference(each) for each in study.differences],
        "sweeps": [_curve(each) for each in study.curves],
        "suggested": {"passive": [_suggestion(each) for each in study.suggested], "toml": study.toml},
        "conditions": [
            {"condition": each.condition.text, "value": round(each.value, 4), "failed": each.holds}
            for each in study.checked
        ],
        "findings": [_finding(each) for each in study.findings],
    }


def _policy(studied: Studied) -> Document:
    outcome, observed = studied.outcome, studied.outcome.observed
    return {
        "policy": outcome.policy.name,
        "version": outcome.policy.version,
        "users": outcome.people,
        "user_days": outcome.user_days,
        "relogins_per_user_day": per(outcome.told.relogins, outcome.user_days),
        "open_seconds": outcome.told.open // SECOND,
        "sessions_cut": len(observed.cuts) if observed else 0,
        "lost_by_people": lost_by_people(observed),
        "lost_writes": [refusal(each) for each in _lost(observed.lost_writes if observed else ())],
        "rules": [_tally("rule", name, tally) for name, tally in _most(observed.rules if observed else {})],
        "routes": [_tally("route", name, tally) for name, tally in _most(observed.routes if observed else {})],
        "sessions": [_lifetime(each, outcome) for each in studied.lifetimes],
    }


def _lost(refusals: Iterable[Refusal]) -> list[Refusal]:
    """Those of people first, then those of timers; each in order of time."""
    return sorted(refusals, key=lambda refusal: (not refusal.by_person, refusal.exchange.at))


def _most(tallies: Mapping[str, Tally] | Mapping[str | None, Tally]) -> list[tuple[str | None, Tally]]:
    return sorted(tallies.items(), key=lambda each: (-sum(each[1].verdicts.values()), each[0] or ""))


def _tally(kind: str, name: str | None, tally: Tally) -> Document:
    return {
        kind: name,
        "requests": sum(tally.verdicts.values()),
        "verdicts": {str(verdict): count for verdict, count in sorted(tally.verdicts.items())},
        "relogins": tally.relogins,
        "lost_writes": tally.lost_writes,
    }


def refusal(each: Refusal) -> Document:
    """A request that met an ended session; durations in whole seconds."""
    verdict, exchange = each.verdict, each.exchange
    return {
        "at": rfc3339(exchange.at),
        "file": exchange.file,
        "i": exchange.position,
        "session": each.session,
        "route": each.route,
        "bytes": exchange.size,
        "form_seconds": _seconds(each.form),
        "clock": None if verdict.clock is None else str(verdict.clock),
        "limit": _seconds(verdict.limit),
        "elapsed": _seconds(verdict.elapsed),
        "rule": verdict.rule,
        "by_person": each.by_person,
    }


def _seconds(duration: int | None) -> int | None:
    return None if duration is None else seconds_down(duration)


def _lifetime(each: Lifetime, outcome: Outcome) -> Document:
    cut = outcome.observed.cuts.get(each.session) if outcome.observed else None
    return {
        "session": each.session,
        "started_at": rfc3339(each.started_at),
        "last_active_at": rfc3339(each.last_active_at),
        "ends_at": None if each.ends_at is None else rfc3339(each.ends_at),
        "clock": each.clock,
        "rule": each.rule,
        "relogin": each.relogin,
        "cut_at": None if cut is None else rfc3339(cut.exchange.at),
        "kept_alive_by_polling": each.kept_alive,
        "exposure_seconds": each.exposure // SECOND,
    }


def _difference(each: Difference) -> Document:
    return {
        "policy": each.policy,
        "against": each.base,
        "verdicts": [{"from": str(a), "to": str(b), "requests": count} for a, b, count in each.verdicts],
        "sessions_cut": [refusal(cut) for cut in each.cut],
        "sessions_spared": [refusal(cut) for cut in each.spared],
    }


def _curve(curve: Curve) -> Document:
    knee = None if curve.knee is None else curve.points[curve.knee].limit // SECOND
    points = [
        {
            "limit": point.limit // SECOND,
            "relogins": point.relogins,
            "relogins_per_user_day": point.relogins_per_user_day,
            "lost_writes": point.lost_writes,
            "exposure_seconds": point.exposure // SECOND,
            "open_seconds": point.open // SECOND,
        }
        for point in curve.points
    ]
    return {"sweep": curve.sweep.name, "points": points, "knee": knee}


def _suggestion(each: Suggestion) -> Document:
    return {
        "method": each.method,
        "path": each.path,
        "looks_like": str(each.looks_like),
        "every_seconds": None if each.every is None else round(each.every / SECOND, 3),
        "requests": each.requests,
    }


def _finding(each: Finding) -> Document:
    return {
        "kind": each.kind,
        "level": str(each.level),
        "message": each.message,
        "line": each.place.line,
        "column": each.place.column,
    }
