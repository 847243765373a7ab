"""A policy from a few lines of TOML, and what the lint says of it."""

from nightlatch.core.lint.clause import Clause
from nightlatch.core.lint.finding import Located
from nightlatch.core.lint.linting import lint
from nightlatch.core.policy import Policy
from nightlatch.core.policy_toml import read_policy

QUIET = '[activity]\npassive = [{ header = "X-Background" }]\n'
"""Keeps the lint from noting that nothing is passive."""


def policy(text: str) -> Policy:
    return read_policy(text, name="tried")


def linted(text: str, *clauses: Clause) -> dict[str, Located]:
    """By code; of several with the same code the last."""
    return {each.finding.code: each for each in lint(policy(text), clauses)}
