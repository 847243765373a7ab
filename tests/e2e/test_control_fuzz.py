"""The control API against its own OpenAPI document: schemathesis sends what it allows and what it does not, and every
answer must be one that it describes, never a 500."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import positive_data_acceptance
from tests.e2e import processes
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream

from nightlatch.web.openapi import document

TELLS_ALL = positive_data_acceptance
"""Left out: a schema cannot tell all; a duration or a policy may be text and wrong all the same."""

SCHEMA = schemathesis.openapi.from_dict(document())
# The token goes with every request: one that was made invalid by leaving it out would be valid again.
SCHEMA.config.generation.update(with_security_parameters=False)


@pytest.fixture(scope="module")
def fuzzed(shared_upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    """A guard of one's own: its policy and its clock will not be what they were."""
    guard = processes.run(tmp_path_factory.mktemp("fuzzed"), shared_upstream.url, "--control", "127.0.0.1:0")
    yield guard
    log = guard.log
    assert guard.stop() == 0
    assert "Traceback" not in log, log
    assert guard.token not in log.replace(f"{guard.control}/#{guard.token}", "")


@SCHEMA.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_is_described(case: schemathesis.Case[Any], fuzzed: Guard) -> None:
    headers = {"Authorization": f"Bearer {fuzzed.token}"}
    case.call_and_validate(base_url=fuzzed.control, headers=headers, timeout=60, excluded_checks=[TELLS_ALL])
