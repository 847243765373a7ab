"""The tour: a scripted visitor lives through logins, both timeouts, a revocation and reuse, in seconds.

The clock is frozen and moved by `nightlatch clock`, so the deadlines are met to the second. The limits are those of
the policy `default`: idle 30 minutes, absolute 8 hours.
"""

from nightlatch_cli.demo.visitor import Visitor
from nightlatch_cli.demo.walk import Expected, Walk

POLICY = "default"


async def log_in(walk: Walk, visitor: Visitor, user: str) -> str:
    """Log `user` in on the login page; the id of the new session."""
    answer = await visitor.submit("/.nightlatch/login", user=user, return_to="/reports")
    walk.saw(f"POST login as {user}", answer, Expected(303))
    return str((await visitor.fetch("/.nightlatch/session")).json()["session"])


async def door(walk: Walk, visitor: Visitor) -> None:
    """Nobody in without a login."""
    walk.chapter("A stranger at the door")
    walk.saw("navigate /reports", await visitor.navigate("/reports"), Expected(302, "login"))
    walk.saw("script asks /api/items", await visitor.fetch("/api/items"), Expected(401, "login"))
    await log_in(walk, visitor, "ada")
    walk.saw("navigate /reports", await visitor.navigate("/reports"), Expected(200, "", "idle=1800, absolute=28800"))
    walk.saw("script asks /api/items", await visitor.fetch("/api/items"), Expected(200, "", "idle=1800"))


async def idle(walk: Walk, visitor: Visitor) -> None:
    """Alive at 29:59, dead at 30:00; asking how long is left is not activity."""
    walk.chapter("Idle: 30 minutes without activity")
    walk.command("clock", "advance", "29m59s")
    walk.saw("29:59 later, navigate /reports", await visitor.navigate("/reports"), Expected(200, "", "idle=1800"))
    walk.command("clock", "advance", "29m59s")
    clocks = (await visitor.fetch("/.nightlatch/session")).json()["clocks"]
    left = clocks.get("idle", {}).get("remaining")
    walk.note(
        "29:59 later, the session probe",
        f"{left} s left, and asking changes nothing",
        left == 1,
    )
    walk.command("clock", "advance", "1s")
    before = dict(visitor.cookies)
    idled = "expired; clock=idle; limit=1800; elapsed=1800"
    walk.saw("30:00 later, script asks /api/items", await visitor.fetch("/api/items"), Expected(401, idled))
    walk.saw("30:00 later, navigate /reports", await visitor.navigate("/reports"), Expected(302, "expired; clock=idle"))
    walk.note("the cookie", "deleted by that answer", not visitor.cookies)
    visitor.cookies = before
    walk.saw("the old cookie again", await visitor.fetch("/api/items"), Expected(401, "expired; clock=idle"))
    visitor.cookies = {}


async def absolute(walk: Walk, visitor: Visitor) -> None:
    """Eight hours after the login it is over, however busy one was."""
    walk.chapter("Absolute: 8 hours after the login, however busy")
    await log_in(walk, visitor, "ada")
    for _ in range(16):
        walk.quietly("clock", "advance", "29m")
        answer = await visitor.fetch("/api/items")
    walk.saw("a request every 29 minutes, the 16th", answer, Expected(200, "", "idle=1800, absolute=960"))
    walk.command("clock", "advance", "15m59s")
    walk.saw("at 7:59:59, script asks /api/items", await visitor.fetch("/api/items"), Expected(200, "", "absolute=1"))
    walk.command("clock", "advance", "1s")
    ended = "expired; clock=absolute; limit=28800; elapsed=28800"
    walk.saw("at 8:00:00, script asks /api/items", await visitor.fetch("/api/items"), Expected(401, ended))
    visitor.cookies = {}


async def revoked(walk: Walk, visitor: Visitor) -> None:
    """An administrator ends a session: the very next request is refused, and so is every later one."""
    walk.chapter("Revoked: ended by someone else, from another process")
    session = await log_in(walk, visitor, "bob")
    walk.saw("navigate /reports", await visitor.navigate("/reports"), Expected(200))
    walk.command("sessions", "end", session, "--reason", "admin")
    stolen = dict(visitor.cookies)
    walk.saw("the very next request", await visitor.navigate("/reports"), Expected(302, "refused"))
    await log_in(walk, visitor, "bob")
    walk.saw("bob is back, with a new session", await visitor.navigate("/reports"), Expected(200))
    visitor.cookies = stolen
    walk.saw("the revoked cookie again", await visitor.fetch("/api/items"), Expected(401, "refused"))


async def tour(walk: Walk, visitor: Visitor) -> None:
    """All of it, in order, as far as it is as expected."""
    walk.command("clock", "freeze")
    for part in (door, idle, absolute, revoked):
        if not walk.differences:
            await part(walk, visitor)
    walk.chapter("What the ledger remembers")
    walk.show(walk.command("events", "--type", "session"))
