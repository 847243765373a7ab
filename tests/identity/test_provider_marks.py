"""The same name from two issuers is two people, and a name is never stored."""

from nightlatch.identity.provider_marks import sid_mark, subject_mark, token_mark

KEY = bytes(range(32))


def test_issuers_kinds_and_ledgers_are_told_apart() -> None:
    marks = [
        mark(key, issuer, name)
        for mark in (sid_mark, subject_mark, token_mark)
        for key in (KEY, bytes(32))
        for issuer in ("https://a", "https://b")
        for name in ("s1", "s2")
    ]
    assert len(set(marks)) == len(marks) == 24
    assert sid_mark(KEY, "https://a", "s1") == marks[0]
