"""A file of settings as a policy, the way `nightlatch policy import` gets it."""

from pathlib import Path

from nightlatch.core.policy import Policy
from nightlatch.core.policy_toml import read_policy
from nightlatch.importers.draft import Draft, render
from nightlatch.importers.systems import import_settings

SETTINGS = Path(__file__).parent / "settings"


def settings(file: str) -> str:
    return (SETTINGS / file).read_text(encoding="utf-8")


def imported(text: str, system: str | None = None) -> tuple[Policy, Draft]:
    """The policy that comes into force, and the draft that it was written from."""
    draft = import_settings(text, system)
    return read_policy(render(draft, "imported"), name="imported"), draft


def limits(text: str, system: str | None = None) -> tuple[int | None, int | None]:
    """Idle and absolute, in seconds."""
    session = imported(text, system)[0].session
    return _seconds(session.idle), _seconds(session.absolute)


def _seconds(limit: int | None) -> int | None:
    return None if limit is None else limit // 1_000_000


def noted(draft: Draft, words: str) -> bool:
    return any(words in note for note in draft.notes)
