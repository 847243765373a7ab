"""The detectors: each a small pure function over a stream of facts, with a window. `table` names them all.

A fact is an audit event, or a request that is worth a look (`facts`, `observer`); `stream` leads every fact to the
detectors that watch for its kind, and keeps what each remembers. Who raises an alert, and what follows, is not known
here.
"""
