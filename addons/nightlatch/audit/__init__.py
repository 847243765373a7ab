"""Proof that leaves the house: checkpoints of the audit chain, signed, to be kept where the ledger is not."""
