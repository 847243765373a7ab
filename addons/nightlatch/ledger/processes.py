"""Whether a process is still there: of the guards that a ledger remembers, some have gone."""

import os


def alive(pid: int) -> bool:
    """Whether a process of that number runs on this machine, whoever's it is."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
