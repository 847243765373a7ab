"""Presets: each parses, its numbers are those of its source, the table of them is current, and files that are none."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

from nightlatch import presets
from nightlatch.core.policy import DAY, HOUR, MINUTE
from nightlatch.core.policy_toml import PolicyInvalid
from nightlatch.presets import (
    PolicyNotFound,
    PolicyUnreadable,
    load_policy,
    policy_text,
    preset_folder,
    preset_names,
)

ROOT = Path(__file__).parent.parent

EXPECTED = {
    "default": (30 * MINUTE, 8 * HOUR),
    "demo": (MINUTE, 10 * MINUTE),
    "strict": (5 * MINUTE, HOUR),
    # NIST SP 800-63B (revision 3) 4.1.3, 4.2.3, 4.3.3
    "nist-800-63b-3-aal1": (None, 30 * DAY),
    "nist-800-63b-3-aal2": (30 * MINUTE, 12 * HOUR),
    "nist-800-63b-3-aal3": (15 * MINUTE, 12 * HOUR),
    # NIST SP 800-63B-4 2.1.3, 2.2.3, 2.3.3
    "nist-800-63b-4-aal1": (None, 30 * DAY),
    "nist-800-63b-4-aal2": (HOUR, 24 * HOUR),
    "nist-800-63b-4-aal3": (15 * MINUTE, 12 * HOUR),
    # OWASP ASVS 4.0.3, 3.3.2
    "owasp-asvs-4-l1": (None, 30 * DAY),
    "owasp-asvs-4-l2": (30 * MINUTE, 12 * HOUR),
    "owasp-asvs-4-l3": (15 * MINUTE, 12 * HOUR),
    # OWASP Session Management Cheat Sheet, Session Expiration: upper ends of 2-5 and 15-30 minutes, and of 4-8 hours
    "owasp-smcs-high-value": (5 * MINUTE, 8 * HOUR),
    "owasp-smcs-low-risk": (30 * MINUTE, 8 * HOUR),
    # PCI DSS 4.0, 8.2.8
    "pci-dss-4": (15 * MINUTE, None),
    # DISA Application Security and Development STIG V6R4, V-222389 and V-222390: easily swapped
    "disa-stig-user": (15 * MINUTE, None),
    "disa-stig-admin": (10 * MINUTE, None),
    # FedRAMP Rev 5 Moderate, SC-10 (user) and IA-11
    "fedramp-moderate": (15 * MINUTE, 12 * HOUR),
    # EU Delegated Regulation 2018/389, Article 4(3)(d)
    "psd2": (5 * MINUTE, None),
    # OWASP WSTG, WSTG-SESS-07
    "owasp-wstg-banking": (15 * MINUTE, None),
}


@pytest.fixture(scope="module")
def policy_table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("policy_table_script", ROOT / "scripts" / "policy_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_presets_are_those_that_are_expected() -> None:
    assert set(preset_names()) == set(EXPECTED)
    assert list(preset_names()) == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_preset_has_the_numbers_of_its_source(name: str) -> None:
    policy = load_policy(name)
    assert (policy.session.idle, policy.session.absolute) == EXPECTED[name]
    assert policy.name == name
    assert policy.floor is None


@pytest.mark.parametrize("name", EXPECTED)
def test_each_preset_says_where_it_comes_from(name: str, policy_table: ModuleType) -> None:
    assert policy_table.source(load_policy(name))


def test_privileged_users_of_fedramp_have_ten_minutes() -> None:
    """SC-10, privileged users."""
    (rule,) = load_policy("fedramp-moderate").rules
    assert (rule.limits.idle, rule.limits.absolute) == (10 * MINUTE, 12 * HOUR)


def test_strict_is_stricter_than_default_everywhere() -> None:
    loose, strict = load_policy("default").session, load_policy("strict")
    for limits in (strict.session, *(rule.limits for rule in strict.rules)):
        assert limits.idle is not None
        assert limits.absolute is not None
        assert limits.idle < (loose.idle or 0)
        assert limits.absolute < (loose.absolute or 0)


def test_the_table_is_current(policy_table: ModuleType) -> None:
    assert policy_table.main(["--check"]) == 0


def test_the_table_names_every_preset_once(policy_table: ModuleType) -> None:
    text = policy_table.table()
    assert all(text.count(f"[`{name}`]({name}.toml)") == 1 for name in EXPECTED)


def test_a_stale_table_is_noticed(
    policy_table: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "README.md"
    stale.write_text(policy_table.README.read_text("utf-8").replace("| 30m |", "| 31m |"), "utf-8")
    monkeypatch.setattr(policy_table, "README", stale)
    assert policy_table.main(["--check"]) == 1
    assert "not current" in capsys.readouterr().err
    assert policy_table.main([]) == 0
    assert policy_table.main(["--check"]) == 0


def test_a_policy_is_found_by_path_and_named_after_its_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[session]\nidle = "5m"\n', "utf-8")
    policy = load_policy(str(file), public=("/status",))
    assert (policy.name, policy.session.idle, policy.public) == ("mine", 5 * MINUTE, ("/status",))


def test_a_preset_comes_before_a_file_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("strict").write_text("", "utf-8")
    assert load_policy("strict").session.idle == 5 * MINUTE


@pytest.mark.parametrize(("name", "near"), [("stict", "strict"), ("PSD2", "psd2"), ("zzzzzz", None), ("", None)])
def test_an_unknown_preset_is_refused_with_the_nearest(
    name: str, near: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"policy|directory") as refusal:
        load_policy(name)
    assert getattr(refusal.value, "nearest", None) == near


@pytest.mark.parametrize("name", ["no/such/file.toml", "../default", "policies/../strict", "a\0b", "x" * 5000])
def test_what_is_neither_preset_nor_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PolicyNotFound):
        load_policy(name)


def test_files_that_cannot_be_read_are_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(PolicyUnreadable, match="a directory"):
        load_policy(str(tmp_path))
    file = tmp_path / "p.toml"
    file.write_bytes(b"[session]\n# \xe4\n")
    with pytest.raises(PolicyUnreadable, match="line 2 is not UTF-8"):
        load_policy(str(file))
    file.write_bytes(b"#" * (1 << 20) + b"#")
    with pytest.raises(PolicyUnreadable, match="1 MiB"):
        load_policy(str(file))
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises((PolicyUnreadable, PolicyNotFound)):
        load_policy(str(loop))


def test_a_device_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(PolicyUnreadable, match="1 MiB"):
        load_policy("/dev/zero")


def test_mistakes_name_the_file(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text("idel = 1", "utf-8")
    with pytest.raises(PolicyInvalid) as invalid:
        load_policy(str(file))
    assert invalid.value.mistakes[0].file == str(file)


def test_a_floor_is_a_preset(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('[policy]\nfloor = "pci-dss-4"\n[session]\nidle = "16m"\n', "utf-8")
    with pytest.raises(PolicyInvalid, match=r"p\.toml:4:8: idle is 16m.*at most 15m \(pci-dss-4\)"):
        load_policy(str(file))
    file.write_text('[policy]\nfloor = "pci-dss"\n[session]\nidle = "15m"\n', "utf-8")
    with pytest.raises(PolicyInvalid, match='did you mean "pci-dss-4"'):
        load_policy(str(file))
    file.write_text('[policy]\nfloor = "pci-dss-4"\n[session]\nidle = "15m"\n', "utf-8")
    assert load_policy(str(file)).floor == "pci-dss-4"


def test_without_a_checkout_the_packaged_presets_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presets, "_CHECKOUT", tmp_path / "none")
    monkeypatch.setattr(presets, "_PACKAGED", tmp_path)
    (tmp_path / "only.toml").write_text("", "utf-8")
    assert preset_folder() == tmp_path
    assert preset_names() == ("only",)


def test_a_pipe_is_not_waited_for_when_it_must_be_at_once(tmp_path: Path) -> None:
    """A running guard reads its policy anew: it must not hang, whatever stands there."""
    pipe = tmp_path / "acme.toml"
    os.mkfifo(pipe)
    with pytest.raises(PolicyUnreadable, match="not a regular file"):
        policy_text(str(pipe), at_once=True)


def test_what_never_ends_is_read_no_further_than_a_policy_is_long() -> None:
    with pytest.raises(PolicyUnreadable, match="larger than 1 MiB"):
        policy_text("/dev/zero")
    with pytest.raises(PolicyUnreadable, match="not a regular file"):
        policy_text("/dev/zero", at_once=True)
