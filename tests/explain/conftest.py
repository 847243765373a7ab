"""The ledger on which commands are tried serves here too."""

from tests.cli.conftest import _on_its_own, bench

__all__ = ["_on_its_own", "bench"]
