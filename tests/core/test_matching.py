"""Which rules apply: order, conditions, public paths, and every trick that a path can play."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.matching import all_rules, candidates, session_rule
from nightlatch.core.policy import Limits, Login, Match, Policy, Rule
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session

CORPUS = Path(__file__).parent.parent / "data" / "path_tricks.txt"
TRICKS = [line for line in CORPUS.read_text("utf-8").splitlines() if line != "#" and not line.startswith("# ")]


def asked(path: str, method: str = "GET", host: str = "localhost", address: str = "127.0.0.1") -> RequestView:
    return RequestView(method, host, path, "", {}, address)


def rule(name: str, *paths: str, public: bool = False, **match: tuple[str, ...]) -> Rule:
    return Rule(name, Match(path=paths, **match), Limits(), public=public)


def policy(*rules: Rule, login_public: tuple[str, ...] = (), public: tuple[str, ...] = ()) -> Policy:
    return Policy("test", "same", rules=rules, login=Login(public=login_public), public=public)


def names(policy: Policy, request: RequestView, session: Session | None = None) -> list[str]:
    return [rule.name for rule in candidates(policy, request, session)]


def someone(*groups: str) -> Session:
    return Session("s", "http://localhost", "ann", "nightlatch", 0, 0, 0, 0, groups=groups)


HEALTH = rule("health", "/healthz", public=True)
ADMIN = rule("admin", "/admin/**")


def test_the_corpus_is_there() -> None:
    assert len(TRICKS) >= 60


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("public", ["/healthz", "/healthz/**"])
def test_no_trick_gets_round_the_admin_rule(trick: str, public: str) -> None:
    assert "admin" in names(policy(rule("health", public, public=True), ADMIN), asked(trick))


def test_the_first_rule_that_matches_applies() -> None:
    two = policy(rule("a", "/x"), rule("b", "/x"), rule("c", "/y"))
    assert names(two, asked("/x")) == ["a"]
    assert names(two, asked("/y")) == ["c"]


def test_where_none_matches_the_session_rule_applies() -> None:
    some = policy(ADMIN)._replace(session=Limits(idle=7))
    assert candidates(some, asked("/"), None) == (session_rule(some),)
    assert session_rule(some) == Rule("", Match(), Limits(idle=7))


def test_the_plain_reading_is_first() -> None:
    assert names(policy(rule("a", "/a/**"), ADMIN), asked("/a/%2e%2e/admin"))[0] == "admin"


def test_a_public_path_needs_all_readings_to_agree() -> None:
    assert names(policy(HEALTH), asked("/healthz")) == ["health"]
    assert "" in names(policy(HEALTH), asked("/%68ealthz"))
    assert "" in names(policy(HEALTH), asked("/Healthz"))
    assert "" in names(policy(HEALTH), asked("/healthz/"))


@pytest.mark.parametrize("path", ["/Account/Login", "/a b", "/über", "/docs/"])
def test_a_public_path_may_have_capitals_spaces_and_umlauts(path: str) -> None:
    target = path.replace(" ", "%20").replace("ü", "%C3%BC")
    assert names(policy(rule("open", path, public=True)), asked(target)) == ["open"]


def test_an_application_may_fold_case_or_drop_a_slash() -> None:
    strict = policy(rule("admin", "/Admin"))
    for path in ("/admin", "/ADMIN", "/Admin/", "/admin/"):
        assert set(names(strict, asked(path))) == {"", "admin"}
    assert names(strict, asked("/Admin")) == ["admin"]


def test_an_insensitive_public_rule_hides_no_rule_behind_it() -> None:
    both = policy(rule("open", "/ADMIN/", public=True), rule("admin", "/admin"))
    assert "admin" in names(both, asked("/Admin"))


def test_methods() -> None:
    some = policy(
        rule("read", "/x", method=("GET",)), rule("write", "/x", method=("POST",)), rule("all", "/y", method=("*",))
    )
    assert names(some, asked("/x", "GET")) == names(some, asked("/x", "HEAD")) == ["read"]
    assert names(some, asked("/x", "POST")) == ["write"]
    assert names(some, asked("/x", "PUT")) == [""]
    assert names(some, asked("/y", "BREW")) == ["all"]


def test_hosts() -> None:
    some = policy(rule("a", host=("*.example.com",)), rule("b", "/x", host=("*",)))
    assert names(some, asked("/x", host="a.example.com")) == ["a"]
    assert names(some, asked("/x", host="elsewhere.org")) == ["b"]


def test_groups_and_networks_are_asked_anew_each_time() -> None:
    some = policy(
        rule("boss", "/x", group=("boss",)), rule("inside", "/x", network=("10.0.0.0/8",)), rule("rest", "/x")
    )
    for _ in range(2):
        assert names(some, asked("/x"), someone("boss", "staff")) == ["boss"]
        assert names(some, asked("/x", address="10.1.1.1"), someone("staff")) == ["inside"]
        assert names(some, asked("/x", address=""), None) == ["rest"]


@pytest.mark.parametrize(
    "path",
    ["/favicon.ico", "/robots.txt", "/manifest.webmanifest", "/apple-touch-icon-57.png", "/.well-known/security.txt"],
)
def test_what_browsers_fetch_unasked_is_public(path: str) -> None:
    for method in ("GET", "HEAD"):
        assert [rule.public for rule in candidates(policy(rule("all", "/**")), asked(path, method), None)] == [True]
    assert names(policy(rule("all", "/**")), asked(path, "POST")) == ["all"]
    assert names(policy(rule("mine", path)), asked(path)) == ["mine"]


def test_a_rule_takes_only_the_path_that_it_names() -> None:
    some = policy(rule("mine", "/apple-touch-icon-57.png"))
    assert names(some, asked("/apple-touch-icon-57.png")) == ["mine"]
    assert candidates(some, asked("/apple-touch-icon.png"), None)[0].public


def test_public_by_login_and_by_command_line_come_before_the_rules() -> None:
    some = policy(rule("all", "/**"), login_public=("/assets/**",), public=("/status",))
    assert names(some, asked("/assets/x.js", "POST")) == ["login.public"]
    assert names(some, asked("/status")) == ["--public"]
    assert names(some, asked("/other")) == ["all"]


def test_a_path_with_too_many_readings_is_judged_by_every_guarded_rule() -> None:
    some = policy(rule("open", "/**", public=True), ADMIN, rule("boss", "/boss", group=("boss",)))
    wild = "/a%2fb%5c..%25%35%63;x=1/%2e%2e;//.%00c" * 40
    assert {"admin", ""} <= set(names(some, asked(wild)))
    assert "boss" in names(some, asked(wild), someone("boss"))


def test_policies_of_one_version_are_not_mixed_up() -> None:
    assert names(policy(HEALTH), asked("/healthz")) == ["health"]
    assert names(policy(), asked("/healthz")) == [""]


def test_many_policies_and_many_paths_are_forgotten_in_time() -> None:
    first = policy(ADMIN)
    for number in range(40):
        assert names(policy(rule(str(number), "/x")), asked("/x")) == [str(number)]
    for number in range(5000):
        assert names(first, asked(f"/admin/{number}")) == ["admin"]
    assert names(first, asked("/admin/0")) == ["admin"]


def test_all_rules_are_those_that_guard() -> None:
    some = policy(HEALTH, ADMIN)
    assert all_rules(some) == (ADMIN, session_rule(some))


@given(st.text(max_size=40), st.sampled_from(["GET", "POST", "", "*"]), st.text(max_size=10))
def test_any_request_has_a_rule(path: str, method: str, host: str) -> None:
    some = policy(HEALTH, ADMIN)
    found = candidates(some, asked(path, method, host), None)
    assert found
    assert len(set(found)) == len(found)
    assert candidates(some, asked(path, method, host), None) == found
