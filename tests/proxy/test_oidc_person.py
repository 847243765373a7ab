"""Who logged in, by the ID token and by what the userinfo endpoint adds; nobody else's words."""

from tests.providers.own_provider import OwnProvider
from tests.proxy.at_provider import Visitor, a_bench, location, refused
from tests.proxy.conftest import Benches


def test_the_name_and_the_groups_may_come_from_elsewhere(benches: Benches, provider: OwnProvider) -> None:
    provider.knows = {"preferred_username": "Ada L.", "groups": ["admins"], "email": "ada@x.example"}
    federated = a_bench(benches, provider, oidc_subject_claim="preferred_username")
    Visitor(federated, provider).log_in("/x")
    session = federated.session()
    assert (session.subject, session.groups, session.email) == ("Ada L.", ("admins",), "ada@x.example")


def test_an_address_that_the_provider_calls_unverified_is_nobodys(benches: Benches, provider: OwnProvider) -> None:
    provider.knows = {"groups": [], "email": "root@x.example", "email_verified": "false"}
    federated = a_bench(benches, provider)
    Visitor(federated, provider).log_in("/x")
    assert federated.session().email is None


def test_what_is_said_of_somebody_else_is_not_believed(benches: Benches, provider: OwnProvider) -> None:
    provider.knows = {"sub": "root", "groups": ["admins"]}
    federated = a_bench(benches, provider)
    refused(Visitor(federated, provider).log_in("/x"), 502, "id_token")


def test_a_user_info_that_is_down_takes_groups_away_but_not_the_login(benches: Benches, provider: OwnProvider) -> None:
    provider.down.add("/userinfo")
    federated = a_bench(benches, provider)
    assert location(Visitor(federated, provider).log_in("/x")) == "/x"
    assert federated.session().groups == ()
