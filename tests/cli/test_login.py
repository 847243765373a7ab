import json
import os

import pytest
from tests.cli.bench import SITE, Bench, nightlatch

from nightlatch.identity.fingerprint import fingerprint
from nightlatch_cli.login import ANYBODY

GONE = 2**22 + 1
"""No process has such a number."""


def test_the_cookie_is_one_that_the_guard_will_know(bench: Bench) -> None:
    bench.announce(users=("ada:admins,ops", "bob"), cookie="nightlatch-8080")
    result = nightlatch("login", "--json")
    document = json.loads(result.stdout)
    assert document.keys() == {"name", "value", "session"} and document["name"] == "nightlatch-8080"
    with bench.asked() as reader:
        found = reader.find(fingerprint(reader.key(), SITE, "nightlatch", document["value"]))
    assert found is not None and found.session.id == document["session"]
    assert (found.session.subject, found.session.groups, found.session.amr) == ("ada", ("admins", "ops"), ("dev",))
    events = bench.trail(document["session"])
    assert [str(event.type) for event in events] == ["login.succeeded", "session.created"]


def test_it_is_a_header_for_curl(bench: Bench) -> None:
    result = nightlatch("login")
    name, _, value = result.stdout.removesuffix("\n").partition("=")
    assert name == "Cookie: nightlatch-8080" and len(value) == 43 and result.stderr == ""


@pytest.mark.parametrize(
    ("site", "name"),
    [("https://localhost:8080/", "__Host-nightlatch"), ("http://localhost:8080", "nightlatch-8080")],
)
def test_by_https_the_cookie_has_another_name(bench: Bench, site: str, name: str) -> None:
    assert nightlatch("login", "--site", site).stdout.startswith(f"Cookie: {name}=")


def test_an_application_on_https_says_nothing_of_how_the_guard_is_asked(bench: Bench) -> None:
    bench.announce(site="https://app.example", url="http://127.0.0.1:8081", cookie="nightlatch-8081")
    assert nightlatch("login", "--site", "https://app.example").stdout.startswith("Cookie: nightlatch-8081=")


def test_no_credential_is_in_the_ledger(bench: Bench) -> None:
    value = json.loads(nightlatch("login", "--json").stdout)["value"]
    for file in bench.path.parent.iterdir():
        assert value.encode() not in file.read_bytes()


def test_where_nobody_is_configured_anybody_will_do(bench: Bench) -> None:
    assert bench.stored(json.loads(nightlatch("login", "--json").stdout)["session"]).subject == ANYBODY
    named = json.loads(nightlatch("login", "--json", "--user", "zo\xeb").stdout)
    assert bench.stored(named["session"]).subject == "zo\xeb"


@pytest.mark.parametrize("users", [(), ("ada", "bob")])
def test_nobody_at_all_is_not_the_first(bench: Bench, users: tuple[str, ...]) -> None:
    bench.announce(users=users)
    result = nightlatch("login", "--user", "")
    assert (result.exit_code, result.stdout) == (2, "") and "--user is empty" in result.stderr
    assert bench.trail() == []


@pytest.mark.parametrize("user", ["a b", "a\tb", "\x1b[2J", "x" * 129])
def test_but_not_any_text(bench: Bench, user: str) -> None:
    assert nightlatch("login", "--user", user).exit_code == 2
    assert bench.trail() == []


def test_an_unknown_user_names_the_nearest(bench: Bench) -> None:
    bench.announce(users=("ada:admins", "bob"))
    result = nightlatch("login", "--user", "adda")
    assert result.exit_code == 1 and "did you mean ada?" in result.stderr and result.stdout == ""
    assert "there are: ada, bob" in nightlatch("login", "--user", "zzz").stderr


def test_without_a_guard_it_says_why(bench: Bench) -> None:
    result = nightlatch("login", "--site", "http://elsewhere")
    assert result.exit_code == 1 and "no guard for http://elsewhere" in result.stderr
    assert "http://127.0.0.1:8080" in result.stderr


def test_another_login_cannot_be_gone_round(bench: Bench) -> None:
    bench.announce(login="self", identity="cookie:sid")
    result = nightlatch("login")
    assert result.exit_code == 1 and "does not use the dev login (its login is self)" in result.stderr
    assert bench.trail() == []


def test_a_guard_can_be_chosen_by_either_url(bench: Bench) -> None:
    bench.announce(site="http://127.0.0.1:4000", url="http://127.0.0.1:8081", cookie="nightlatch-8081")
    for site, cookie in (
        (SITE, "nightlatch-8080"),
        ("http://127.0.0.1:8080/", "nightlatch-8080"),
        ("http://127.0.0.1:4000", "nightlatch-8081"),
        ("", "nightlatch-8081"),
    ):
        assert nightlatch("login", "--site", site).stdout.startswith(f"Cookie: {cookie}=")


def test_a_guard_that_does_not_run_is_said_so(bench: Bench) -> None:
    bench.announce(pid=GONE)
    result = nightlatch("login")
    assert result.exit_code == 0 and "is not running" in result.stderr
    bench.announce(pid=os.getpid())
    assert nightlatch("login").stderr == ""


def test_of_several_guards_the_one_with_a_dev_login_is_meant(bench: Bench) -> None:
    bench.announce(url="http://127.0.0.1:8081", login="self", identity="cookie:sid")
    assert nightlatch("login").stdout.startswith("Cookie: nightlatch-8080=")


def test_of_several_guards_one_that_runs_is_meant(bench: Bench) -> None:
    bench.announce(url="http://127.0.0.1:8083", cookie="nightlatch-8083", pid=GONE)
    result = nightlatch("login")
    assert result.stdout.startswith("Cookie: nightlatch-8080=") and result.stderr == ""
    named = nightlatch("login", "--site", "http://127.0.0.1:8083")
    assert named.stdout.startswith("Cookie: nightlatch-8083=") and "is not running" in named.stderr


def test_a_guard_on_loopback_goes_by_localhost_too(bench: Bench) -> None:
    assert nightlatch("login", "--site", "http://localhost:8080").stdout.startswith("Cookie: nightlatch-8080=")


def test_who_is_remembered_is_shown_to_be(bench: Bench) -> None:
    bench.load_policy('[session]\nidle = "15m"\n[remember]\nidle = "7d"\n', "kept")
    bench.announce(policy="f" * 12)
    session = json.loads(nightlatch("login", "--remember", "--json").stdout)["session"]
    assert bench.stored(session).remembered
    assert bench.trail(session)[-1].detail == {"source": "nightlatch", "remembered": True}
    shown = nightlatch("sessions", "show", session).stdout
    assert "remembered" in shown and "left of 7d" in shown
    assert json.loads(nightlatch("sessions", "show", session, "--json").stdout)["remembered"] is True


def test_where_nobody_is_remembered_one_is_told(bench: Bench) -> None:
    result = nightlatch("login", "--remember")
    assert result.exit_code == 1 and "remembers nobody" in result.stderr and "[remember]" in result.stderr
    with bench.asked() as reader:
        assert not list(reader.sessions())
