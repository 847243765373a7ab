"""Django: `SESSION_*` of a settings module, and django-session-security's. The module is read, never run."""

import ast

from nightlatch.importers.amounts import arithmetic, seconds
from nightlatch.importers.draft import Draft, ImportFailed
from nightlatch.importers.settings_text import python

_DEFAULT_AGE = 1_209_600
"""Seconds: two weeks."""


def read(text: str) -> Draft:
    """The policy that behaves as these settings do.

    Raises:
        ImportFailed: no Python, or a value that is not written out.
    """
    found = _assigned(text)
    draft = Draft("Django")
    age = seconds(_number(found, "SESSION_COOKIE_AGE", _DEFAULT_AGE), "SESSION_COOKIE_AGE")
    if _true(found, "SESSION_SAVE_EVERY_REQUEST"):
        draft.limit("idle", age, "SESSION_COOKIE_AGE, which SESSION_SAVE_EVERY_REQUEST makes slide")
        draft.limit("absolute", None, "there is none")
        draft.note(
            "SESSION_SAVE_EVERY_REQUEST: any request keeps the session alive, for ever; there is no absolute limit"
        )
    else:
        draft.limit("idle", None, "requests do not extend a session")
        draft.limit("absolute", age, "SESSION_COOKIE_AGE")
        draft.note("SESSION_COOKIE_AGE counts from when the session was last changed, not from the login: code that "
                   "writes to it moves the end")  # fmt: skip
    if _true(found, "SESSION_EXPIRE_AT_BROWSER_CLOSE"):
        draft.note(
            "SESSION_EXPIRE_AT_BROWSER_CLOSE is the browser's doing; a copied cookie lives for SESSION_COOKIE_AGE"
        )
    _session_security(draft, found)
    return draft


def _session_security(draft: Draft, found: dict[str, ast.expr]) -> None:
    if "SESSION_SECURITY_EXPIRE_AFTER" in found:
        name = "SESSION_SECURITY_EXPIRE_AFTER"
        draft.limit("idle", seconds(_number(found, name, 600), name), name)
    urls = found.get("SESSION_SECURITY_PASSIVE_URLS")
    if isinstance(urls, ast.List | ast.Tuple):
        for url in urls.elts:
            if isinstance(url, ast.Constant) and isinstance(url.value, str) and url.value.startswith("/"):
                draft.passive.append((url.value, "SESSION_SECURITY_PASSIVE_URLS"))


def _assigned(text: str) -> dict[str, ast.expr]:
    try:
        tree = python(text)
    except ValueError as error:
        raise ImportFailed(f"no Python: {error}") from None
    assignments = (node for node in tree.body if isinstance(node, ast.Assign))
    return {target.id: node.value for node in assignments for target in node.targets if isinstance(target, ast.Name)}


def _number(found: dict[str, ast.expr], name: str, default: float) -> float:
    return arithmetic(ast.unparse(found[name]), name) if name in found else default


def _true(found: dict[str, ast.expr], name: str) -> bool:
    value = found.get(name)
    return isinstance(value, ast.Constant) and value.value is True
