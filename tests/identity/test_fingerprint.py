"""Fingerprints tell nothing and never coincide by accident of place or kind; random names are random."""

import re

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.identity.fingerprint import fingerprint, new_credential, new_decision_prefix, new_session_id

KEY = b"k" * 32
SITE = "http://localhost:3000"


def test_the_same_credential_has_the_same_fingerprint() -> None:
    first = fingerprint(KEY, SITE, "cookie", "abc")
    assert first == fingerprint(KEY, SITE, "cookie", "abc")
    assert len(first) == 16


def test_key_site_kind_and_credential_all_count() -> None:
    prints = {
        fingerprint(KEY, SITE, "cookie", "abc"),
        fingerprint(b"l" * 32, SITE, "cookie", "abc"),
        fingerprint(KEY, "http://localhost:3001", "cookie", "abc"),
        fingerprint(KEY, SITE, "bearer", "abc"),
        fingerprint(KEY, SITE, "cookie", "abd"),
    }
    assert len(prints) == 5


@given(st.text(), st.text())
def test_different_credentials_differ(one: str, other: str) -> None:
    assert (one == other) == (fingerprint(KEY, SITE, "cookie", one) == fingerprint(KEY, SITE, "cookie", other))


def test_lone_surrogates_are_taken_as_they_are() -> None:
    assert fingerprint(KEY, SITE, "cookie", "\ud800") != fingerprint(KEY, SITE, "cookie", "\udcff")


def test_new_names_are_new_and_in_form() -> None:
    assert len({new_credential() for _ in range(100)}) == 100
    assert len({new_session_id() for _ in range(100)}) == 100
    assert re.fullmatch(r"[\w-]{43}", new_credential())
    assert all(re.fullmatch(r"[a-z][a-z2-7]{11}", new_session_id()) for _ in range(100))
    assert all(re.fullmatch(r"[a-z][a-z2-7]{7}", new_decision_prefix()) for _ in range(100))
