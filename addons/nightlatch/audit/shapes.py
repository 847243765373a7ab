"""The shapes in which events leave the house, by the name that options and commands call them."""

from collections.abc import Callable, Mapping
from typing import Any

from nightlatch.core.event_json import event_document
from nightlatch.core.events import Chained
from nightlatch.core.export.ecs import ecs_document
from nightlatch.core.export.ocsf import ocsf_document

Shape = Callable[[Chained], dict[str, Any]]

SHAPES: Mapping[str, Shape] = {"jsonl": event_document, "ecs": ecs_document, "ocsf": ocsf_document}
