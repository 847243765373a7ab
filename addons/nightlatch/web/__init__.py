"""The control API and the dashboard: a small HTTP server of its own, beside the guarded site and never part of it.

A shell, like the proxy and the replay: it turns requests into calls on the ledger and on `control.Control`, which is
all that it knows of the guard. `routes` is the table of everything that it answers.
"""
