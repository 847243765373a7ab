"""The `nightlatch_*` options that were given before the addon that knows them was loaded.

mitmproxy keeps such options aside and sets them after `load`. If one of them is given twice, without a value or with
a value of another type, that fails without a word, the addon is left out and everything passes. So they are taken
from there first, and what is wrong with them is told.
"""

from typing import NamedTuple

from mitmproxy import optmanager

from nightlatch.proxy.options import OPTIONS, PREFIX


class Given(NamedTuple):
    """The values that were given, by option, and what is wrong with others."""

    values: dict[str, str]
    problems: tuple[str, ...]


def take_given(options: optmanager.OptManager) -> Given:
    """Take the options that are known here out of those that mitmproxy has put aside."""
    values, problems = {}, []
    for name in [PREFIX + option.name for option in OPTIONS]:
        if name not in options.deferred:
            continue
        given = options.deferred.pop(name)
        texts = getattr(given, "val", [given])  # from the command line: a list of texts; from a file: any value
        if len(texts) != 1 or not isinstance(texts[0], str):
            problems.append(f"{name} needs one value, as text; found {texts!r}")
        else:
            values[name] = texts[0]
    return Given(values, tuple(problems))
