"""A credential of two subjects."""

from tests.core.detect.facts_at import a_fact, found

from nightlatch.core.detect.facts import FOREIGN, REQUEST


def test_another_name() -> None:
    (finding,) = found("shared_credential", [a_fact(FOREIGN, named="eve")])
    assert finding.why == "The session of ada was used with a credential that names eve."
    assert finding.detail == {"named": "eve"}
    assert found("shared_credential", [a_fact(REQUEST)]) == []
