"""Whether a page's Content-Security-Policy lets a script of its own site run and ask that site, and with which nonce.

The policy is the application's and is never weakened: where it says no, the answer is no. CSP Level 3. Pure.
"""

import re
from collections.abc import Iterable

_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_-]+={0,2})'")

Directives = dict[str, tuple[str, ...]]


def script_nonce(fields: Iterable[str], origin: str) -> str | None:
    """How a script from `origin` must be named so that every policy in `fields` lets it run.

    Args:
        fields: the values of the answer's Content-Security-Policy fields; each may hold several policies.
        origin: of the page, as the browser sees it.

    Returns:
        A nonce that the script element has to carry; empty where it needs none; None where it cannot run, or could
        not ask its own site for anything.
    """
    nonces: set[str] | None = None
    for policy in (_directives(text) for field in fields for text in field.split(",")):
        sources = _sources(policy, "script-src-elem", "script-src", "default-src")
        if not _asks(policy, origin) or _sandboxed(policy):
            return None
        if sources is None or ("'strict-dynamic'" not in sources and _lists(sources, origin)):
            continue
        given = {found[1] for source in sources if (found := _NONCE.fullmatch(source))}
        nonces = given if nonces is None else nonces & given
    return "" if nonces is None else next(iter(sorted(nonces)), None)


def _directives(text: str) -> Directives:
    """Of several directives of one name the first counts."""
    directives: Directives = {}
    for part in text.split(";"):
        name, *values = part.split() or [""]
        directives.setdefault(name.lower(), tuple(values))
    return directives


def _sources(policy: Directives, *names: str) -> tuple[str, ...] | None:
    """The sources of the first directive that is there; None where nothing restricts."""
    return next((policy[name] for name in names if name in policy), None)


def _lists(sources: tuple[str, ...], origin: str) -> bool:
    scheme = origin.partition(":")[0]
    folded = {source.lower().rstrip("/") for source in sources}
    return not folded.isdisjoint({"'self'", "*", f"{scheme}:", origin.lower()})


def _asks(policy: Directives, origin: str) -> bool:
    sources = _sources(policy, "connect-src", "default-src")
    return sources is None or _lists(sources, origin)


def _sandboxed(policy: Directives) -> bool:
    """A sandboxed page is of no origin, unless it is told to be."""
    return "sandbox" in policy and not {"allow-scripts", "allow-same-origin"} <= set(policy["sandbox"])
