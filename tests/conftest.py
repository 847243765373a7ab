"""How property tests run: without a deadline, since a loaded machine is no defect; and in continuous integration with
the same examples every time, so that what lands does not hang on luck. At a desk they are new every time."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "nightlatch",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("nightlatch")
