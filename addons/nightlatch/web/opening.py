"""Opening the control API without importing it before it is wanted: a guard without one starts as fast as ever."""

from typing import TYPE_CHECKING

from nightlatch.web.control import Control

if TYPE_CHECKING:
    from nightlatch.web.server import ControlServer


def open_control(control: Control, host: str, port: int) -> "ControlServer":
    """The control API of `control`, its port taken; `start` lets it answer.

    Raises:
        OSError: the address cannot be listened on.
        LedgerError: the ledger cannot be read.
    """
    from nightlatch.web.server import ControlServer

    return ControlServer(control, host, port)
