from pathlib import Path

import pytest

from nightlatch.proxy.settings_audit import AuditInvalid, read_sinks

NONE = {"audit_file": "", "audit_syslog": "", "audit_format": "jsonl"}


def test_without_options_the_trail_stays_in_the_ledger() -> None:
    assert read_sinks(NONE) == ()


def test_every_sink_has_a_name_that_stays_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = {**NONE, "audit_file": "a.jsonl", "audit_syslog": "unix:/dev/log tcp://logs.example", "audit_format": "ecs"}
    assert [sink.name for sink in read_sinks(asked)] == [
        f"audit-file:{tmp_path}/a.jsonl:ecs",
        "audit-syslog:unix:/dev/log:0:ecs",
        "audit-syslog:tcp:logs.example:601:ecs",
    ]


@pytest.mark.parametrize(("option", "value"), [("audit_format", "xml"), ("audit_syslog", "logs.example")])
def test_what_cannot_be_used_is_told_with_its_option(option: str, value: str) -> None:
    with pytest.raises(AuditInvalid, match=f"--{option.replace('_', '-')}"):
        read_sinks({**NONE, option: value})


def test_a_file_that_cannot_be_written_is_told_before_anything_happens(tmp_path: Path) -> None:
    with pytest.raises(AuditInvalid, match=r"--audit-file .*gone/a\.jsonl: No such file"):
        read_sinks({**NONE, "audit_file": str(tmp_path / "gone" / "a.jsonl")})
    read_sinks({**NONE, "audit_file": str(tmp_path / "a.jsonl")})
    assert (tmp_path / "a.jsonl").stat().st_mode & 0o777 == 0o600
