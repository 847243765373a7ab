"""What a test gets to see: a session at one moment, a login, an answer. Values with names in place of JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, NamedTuple


class ClockOf(NamedTuple):
    """One clock of a session, in whole seconds; `elapsed` rounded down, `remaining` up."""

    limit: int
    elapsed: int
    remaining: int
    deadline: str


@dataclass(frozen=True)
class Session:
    """A session as it stood when it was asked for."""

    id: str
    subject: str | None
    state: str
    """`active`, `expired` (a clock ended it) or `ended` (something else did)."""
    clocks: Mapping[str, ClockOf]
    ended_by: str | None
    """The clock that ended it, else the reason (`logout`, `admin`, `reset` …); None while it lives."""
    document: Mapping[str, Any] = field(repr=False)
    """All that the control API tells of it."""

    @property
    def active(self) -> bool:
        return self.state == "active"


def session_of(document: Mapping[str, Any]) -> Session:
    """A session document of the control API as a value."""
    end = document["end"]
    return Session(
        id=document["id"],
        subject=document["subject"],
        state=document["state"],
        clocks={name: ClockOf(**clock) for name, clock in document["clocks"].items()},
        ended_by=None if end is None else end["clock"] or end["reason"],
        document=document,
    )


@dataclass
class Login:
    """A credential, and whose session it opens. A renewed value (the `rolling` clock) replaces the old one."""

    id: str
    """The session's."""
    subject: str
    name: str
    """Of the cookie."""
    value: str = field(repr=False)
    url: str = ""
    """The guarded site that it is for."""

    @property
    def headers(self) -> dict[str, str]:
        """What a client sends: `{"Cookie": "NAME=VALUE"}`."""
        return {"Cookie": f"{self.name}={self.value}"}

    def take(self, set_cookies: list[str]) -> None:
        """Keep the new value where an answer sets one, as a browser would. An empty one deletes."""
        for line in set_cookies:
            name, equals, rest = line.partition("=")
            value = rest.partition(";")[0].strip()
            if equals and name.strip() == self.name and value:
                self.value = value


@dataclass(frozen=True)
class Answer:
    """What the guarded site answered, and nightlatch's verdict on the request."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def verdict(self) -> str:
        """`allow` also where the request was `public`: then, too, the application answered."""
        return self._told()[0][0] or "allow"

    @property
    def clock(self) -> str | None:
        """The clock that ran out, where one did."""
        return dict(self._told()[1:]).get("clock")

    @property
    def decision(self) -> str | None:
        """What `nightlatch explain` takes."""
        return dict(self._told()[1:]).get("id")

    def _told(self) -> list[tuple[str, str]]:
        """`Nightlatch-Verdict`: an item, then its parameters."""
        told = Message()
        told["Content-Type"] = self.headers.get("nightlatch-verdict", "")
        return [(name, str(value)) for name, value in told.get_params(failobj=[("", "")])]
