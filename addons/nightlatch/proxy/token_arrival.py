"""A token as it arrives: verified, then looked for together with the clock, in one question to the ledger.

Where its session is to be found the token says by itself, so it is verified before the ledger is asked, every time;
only its times have to wait for nightlatch's clock. What is asked is the same whether or not this guard has met the
token before. Nothing is decided here.
"""

from collections.abc import Mapping
from typing import NamedTuple

from nightlatch.core.identity import Anonymous, Identity, Unreadable
from nightlatch.core.request import RequestView
from nightlatch.core.warp import Warp
from nightlatch.identity.extract import claimed_by_token, token_identity
from nightlatch.identity.tokens import Known
from nightlatch.ledger.port import Found
from nightlatch.proxy.guard import Guard


class Looked(NamedTuple):
    """What the ledger told: the clock, and of credentials whose they are, as far as they were asked for."""

    warp: Warp
    seen: Mapping[bytes, Found | None]
    unwritten: bool = False
    """The token is not written down with its session: a session begins with it, or it is a refresh."""


def claimed(guard: Guard, request: RequestView, site: str, cookie: str) -> Known | Anonymous | Unreadable:
    """The verified token of `request`, where sites live on tokens.

    Raises:
        KeyWanted: its key has to be fetched first.
    """
    return claimed_by_token(request, guard.reading(site, cookie), guard.clock.wall())


def look_for(guard: Guard, token: Known) -> Looked:
    """What the ledger knows of a verified token.

    Raises:
        LedgerError: it cannot be asked.
    """
    place, mark = token.place, token.mark
    if guard.has_met(mark):
        # A person's later sessions are at places that the token does not name; it is a credential of its own of theirs.
        one = mark if token.token.personal else place
        warp, found = guard.reader.look(one)
        return Looked(warp, {one: found})
    warp, at_place, of_token = guard.reader.look_for_token(place, mark)
    if of_token is None:
        return Looked(warp, {place: at_place, mark: None}, unwritten=True)
    guard.remember_token(mark)
    return Looked(warp, {mark: of_token} if at_place is None else {place: at_place, mark: of_token})


def identity_of(guard: Guard, token: Known, site: str, cookie: str, looked: Looked) -> Identity:
    """Whose a verified token is, by the clock as it was looked at.

    Raises:
        LedgerError: the ledger cannot be asked.
    """
    identity = token_identity(token, guard.reading(site, cookie), looked.warp)
    return guard.personal.resolve(identity, site, looked.seen) if identity.personal else identity
