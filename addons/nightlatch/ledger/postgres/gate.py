"""What the gate asks the PostgreSQL ledger with every request: always one statement, and so one round trip.

With the session comes what another question would be needed for: how the clock was moved since it was last told, and
what guards have running of the session. Knows what is particular to PostgreSQL.
"""

import json

from nightlatch.core.warp import Warp
from nightlatch.ledger import rows
from nightlatch.ledger.gate_questions import FIND, SEGMENTS, GateQuestions, finding, looking_for_token
from nightlatch.ledger.port import Found, Hold

# Rows as JSON; nothing where the last of them is the one that was told of already.
_MOVED = (
    "CASE WHEN (SELECT max(id) FROM clock) IS DISTINCT FROM {} THEN "
    f"(SELECT json_agg(json_array(id, wall_at, warped_at, frozen, reset)) FROM ({SEGMENTS}) AS segment) END"
)
# Whether the guard of each still runs is asked where there is one: to ask it here would cost every request a fifth.
_HELD = (
    "(SELECT json_agg(json_array(h.exchange, h.session, h.pid, h.started_at, h.idle)) FROM holds h "
    "WHERE h.session = s.id)"
)
_WARP = f"SELECT {_MOVED.format('CAST(?1 AS bigint)')}"


class PostgresGate(GateQuestions):
    """The part of the reader that every request meets, for PostgreSQL."""

    LOOK = finding(_MOVED.format("?2"), _HELD, by="= ?1")
    LOOK_FOR_TOKEN = looking_for_token(_MOVED.format("?3"), _HELD, place="?1", itself="?2")

    def warp(self) -> Warp:
        try:
            (moved,) = self._execute(_WARP, self._about()).fetchone()
            return self._moved(moved)
        except self.ERRORS as error:
            raise self._unreadable(error) from error

    def _about(self, *fingerprints: bytes) -> tuple[object, ...]:
        return (*fingerprints, self._warp_id)

    def _warp_in(self, row: rows.Row) -> Warp:
        return self._moved(row[rows.FOUND_WIDTH])

    def _found_in(self, fingerprint: bytes, row: rows.Row) -> Found:
        held = row[rows.FOUND_WIDTH + 1]
        holds = () if held is None else tuple(map(Hold._make, json.loads(held)))
        return super()._found_in(fingerprint, row)._replace(holds=holds)

    def _moved(self, told: str | None) -> Warp:
        """The warp as it is now, of the rows that were told; None: it is as it was."""
        if told is not None:
            self._warp, self._warp_id = self._told(json.loads(told))
        return self._warp


PRESSING = frozenset((FIND, PostgresGate.LOOK, PostgresGate.LOOK_FOR_TOKEN, _WARP))
"""What every request asks."""
