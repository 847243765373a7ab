"""What every handler of one running server shares."""

from typing import NamedTuple

from nightlatch.web.asking import Reading
from nightlatch.web.control import Control
from nightlatch.web.stream import Changes


class Serving(NamedTuple):
    """The guard, the ledger, the changes to it, and the token that is asked for."""

    control: Control
    ledger: Reading
    changes: Changes
    token: str
