"""`nightlatch demo`: a small application with the guard in front of it, to play with or to be walked through.

Nothing here knows the engine: it starts `nightlatch run` as anyone would, and speaks HTTP to it.
"""

from nightlatch_cli.demo.command import demo

__all__ = ["demo"]
