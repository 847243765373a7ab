"""Why a session ended, over HTTP: the same document that `nightlatch explain ID --json` prints."""

from nightlatch.explain.document import explanation
from nightlatch.explain.evidence import gather
from nightlatch.explain.reasons import why_session
from nightlatch.web.asking import Answer, Ask, caught_up, session_or_404


async def explain(ask: Ask) -> Answer:
    """The timeline of a session: what counted as activity, which clock fired, which rule, by how much."""
    await caught_up(ask)
    session, (now, _, _), policy = await session_or_404(ask), ask.control.clock(), ask.control.policy()
    current = ask.control.current(session, now)
    evidence = await ask.ledger.ask(lambda reader: gather(reader, current))
    return Answer(explanation(why_session(evidence, policy, now), None, evidence, policy, now))
