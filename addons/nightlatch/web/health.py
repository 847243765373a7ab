"""Is it alive, does it judge, what is it: for load balancers, for scripts that wait, for bug reports."""

from nightlatch.ledger.address import shown
from nightlatch.web.asking import Answer, Ask
from nightlatch.web.problems import Refusal


async def alive(ask: Ask) -> Answer:
    """The process answers."""
    return Answer({"status": "alive"})


async def ready(ask: Ask) -> Answer:
    """Requests to the guarded site are judged. 503 while they are all refused."""
    trouble = ask.control.trouble()
    if trouble is not None:
        raise Refusal(503, trouble)
    return Answer({"status": "ready"})


async def version(ask: Ask) -> Answer:
    """What runs here, and where."""
    place = ask.control.place()
    database = ask.control.database()
    kept = {"database": str(database), "kept_in": shown(place.ledger), "ledger": database.schema}
    guarded = {"url": place.url, "site": place.site, "login": place.login, "users": list(place.users)}
    return Answer({**ask.control.versions(), **kept, **guarded})
