"""The part of the ledger's port that is about logins at identity providers, and about what these have called off."""

from collections.abc import Sequence
from typing import Protocol

from nightlatch.core.authentication import ProviderSession
from nightlatch.core.session import Session


class FederationReader(Protocol):
    """What can be asked."""

    def provider_session(self, session_id: str) -> ProviderSession | None:
        """What the identity provider calls a session; None when it did not begin with a login at one."""

    def started_by(self, mark: bytes) -> Sequence[Session]:
        """Live sessions, of any site, that an identity provider calls by `mark`: their `sid` or their subject."""

    def spent(self, site: str, subject: bytes) -> int | None:
        """The latest authentication (wall clock) by which the person whom a provider calls `subject` began a session
        on `site` that has ended; None when there is none."""

    def barred(self, mark: bytes) -> bool:
        """Whether `mark` was called off."""


class FederationWriter(Protocol):
    """What can be changed."""

    def bar(self, mark: bytes, kind: str, at: int) -> bool:
        """Durable. Call `mark` off, which is of that `kind` (`sid`, `logout_token`); False when it was already."""
