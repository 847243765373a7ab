"""What every part of a benchmark's report has in common: figures come in, rows of a table go out."""

from collections.abc import Mapping
from typing import NamedTuple

Figures = Mapping[str, Mapping[str, float]]
"""By part (`load 16`, `load cpu 16`, `gate 1,000 sessions`, `start`, `captures` …), then by name."""


class Row(NamedTuple):
    """A line of the table. `good` is None where there is no budget; `main`: it stands in the README, too."""

    what: str
    measured: str
    budget: str
    good: bool | None
    main: bool = True
