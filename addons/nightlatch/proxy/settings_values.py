"""Reading the values of single options: words, switches and choices, and what is said of one that cannot be used."""

import difflib


class SettingsInvalid(ValueError):
    """An option's value cannot be used; the message names the option and the remedy (exit code 3)."""


def nearest(word: str, known: tuple[str, ...]) -> str:
    """`; did you mean ...?` for the closest of `known`, else the whole choice."""
    close = difflib.get_close_matches(word, known, 1)
    return f"; did you mean `{close[0]}`?" if close else f"; choose one of {', '.join(known)}"


def words(text: str) -> tuple[str, ...]:
    """A list, separated by white space."""
    return tuple(text.split())


def choice(name: str, value: str, known: tuple[str, ...]) -> str:
    """`value`, which must be one of `known`.

    Raises:
        SettingsInvalid: it is not.
    """
    if value not in known:
        raise SettingsInvalid(f"{name} `{value}` is unknown{nearest(value, known)}")
    return value


def switch(name: str, value: str) -> bool:
    """`on` or `off`.

    Raises:
        SettingsInvalid: neither.
    """
    return choice(name, value, ("on", "off")) == "on"
