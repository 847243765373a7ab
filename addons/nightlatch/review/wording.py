"""What a review says in words, whatever it is rendered as."""

from collections.abc import Mapping
from typing import Any

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND

FIGURES = {
    "started": "sessions started",
    "live": "live now",
    "expired": "ended by a clock",
    "ended": "ended otherwise",
    "reused_after_end": "came back after their end",
    "failed_logins": "logins that failed",
    "alerts": "alerts",
    "warps": "times the clock was moved",
}
"""The figures in the order in which they are shown."""


def heading(document: Mapping[str, Any]) -> str:
    """The title: what is reviewed, and of which time."""
    since = document["since"]
    span = f"{since[:10]} to {document['until'][:10]}" if since else f"until {document['until'][:10]}"
    return f"Review of sessions under {document['policy']['name']}, {span}"


def trail_words(trail: Mapping[str, Any]) -> str:
    """Whether the audit trail is whole."""
    if trail["ok"]:
        pruned = f", after {trail['pruned']} that were pruned" if trail["pruned"] else ""
        return f"Every event of the trail fits{pruned}."
    return f"The trail is broken: event {trail['misfit']['id']} does not fit, {trail['misfit']['why']}."


def last_words(last: Mapping[str, Any]) -> str:
    """When the last review was, and whether the next is overdue."""
    done = (
        f"The last review was done by {last['by']} on {last['at'][:10]}." if last["at"] else "No review was done yet."
    )
    if last["overdue"] is not None:
        late = format_duration(last["overdue"] * SECOND or SECOND)
        return f"{done} One is due every {format_duration(last['every'] * SECOND)}: it is overdue by {late}."
    return done


def polling_words(polling: Mapping[str, Any]) -> str:
    """Whom polling keeps logged in."""
    count = polling["sessions"]
    return f"{count} session{'' if count == 1 else 's'} lived on only because something polls."
