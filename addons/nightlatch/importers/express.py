"""express-session: the options in a JavaScript file (`cookie: { maxAge }`, `rolling`). The file is read, never run."""

import re

from nightlatch.importers.amounts import arithmetic, whole
from nightlatch.importers.draft import Draft

_COMMENTS = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
_MAX_AGE = re.compile(r"[\"']?\bmaxAge[\"']?\s*:\s*([^,}\n]+)")
_ROLLING = re.compile(r"[\"']?\brolling[\"']?\s*:\s*(true|false)")
_MILLISECOND = 1000
_BROWSER = "cookie.maxAge is not set"


def read(text: str) -> Draft:
    """The policy that behaves as these options do.

    Raises:
        ImportFailed: `maxAge` is not written out.
    """
    code = _COMMENTS.sub("", text)
    age, rolling = _MAX_AGE.search(code), _ROLLING.search(code)
    draft = Draft("express-session")
    limit = None
    if age and age[1].strip() not in ("null", "undefined"):
        limit = whole(arithmetic(age[1], "cookie.maxAge") * _MILLISECOND, "cookie.maxAge")
    else:
        draft.note(
            "without cookie.maxAge the session ends with the browser; a server cannot see that, so no limit here"
        )
    slides = bool(rolling and rolling[1] == "true")
    origin = "cookie.maxAge (milliseconds)" if limit else _BROWSER
    draft.limit("idle", limit if slides else None, f"{origin}, rolling" if slides else "rolling is off")
    draft.limit(
        "absolute", None if slides else limit, "there is none (express-session issue 557)" if slides else origin
    )
    if not slides and limit:
        draft.note(
            "rolling is off, so the browser's cookie counts from when it was set; but every request touches the store"
        )
        draft.note("a copied cookie lives on there for as long as it is used (express-session pull request 531)")
    draft.note("every request counts as activity there, polling included (express-session issue 210)")
    return draft
