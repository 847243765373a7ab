"""The policy over HTTP: what is in force, what another one would do, and bringing it into force."""

from collections.abc import Mapping
from typing import Any

from nightlatch.audit.last_review import overdue
from nightlatch.core.instants import rfc3339
from nightlatch.core.lint.finding_json import finding_document
from nightlatch.core.lint.linting import lint
from nightlatch.core.mistakes import Mistake, PolicyInvalid
from nightlatch.core.policy import Policy
from nightlatch.core.policy_effect import Effect, effect_on
from nightlatch.core.session import State
from nightlatch.core.words import describe
from nightlatch.ledger.port import LedgerReader
from nightlatch.web.asking import Answer, Ask
from nightlatch.web.problems import Refusal
from nightlatch.web.reminders import reminders

SHOWN = 200
"""How many sessions a preview names."""


async def show(ask: Ask) -> Answer:
    """The policy in force, with its text; its version is the `ETag`."""
    return await _answer(ask)


async def replace(ask: Ask) -> Answer:
    """Bring another policy into force, from the next request on. With `If-Match` only in place of that version."""
    wanted = ask.headers.get("If-Match", "*").strip('"')
    if wanted not in ("*", ask.control.policy().version):
        raise Refusal(412, f"The policy was changed meanwhile: version {ask.control.policy().version} is in force.")
    ended = await ask.control.apply_policy(ask.body.text, ask.by)
    return await _answer(ask, ended=ended)


async def preview(ask: Ask) -> Answer:
    """What another policy would do to the sessions that live now. Nothing comes into force."""
    policy, in_force, (now, _, _) = ask.control.read_policy(ask.body.text), ask.control.policy(), ask.control.clock()
    site = ask.control.place().site

    def compare(reader: LedgerReader) -> list[Effect]:
        found = (session for session in reader.sessions(state=State.ACTIVE) if site in ("", session.site))
        return [effect_on(ask.control.current(session, now), in_force, policy, now) for session in found]

    found = await ask.ledger.ask(compare)
    return Answer({**_about(policy), **_effects(found)})


async def _answer(ask: Ask, **more: int) -> Answer:
    now, _, _ = ask.control.clock()
    policy, standing, file = ask.control.policy(), ask.control.standing(), ask.control.place().policy_file
    origin = {
        "file": file,
        "in_place_of": None if standing.given == policy.version else standing.given,
        "refused": [mistake_document(mistake) for mistake in standing.refused],
    }
    late = await ask.ledger.ask(lambda reader: overdue(reader, policy, now))
    about = _about(policy)
    about["findings"] += reminders(policy, late, standing.refused)
    document = {**about, "text": policy.text, **origin, **more}
    return Answer(document, headers={"ETag": f'"{policy.version}"'})


def _about(policy: Policy) -> dict[str, Any]:
    findings = [finding_document(located) for located in lint(policy)]
    return {"name": policy.name, "version": policy.version, "words": list(describe(policy)), "findings": findings}


def _effects(found: list[Effect]) -> dict[str, Any]:
    counts = {word: sum(change.effect == word for change in found) for word in ("ends", "shorter", "longer", "same")}
    moved = sorted((change for change in found if change.effect != "same"), key=lambda change: change.soonest)
    return {"live": len(found), **counts, "sessions": [_document(change) for change in moved[:SHOWN]]}


def _document(change: Effect) -> dict[str, Any]:
    return {
        "session": change.session.id,
        "subject": change.session.subject,
        "effect": change.effect,
        "clock": change.clock,
        "before": None if change.before is None else rfc3339(change.before),
        "after": None if change.after is None else rfc3339(change.after),
    }


def invalid(error: PolicyInvalid) -> tuple[int, str, Mapping[str, Any]]:
    """A policy that cannot come into force, as an error: status, sentence, and every mistake with its place."""
    count = len(error.mistakes)
    detail = f"The policy cannot come into force: {count} mistake{'' if count == 1 else 's'}."
    return 422, detail, {"errors": [mistake_document(mistake) for mistake in error.mistakes]}


def mistake_document(mistake: Mistake) -> dict[str, Any]:
    """A mistake as plain JSON values, as `nightlatch policy check --json` prints it."""
    fields = mistake._asdict()
    fields.pop("source")
    return {**fields, "message": mistake.message}
