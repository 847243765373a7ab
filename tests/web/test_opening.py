import subprocess
import sys

from tests.e2e.processes import surroundings
from tests.proxy.bench import SITE
from tests.web.desk import Desk

from nightlatch.proxy.control import GuardControl
from nightlatch.web.opening import open_control


def test_it_opens(desk: Desk) -> None:
    server = open_control(GuardControl(desk.service, SITE), "127.0.0.1", 0)
    assert server.url.startswith("http://127.0.0.1:")
    server.stop()


def test_what_it_opens_is_not_imported_before() -> None:
    script = "import nightlatch.web.opening, sys; assert 'tornado' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], env=surroundings(), check=True)
