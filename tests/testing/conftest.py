"""The plugin tries itself: its fixtures, at the example's application and under the example's policy, so that the
tests of both share one guard a worker."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.example.app import app

EXAMPLE = Path(__file__).parents[1] / "example"


@pytest.fixture(scope="session")
def nightlatch_upstream() -> Callable[..., Any]:
    return app


@pytest.fixture(scope="session")
def nightlatch_options() -> Sequence[str]:
    return ("--policy", str(EXAMPLE / "policy.toml"))
