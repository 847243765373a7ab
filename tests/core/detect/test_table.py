"""The table of detectors: every one has its thresholds, and watches for something that happens."""

from nightlatch.core.detect import facts
from nightlatch.core.detect.table import DETECTORS, RULES
from nightlatch.core.events import EventType

KINDS = {str(kind) for kind in EventType} | {
    value for name, value in vars(facts).items() if name.isupper() and isinstance(value, str)
}


def test_names_and_thresholds_go_together() -> None:
    assert list(DETECTORS) == list(RULES)
    for name, detector in DETECTORS.items():
        assert detector.name == name
        assert detector.watches
        assert detector.watches <= KINDS
