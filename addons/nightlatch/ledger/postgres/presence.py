"""The number by which a process is known on a ledger that machines share: process ids are of one machine only.

A guard's writer holds a lock of that number as long as its connection lives, so whoever asks the server learns whether
the process does, wherever it runs; the lock goes with the connection, and the connection with process or machine.
"""

import os
import socket
import zlib
from functools import cache
from secrets import randbits

_PID_BITS, _CHANCE_BITS = 22, 20

HOLD = "SELECT pg_advisory_lock_shared({})"
RUNS = (
    "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() "
    "AND l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted "
    "AND CAST(l.classid AS bigint) * 4294967296 + CAST(l.objid AS bigint) = {}"
)


def process_number() -> int:
    """This process's: its machine, chance, and the process id, in 62 bits."""
    return _number(os.getpid())


@cache
def _number(pid: int) -> int:
    return ((_machine() << _CHANCE_BITS | randbits(_CHANCE_BITS)) << _PID_BITS) | pid & (1 << _PID_BITS) - 1


def _machine() -> int:
    """Twenty bits that stand for this machine's name."""
    return zlib.crc32(socket.gethostname().encode()) & (1 << 20) - 1


def is_here(number: int) -> bool:
    """Whether a number is of a process on this machine, or on one of the same name."""
    return number >> _PID_BITS + _CHANCE_BITS == _machine()
