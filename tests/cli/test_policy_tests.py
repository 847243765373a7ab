from pathlib import Path

from tests.e2e.processes import nightlatch


def test_tests_are_written_to_a_new_file_and_never_over_one(tmp_path: Path) -> None:
    file = tmp_path / "test_strict.py"
    done = nightlatch("policy", "tests", "strict", "--to", str(file))
    assert (done.code, done.out) == (0, "")
    assert "12 tests of strict are in" in done.err
    again = nightlatch("policy", "tests", "strict", "--to", str(file))
    assert again.code == 3 and "name a new file" in again.err
    printed = nightlatch("policy", "tests", "strict")
    assert printed.out == file.read_text()


def test_what_has_no_limits_has_no_tests(tmp_path: Path) -> None:
    policy = tmp_path / "none.toml"
    policy.write_text('[session]\nidle = "off"\nabsolute = "off"\n')
    done = nightlatch("policy", "tests", str(policy), "--format", "playwright")
    assert done.code == 5 and "no limit that could be tested" in done.err


NEEDS_MORE = """
[session]
idle = "10m"
[[rule]]
name = "staff"
match = { path = "/staff/**", group = ["staff"] }
[[rule]]
name = "vault"
match = { path = "/vault/**" }
require = { amr = ["mfa"] }
"""


def test_what_the_guard_must_be_told_is_told(tmp_path: Path) -> None:
    policy = tmp_path / "acme.toml"
    policy.write_text(NEEDS_MORE)
    for format_, where in (("pytest", "nightlatch_options"), ("playwright", "of nightlatch run")):
        done = nightlatch("policy", "tests", str(policy), "--format", format_)
        told = next(line for line in done.err.splitlines() if line.startswith("the guard needs more options"))
        assert where in told
        options = told.rpartition("): ")[2]
        assert options == "--dev-user tester --dev-user tester-staff:staff --dev-second-factor 000000"
        assert options in done.out
    assert "the guard needs" not in nightlatch("policy", "tests", "strict").err
