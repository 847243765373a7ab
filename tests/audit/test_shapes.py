import json

import pytest
from tests.core.export.every_event import an_event_of

from nightlatch.audit.shapes import SHAPES
from nightlatch.core.events import EventType


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("type_", EventType, ids=str)
def test_every_event_can_leave_in_every_shape(name: str, type_: EventType) -> None:
    assert json.loads(json.dumps(SHAPES[name](an_event_of(type_))))
