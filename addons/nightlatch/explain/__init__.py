"""Why a session ended, or a request was refused: the evidence in the ledger, in order of time and in plain words."""
