"""Sessions of a person, for tokens that name neither a session nor the time of a login (Google IAP, AWS).

Such a proxy vouches for a person with a new token every few minutes, or with every request. All of them are one
session. Once that has ended, what was minted before stays refused for ever, and so does everything else until the
person has been refused once, so that an expiry is seen; a token that was minted after that starts another session.
Whether they really logged in again, such a token cannot tell: that is noted as `login.silent` (law of time 9).
"""

from collections.abc import Mapping

from nightlatch.core.activity import is_passive
from nightlatch.core.identity import Identity
from nightlatch.core.matching import session_rule
from nightlatch.core.policy import Policy
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session
from nightlatch.identity.fingerprint import fingerprint
from nightlatch.ledger.port import Found, LedgerReader

Seen = Mapping[bytes, Found | None]
"""By fingerprint, what the ledger said."""

_REMEMBERED = 4096
_SECOND = 1_000_000


class PersonalSessions:
    """Which of a person's sessions, one after another, a token belongs to."""

    def __init__(self, reader: LedgerReader, key: bytes) -> None:
        self._reader, self._key = reader, key
        self._told: dict[str, int] = {}
        """When somebody was first refused for a session that had ended. Not on disk: after a restart somebody is
        refused once more."""

    def resolve(self, identity: Identity, site: str, seen: Seen) -> Identity:
        """`identity`, its fingerprint that of the session which its token belongs to. `seen`: what the ledger was
        asked for already, at this instant.

        Raises:
            LedgerError: the ledger cannot be asked.
        """
        if self._find(identity.token_id, seen) is not None:
            return identity._replace(fingerprint=identity.token_id)
        place = identity.fingerprint
        while (later := self._later(identity, place, site, seen)) is not None:
            place = later
        return identity._replace(fingerprint=place, again=place != identity.fingerprint)

    def note_refusal(self, session: Session, request: RequestView, policy: Policy, now: int) -> None:
        """Somebody was told that `session` has ended; what comes on its own (passive requests) tells nobody."""
        if session.id in self._told or is_passive(policy, session_rule(policy), request):
            return
        if len(self._told) >= _REMEMBERED:
            del self._told[next(iter(self._told))]
        self._told[session.id] = now

    def _find(self, mark: bytes, seen: Seen) -> Found | None:
        return seen[mark] if mark in seen else self._reader.find(mark)

    def _later(self, identity: Identity, place: bytes, site: str, seen: Seen) -> bytes | None:
        """The place of the session after the one at `place`; None when the token belongs to that one."""
        found = self._find(place, seen)
        if found is None or found.session.end is None or identity.token is None:
            return None
        minted = identity.token.issued_at
        if minted <= found.session.end.at:
            return None
        after = fingerprint(self._key, site, "person", place.hex())
        told = self._told.get(found.session.id)
        # `iat` names a whole second: the one of the refusal may have begun before it.
        if (told is not None and minted + _SECOND > told) or self._reader.find(after) is not None:
            return after
        return None
