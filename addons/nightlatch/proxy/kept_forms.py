"""Forms that met an expired session, in memory until their person is back: one a session, for ten minutes.

Whoever asks shows the random mark that the browser got with the refusal, in a cookie of its own; only the mark's hash
is held. Nothing here is ever written to disk, shown to another subject, or sent twice. Knows no flows and no pages.
"""

import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from nightlatch.core.kept_form import KEPT_FOR, FormField
from nightlatch.core.session import Session

MOST = 64 << 20
"""Bytes that all kept forms of a guard may take together; beyond it nothing more is kept."""


class KeptForm(NamedTuple):
    """One form as it was sent, and whose it is."""

    session: str
    subject: str
    site: str
    kept_at: int
    target: str
    """Path and query that it goes to."""
    content_type: str
    body: bytes
    referer: str | None
    """Of the page that it was filled in on."""
    fields: tuple[FormField, ...]
    nonce: str
    """What the page that asks whether to send it knows, and nobody else."""


@dataclass(slots=True)
class KeptForms:
    """The kept forms of one guard, by the hash of the browser's mark."""

    most: int = MOST
    _forms: dict[bytes, KeptForm] = field(default_factory=dict)
    _offered: set[bytes] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self._forms)

    def keep(self, form: KeptForm) -> str | None:
        """Keep `form` in place of an earlier one of its session; the mark for its browser, or None when it is full."""
        self._forms = {mark: kept for mark, kept in self._forms.items() if kept.session != form.session}
        if sum(len(kept.body) for kept in self._forms.values()) + len(form.body) > self.most:
            return None
        mark = secrets.token_urlsafe(32)
        self._forms[_hashed(mark)] = form
        return mark

    def of(self, mark: str, now: int) -> KeptForm | None:
        """What is kept for the browser that shows `mark`."""
        form = self._forms.get(_hashed(mark))
        return form if form is not None and _in_time(form, now) else None

    def first_offer(self, mark: str) -> bool:
        """Whether the browser that shows `mark` is led to its form for the first time."""
        first = _hashed(mark) not in self._offered
        self._offered.add(_hashed(mark))
        return first

    def take(self, mark: str, form: KeptForm) -> bool:
        """Whether `form` is still there to be sent; from now on it is not."""
        return self._forms.pop(_hashed(mark), None) is form

    def put_back(self, mark: str, form: KeptForm) -> None:
        """It was taken, and could not be sent."""
        self._forms.setdefault(_hashed(mark), form)

    def forget(self, mark: str) -> None:
        """The person does not want it any more, or has logged out."""
        self._forms.pop(_hashed(mark), None)

    def sweep(self, now: int) -> None:
        """Forget what is older than ten minutes."""
        self._forms = {mark: form for mark, form in self._forms.items() if _in_time(form, now)}
        self._offered &= self._forms.keys()


def belongs(form: KeptForm, session: Session) -> bool:
    """Whether `session` is of the same person on the same site, who has proved who they are since the form was kept."""
    proved = max(session.started_at, session.reauthenticated_at or 0)
    return session.subject == form.subject and session.site == form.site and proved >= form.kept_at


def new_nonce() -> str:
    """128 random bits, fit for a URL."""
    return secrets.token_urlsafe(16)


def _in_time(form: KeptForm, now: int) -> bool:
    """A clock that was set back (`reset`) ended every session; what they left behind ends too."""
    return 0 <= now - form.kept_at < KEPT_FOR


def _hashed(mark: str) -> bytes:
    return sha256(mark.encode("utf-8", "surrogateescape")).digest()
