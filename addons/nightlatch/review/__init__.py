"""The regular review of a ledger on one page: what was in force, how sessions ended, what was found, what changed."""
