"""`nightlatch expire`: have a session end at a moment that people hit and cannot reproduce."""

from typing import Annotated

import typer

from nightlatch.core.on_purpose import Moment
from nightlatch.explain.phrases import why_ended
from nightlatch.ledger.orders import order_expiry
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import bench, writing
from nightlatch_cli.options import DEFAULT_LEDGER, JsonOption, LedgerOption
from nightlatch_cli.output import print_json, tell
from nightlatch_cli.selection import find_session
from nightlatch_cli.sessions import SessionArgument

_TOLD = {
    Moment.NOW: "has expired",
    Moment.NEXT_REQUEST: "ends at its next request",
    Moment.NEXT_WRITE: "ends at its next request that is not GET, HEAD, OPTIONS or TRACE",
    Moment.MID_UPLOAD: "ends while the body of its next upload is on its way",
    Moment.MID_DOWNLOAD: "ends in the middle of its next large answer",
    Moment.BETWEEN: "ends after the next CORS preflight from the client that it came from",
    Moment.WHILE_REFRESHING: "ends while its credential is being replaced",
    Moment.NEVER: "lives on: nothing is ordered for it any more",
}


def expire(
    session: SessionArgument,
    when: Annotated[Moment, typer.Option(help="The moment; `never` takes an earlier order back.")] = Moment.NOW,
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """Have a session expire on purpose, at this moment, on whichever guard of this ledger it comes.

    To the client it looks as though a clock had run out; the audit trail says that it was ordered.
    """
    with bench(ledger) as at, writing(ledger) as writer:
        found = find_session(at.reader, session)
        done = order_expiry(writer, found, when, at.policy(found.site), at.now)
        now = at.reader.session(found.id) or found
    if not done:
        fail(ExitCode.FINDING, f"session {found.id} ended already: {why_ended(now.end)}")
    if json:
        print_json({"session": found.id, "subject": found.subject, "state": str(now.state), "when": str(when)})
    else:
        tell(f"{found.id} of {found.subject or 'someone'} {_TOLD[when]}")
