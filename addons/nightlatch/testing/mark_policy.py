"""`@pytest.mark.nightlatch(idle="15m")`: the policy of one test, as the guard's own with other limits in `[session]`.

Text in, text out: what it means, and whether it can be, is the guard's to say.
"""

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from nightlatch.core.toml_places import Place, Spot, places

LIMITS = ("idle", "absolute", "rolling", "grace", "leeway")
ARGUMENTS = ("policy", *LIMITS)

_VALUE = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")


class MarkInvalid(ValueError):
    """The mark cannot be used; the message says why and what would do."""


def asked(marks: Iterable[tuple[tuple[object, ...], Mapping[str, object]]]) -> dict[str, str]:
    """What the marks of a test ask for together, the outermost first: the nearer one wins.

    Raises:
        MarkInvalid: an argument that there is not, or that is no text.
    """
    found: dict[str, str] = {}
    for positional, named in marks:
        if positional:
            raise MarkInvalid('the mark takes names: @pytest.mark.nightlatch(idle="15m")')
        for name, value in named.items():
            if name not in ARGUMENTS:
                near = get_close_matches(name, ARGUMENTS, 1)
                raise MarkInvalid(
                    f"the mark has no `{name}`" + (f"; did you mean `{near[0]}`?" if near else f": {ARGUMENTS}")
                )
            if not isinstance(value, str):
                raise MarkInvalid(f'`{name}` is a text such as "15m", not {value!r}')
            found[name] = value
    return found


def policy_text(named: str) -> str:
    """The TOML of a preset, of a file, or as it is where there is a line break in it.

    Raises:
        MarkInvalid: no such preset or file, or it has mistakes.
    """
    if "\n" in named:
        return named
    from nightlatch.presets import load_policy

    try:
        return load_policy(named).text
    except ValueError as error:
        raise MarkInvalid(f"policy: {error}") from None


def with_limits(text: str, limits: Mapping[str, str]) -> str:
    """`text`, a policy, with those limits in its `[session]` and all else as it was."""
    for name, value in limits.items():
        text = _with_limit(text.replace("\r\n", "\n"), name, value)
    return text


def _with_limit(text: str, name: str, value: str) -> str:
    found = places(text)
    written = json.dumps(value, ensure_ascii=False)
    own = found.get(("session", name))
    if own is not None:
        at = _offset(text, own.value)
        return text[:at] + _VALUE.sub(lambda _: written, text[at:], count=1)
    return _inserted(text, found.get(("session",)), f"{name} = {written}")


def _inserted(text: str, session: Spot | None, line: str) -> str:
    """`text` with a limit that it did not have: in a table, in an inline table, among dotted keys, or none as yet."""
    if session is None:
        return f"{text.rstrip()}\n\n[session]\n{line}\n"
    at = _offset(text, session.value)
    if text.startswith("{", at):
        return f"{text[: at + 1]} {line}, {text[at + 1 :].lstrip()}"
    start = text.rfind("\n", 0, at) + 1
    if text[start:at].lstrip().startswith("["):
        end = text.find("\n", at)
        return f"{text}\n{line}\n" if end < 0 else f"{text[: end + 1]}{line}\n{text[end + 1 :]}"
    return f"{text[:start]}session.{line}\n{text[start:]}"


def _offset(text: str, place: Place) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1
