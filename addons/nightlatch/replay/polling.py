"""What polls on a ledger, and whom it keeps logged in: a replay of the decision log under the policy in force."""

from typing import TypedDict

from nightlatch.core.policy import Policy
from nightlatch.ledger.address import LedgerAddress
from nightlatch.replay.attribution import MACHINES
from nightlatch.replay.readers.ledger_file import read_ledger
from nightlatch.replay.readers.views import Views
from nightlatch.replay.replaying import run, wanted_headers
from nightlatch.replay.routes import Route
from nightlatch.replay.session_key import SessionKey
from nightlatch.replay.timeline import timeline


class Polls(TypedDict):
    """A route that looks like a machine's."""

    route: str
    looks_like: str
    requests: int
    activity: int


class Polling(TypedDict):
    """`sessions` lived on only because something polls."""

    sessions: int
    routes: list[Polls]


def polling_of(ledger: LedgerAddress, policy: Policy) -> Polling:
    """What polls, as the log of decisions shows, which is bounded and so may not reach far back.

    Raises:
        CaptureUnreadable: the ledger cannot be read.
    """
    times = timeline([read_ledger(ledger, Views(wanted_headers([policy], None)))])
    if not times.exchanges:
        return {"sessions": 0, "routes": []}
    replayed = run(times, [policy], SessionKey("address"))
    routes = [_polls(route, active) for route, active in replayed.activity() if route.looks_like in MACHINES]
    return {"sessions": len(replayed.outcomes[0].simulation.kept_alive), "routes": routes}


def _polls(route: Route, active: int) -> Polls:
    return {
        "route": route.route,
        "looks_like": str(route.looks_like),
        "requests": route.requests,
        "activity": active,
    }
