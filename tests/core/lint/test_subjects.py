from tests.core.lint.reading import policy

from nightlatch.core.lint.finding import Written
from nightlatch.core.lint.subjects import is_privileged, subjects

TEXT = """
[session]
absolute = "8h"
[risk.high]
idle = "5m"
[[rule]]
name = "open"
match = { path = "/open" }
access = "public"
[[rule]]
name = "admin"
match = { path = "/x" }
risk = "high"
absolute = "1h"
[[rule]]
name = "staff"
match = { path = "/staff", group = ["administrators"] }
"""


def test_what_has_limits_is_a_subject_and_what_is_public_is_not() -> None:
    assert [each.name for each in subjects(policy(TEXT))] == [
        "[session]",
        "[risk.high]",
        'rule "admin"',
        'rule "staff"',
    ]


def test_a_limit_is_found_where_it_is_written() -> None:
    found = {each.name: each for each in subjects(policy(TEXT))}
    written = Written(TEXT)
    admin, staff = found['rule "admin"'], found['rule "staff"']
    assert admin.path(written, "absolute") == ("rule", 1, "absolute")
    assert admin.path(written, "idle") == ("risk", "high", "idle")
    assert staff.path(written, "absolute") == ("session", "absolute")
    assert staff.path(written, "idle") == ("session", "idle")


def test_privileged_are_those_whose_name_path_or_group_says_so() -> None:
    assert {each.name: each.privileged for each in subjects(policy(TEXT))} == {
        "[session]": False,
        "[risk.high]": True,
        'rule "admin"': True,
        'rule "staff"': True,
    }
    assert is_privileged("/Admin/**") and not is_privileged("/reports")
