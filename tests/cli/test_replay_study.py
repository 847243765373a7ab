"""Reports, sweeps and conditions of `nightlatch replay`, as they are asked for."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.bench import nightlatch
from tests.replay.made import har, har_entry

from nightlatch_cli.exits import ExitCode
from nightlatch_cli.replay_study import annotates, asked

POLICY = '[session]\nidle = "15m"\n\n[[rule]]\nname = "admin"\nmatch = { path = "/admin/**" }\nidle = "2m"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A capture and a policy of somebody's own, in the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    cookie = {"Cookie": "sid=SECRET"}
    entries = [
        har_entry("2024-01-01T09:00:00.000Z", "https://app.test/form", headers=cookie),
        har_entry("2024-01-01T09:20:00.000Z", "https://app.test/save", method="POST", headers=cookie),
        har_entry("2024-01-01T09:25:00.000Z", "https://app.test/form", headers=cookie),
    ]
    (tmp_path / "monday.har").write_bytes(har(*entries))
    (tmp_path / "acme.toml").write_text(POLICY)
    return tmp_path


def replayed(*args: str, code: ExitCode = ExitCode.OK) -> Any:
    result = nightlatch("replay", "monday.har", "--policy", "acme.toml", *args)
    assert result.exit_code == code, result.output
    return result


def test_every_kind_of_report_at_once(folder: Path) -> None:
    names = ["r.html", "r.json", "r.xml", "r.sarif", "r.md"]
    replayed(*(word for name in names for word in ("--report", name)))
    for name in names:
        text = (folder / name).read_text("utf-8")
        assert "SECRET" not in text
        assert "POST /save" in text or name == "r.xml"
    (first, *_) = json.loads((folder / "r.sarif").read_text())["runs"][0]["results"]
    where = first["locations"][0]["physicalLocation"]
    assert (where["artifactLocation"]["uri"], where["region"]["startLine"]) == ("acme.toml", 2)
    assert "the knee" in (folder / "r.html").read_text() or "no knee" in (folder / "r.html").read_text()


def test_a_preset_is_pointed_at_where_it_is(folder: Path) -> None:
    result = nightlatch("replay", "monday.har", "--policy", "strict", "--report", "r.sarif", "--report", "r.md")
    assert result.exit_code == ExitCode.OK
    run = json.loads((folder / "r.sarif").read_text())["runs"][0]
    (uri,) = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]}
    assert uri.endswith("/strict.toml")
    assert "(`strict.toml:" in (folder / "r.md").read_text()


def test_without_being_asked_the_document_is_the_plain_one(folder: Path) -> None:
    assert set(json.loads(replayed("--json").stdout)) == {"schema", "capture", "policies", "routes"}
    assert "what_if" in json.loads(replayed("--json", "--against", "default").stdout)


def test_a_sweep_is_a_table_and_in_the_document(folder: Path) -> None:
    told = replayed("--sweep", "idle=10m..30m/10m").stdout
    assert "idle\tlogged in again\tper user-day\tlost writes\texposure\topen in all" in told
    assert "0:10:00\t1\t1.00\t1\t" in told
    assert "0:30:00\t0\t0.00\t0\t" in told
    sweeps = json.loads(replayed("--sweep", "admin.idle=1m,2m", "--sweep", "absolute=1h,2h", "--json").stdout)["sweeps"]
    assert [each["sweep"] for each in sweeps] == ["admin.idle", "absolute"]


def test_a_condition_that_holds_ends_with_1_after_everything_is_written(folder: Path) -> None:
    result = replayed(
        "--fail-on", "lost_writes>0", "--fail-on", "relogins>9", "--report", "r.json", code=ExitCode.FINDING
    )
    assert "error: --fail-on lost_writes>0: 1 under acme\n" in result.stderr
    assert "relogins>9" not in result.stderr
    assert "expired\t1" in result.stdout
    assert json.loads((folder / "r.json").read_text())["conditions"][0]["failed"]
    replayed("--fail-on", "lost_writes>1")


def test_policies_can_be_held_against_each_other(folder: Path) -> None:
    replayed("--against", "default", "--fail-on", "lost_writes>against", code=ExitCode.FINDING)
    replayed("--against", "strict", "--fail-on", "lost_writes>against")


def test_differences_and_lost_writes_are_told(folder: Path) -> None:
    told = replayed("--against", "default").stdout
    assert "acme cuts off 1 that default lets pass, and spares 0" in told
    assert "allow\texpired\t1" in told
    assert "1 write would have been lost under acme" in told
    assert "\tPOST /save\t0\t0:20:00\tidle" in told


def test_github_is_told_where_it_reads_along(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not annotates()
    assert "::" not in replayed().stderr
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = replayed("--json")
    assert "::warning file=acme.toml,line=2,col=1,title=lost-write::idle = 15m loses 1 write" in result.stderr
    assert set(json.loads(result.stdout)) == {"schema", "capture", "policies", "routes"}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--report", "r.pdf"], "expected a name that ends in .html, .json, .xml, .sarif, .md"),
        (["--sweep", "idle"], "expected such as idle=5m..60m/5m"),
        (["--sweep", "nope.idle=5m"], 'no guarded rule "nope"'),
        (["--fail-on", "relogin>3"], "Did you mean relogins?"),
        (["--fail-on", "relogins>against"], "there is nothing to compare with"),
    ],
)
def test_mistakes_are_told_before_anything_is_read(args: list[str], told: str, folder: Path) -> None:
    (folder / "monday.har").unlink()
    assert told in replayed(*args, code=ExitCode.USAGE).stderr


def test_a_page_has_a_curve_even_if_nobody_asked_for_one() -> None:
    assert [each.name for each in asked([Path("r.html")], [], [], compares=False).sweeps] == ["idle"]
    assert asked([Path("r.json")], [], [], compares=False).sweeps == ()
    assert not asked([], [], [], compares=False).study


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--report", "no/such/r.json"], "--report no/such/r.json: there is no folder no/such"),
        (["--decisions", "no/d.jsonl"], "--decisions no/d.jsonl: there is no folder no"),
        (["--report", "folder.md"], "--report folder.md: a folder"),
        (["--report", "r.md", "--report", "./r.md"], "--report r.md: named twice"),
        (["--report", "r.json", "--decisions", "r.json"], "--decisions r.json: named twice"),
        (["--decisions", "monday.har"], "--decisions monday.har: it is read, and would be overwritten"),
        (["--decisions", "acme.toml"], "--decisions acme.toml: it is read, and would be overwritten"),
    ],
)
def test_what_cannot_be_written_is_told_before_anything_is_read(folder: Path, args: list[str], told: str) -> None:
    (folder / "folder.md").mkdir()
    before = [(folder / name).read_bytes() for name in ("monday.har", "acme.toml")]
    result = replayed(*args, code=ExitCode.USAGE)
    assert told in result.stderr and "sessions by" not in result.stderr
    assert [(folder / name).read_bytes() for name in ("monday.har", "acme.toml")] == before
    assert not (folder / "r.md").exists() and not (folder / "r.json").exists()


def test_what_looks_like_a_timer_is_suggested_without_being_asked(folder: Path) -> None:
    polls = [
        har_entry(f"2024-01-01T09:{minute:02}:00.000Z", "https://app.test/poll", headers={"Cookie": "sid=a"})
        for minute in range(9)
    ]
    (folder / "monday.har").write_bytes(har(*polls))
    told = replayed().stdout
    assert '    { method = "GET", path = "/poll" },  # poll every 1m, 9 requests' in told
