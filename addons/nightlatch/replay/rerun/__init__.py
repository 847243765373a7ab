"""Captured requests sent again, to a live target: what is sent, at what pace, and how the answers compare."""
