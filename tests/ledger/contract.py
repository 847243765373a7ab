"""What every ledger must do, whatever it is made of: derive from `LedgerContract` and say how to open one.

Only the port is used. What is particular to SQLite is tested beside its modules.
"""

from tests.ledger.contract_activity import ActivityContract
from tests.ledger.contract_alerts import AlertContract
from tests.ledger.contract_gate import GateContract
from tests.ledger.contract_live import LiveContract
from tests.ledger.contract_policies import PolicyContract
from tests.ledger.contract_providers import ProviderContract
from tests.ledger.contract_questions import QuestionContract
from tests.ledger.contract_retention import RetentionContract
from tests.ledger.contract_sessions import SessionContract


class LedgerContract(
    SessionContract,
    ActivityContract,
    QuestionContract,
    GateContract,
    ProviderContract,
    AlertContract,
    LiveContract,
    PolicyContract,
    RetentionContract,
):
    """The suite."""
