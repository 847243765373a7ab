"""Control APIs without a proxy in front of them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.desk import Desk

Desks = Callable[..., Desk]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    """Opens control APIs, and closes them."""
    opened: list[Desk] = []

    def opening(policy: str = "", **options: Any) -> Desk:
        opened.append(Desk(tmp_path, policy, **options))
        return opened[-1]

    yield opening
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(desks: Desks) -> Desk:
    """A guard with the default policy (idle 30 minutes, absolute 8 hours) and the dev login, and its control API."""
    return desks(dev_user="ada:admins bob")
