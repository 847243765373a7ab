"""What a run over one target came to."""

from typing import NamedTuple

from scripts.fuzzing.attempts import Fault


class Tally(NamedTuple):
    """Figures of one target. `edges`: how much of nightlatch was gone through, where the engine counts that."""

    name: str
    engine: str
    inputs: int
    seconds: float
    edges: int | None
    faults: tuple[Fault, ...]
