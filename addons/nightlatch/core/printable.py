"""Text from outside (subjects, paths, user agents, what a receiver answered) on its way to a terminal or a log, which
would obey what is in it. Pure."""


def printable(text: str, keep: str = "\n\t") -> str:
    """`text` with every character that a terminal could obey, or that hides, shown as `?`."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c in keep else "?" for c in text)
