"""`--respond-as`: every peer by its name, and nothing else."""

import pytest
from tests.proxy.bench import NAVIGATION, SCRIPT, response
from tests.proxy.conftest import Benches

from nightlatch.core.peers import PEERS
from nightlatch.proxy.settings_peer import NAMES, parse_peer
from nightlatch.proxy.settings_values import SettingsInvalid

ASKS = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "PUT"}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_known(name: str) -> None:
    assert parse_peer(name) is PEERS.get(name)


def test_a_name_that_is_none_stops_the_start(benches: Benches) -> None:
    with pytest.raises(SettingsInvalid, match="respond_as `oauth2proxy` is unknown; did you mean `oauth2-proxy`"):
        benches(respond_as="oauth2proxy")


def test_the_guard_answers_as_it_was_told(benches: Benches) -> None:
    bench = benches(respond_as="oauth2-proxy")
    flow = bench.ask(headers=NAVIGATION)
    assert response(flow).status_code == 403 and "/.nightlatch/login?" in str(response(flow).text)
    assert response(bench.ask(headers={"Accept": "application/json"})).content == b"{}"
    assert bench.ask(cookie=bench.log_in(), headers=SCRIPT).response is None


def test_a_preflight_is_turned_away_as_it_is_there(benches: Benches) -> None:
    assert benches().ask(method="OPTIONS", headers=ASKS).response is None
    assert response(benches(respond_as="cloudflare-access").ask(method="OPTIONS", headers=ASKS)).status_code == 403
