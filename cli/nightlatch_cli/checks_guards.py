"""What `nightlatch doctor` finds about the guards on a ledger: do they answer, and can anyone get round them?"""

import http.client
import json
from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult, urlsplit

from nightlatch.ledger.port import Guard, LedgerReader
from nightlatch_cli.checks import Check, Health
from nightlatch_cli.network import addresses_of_this_machine, answers, is_loopback

PATIENCE = 1.0
"""Seconds that a guard has for its answer."""
REFUSAL = "urn:nightlatch:verdict:error"
"""The type of the problem document with which a guard answers everybody while it cannot use its ledger."""


def check_guards(reader: LedgerReader) -> Iterator[Check]:
    """Every guard that announced itself on the ledger and still runs; those that were stopped on one line."""
    known = reader.guards()
    running = [guard for guard in known if reader.runs(guard.pid)]
    if not running:
        told = f"none is running ({len(known)} did before)" if known else "none has announced itself yet"
        yield Check("guards", Health.WARN, f"{told}: nightlatch run UPSTREAM")
    for guard in running:
        if not reader.is_here(guard.pid):
            yield Check(f"guard {guard.url}", Health.OK, f"guards {guard.site} on another machine; look there")
            continue
        yield check_guard(guard)
        yield check_exposure(guard)
        yield from check_way_round(guard)


def check_guard(guard: Guard) -> Check:
    """Whether it is a guard that answers at its URL."""
    name = f"guard {guard.url}"
    try:
        found = _asked(urlsplit(guard.url))
    except ConnectionRefusedError:
        return Check(name, Health.WARN, "nothing listens there any more")
    except (OSError, http.client.HTTPException) as error:
        return Check(name, Health.FAIL, f"its process runs, but does not answer ({error})")
    if str(found.get("type", "")).startswith(REFUSAL):
        return Check(name, Health.FAIL, "refuses everybody with 503, as it cannot use its ledger: look at its log")
    if "authenticated" not in found:
        return Check(name, Health.FAIL, "something else answers there, which guards nothing")
    return Check(name, Health.OK, f"guards {guard.site} with the policy {guard.policy}")


def _asked(url: SplitResult) -> Mapping[str, object]:
    """What the session probe answers: it is always there, and never activity. With https, whether anybody does."""
    if url.scheme == "https":
        return {"authenticated": False} if answers(url.hostname or "", url.port or 443) else {}
    connection = http.client.HTTPConnection(url.hostname or "", url.port or 80, timeout=PATIENCE)
    try:
        connection.request("GET", "/.nightlatch/session")
        found = json.loads(connection.getresponse().read(65_536))
    except ValueError:
        return {}
    finally:
        connection.close()
    return found if isinstance(found, dict) else {}


def check_exposure(guard: Guard) -> Check:
    """The dev login asks for no password, so it is for this machine only."""
    host = urlsplit(guard.url).hostname or ""
    if guard.login == "dev" and not is_loopback(host):
        return Check("login", Health.FAIL, f"anyone who reaches {guard.url} can log in as anybody (login dev)")
    return Check("login", Health.OK, f"{guard.login} at {guard.url}")


def check_way_round(guard: Guard) -> Iterator[Check]:
    """Whether the application can be reached without the guard: what a guard does not see it cannot refuse."""
    site = urlsplit(guard.site)
    host, port = site.hostname or "", site.port or (443 if site.scheme == "https" else 80)
    if not answers(host, port):
        yield Check("upstream", Health.WARN, f"{guard.site} does not answer: is the application running?")
        return
    if not is_loopback(host):
        yield Check("upstream", Health.WARN, f"{guard.site} is on the network: let its firewall admit the guard only")
        return
    around = [address for address in addresses_of_this_machine() if answers(address, port)]
    if around:
        where = ", ".join(f"{address} port {port}" for address in around)
        yield Check("upstream", Health.FAIL, f"can be reached around the guard at {where}: bind it to 127.0.0.1")
    else:
        yield Check("upstream", Health.OK, f"{guard.site} answers on this machine only")
