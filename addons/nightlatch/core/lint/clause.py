"""A clause of a standard that speaks of session limits, as a value, and how grave it is to depart from it.

The table itself is `policies/standards.csv`, read by `nightlatch.standards`.
"""

from typing import NamedTuple

from nightlatch.core.lint.finding import Severity

_STRENGTHS = {
    "SHALL": Severity.ERROR,
    "shall": Severity.ERROR,
    "must": Severity.ERROR,
    "required": Severity.ERROR,
    "verify": Severity.ERROR,
    "CAT II": Severity.ERROR,
    "SHOULD": Severity.WARNING,
    "recommended": Severity.WARNING,
    "guidance": Severity.WARNING,
    "common range": Severity.WARNING,
    "appropriate range": Severity.WARNING,
    "can be acceptable": Severity.WARNING,
    "organization-defined": Severity.WARNING,
    "addressable": Severity.NOTE,
    "MAY": Severity.NOTE,
}
"""The clause's own word for how binding it is. ASVS writes every requirement as "Verify that"."""


class Demand(NamedTuple):
    """What a clause says of one limit. `most` is microseconds, None where it gives no number."""

    most: int | None = None
    strength: str = ""
    exists: str = ""
    """How strongly it asks for the limit to be there at all; empty where it does not."""


class Clause(NamedTuple):
    """One row: what `title`, clause `number`, asks of `idle` and `absolute`."""

    name: str
    """What `policy check --standard` takes, such as `nist-800-63b-4-aal2`; several rows may share it."""
    title: str
    number: str
    privileged: bool
    """It speaks of privileged users only."""
    idle: Demand
    absolute: Demand
    note: str = ""

    @property
    def cited(self) -> str:
        """The clause as it is cited."""
        return f"{self.title}, {self.number}"


def gravity(strength: str) -> Severity:
    """How grave it is to depart from a clause of that strength.

    Raises:
        ValueError: no such word is known.
    """
    try:
        return _STRENGTHS[strength]
    except KeyError:
        raise ValueError(f"the strength `{strength}` is unknown; known are {', '.join(_STRENGTHS)}") from None
