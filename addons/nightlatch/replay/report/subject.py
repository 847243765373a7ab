"""What every report is made of."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, NamedTuple

from nightlatch.replay.study import Study


class Subject(NamedTuple):
    """A study, told in full, and where its first policy is."""

    study: Study
    document: Mapping[str, Any]
    """`nightlatch.replay/1` with all that was found."""
    policy_path: PurePath
    """The file of the first policy: relative if it is below the working directory, else absolute."""
    policy_label: str
    """What people call that file."""
    version: str
    """Of nightlatch."""
