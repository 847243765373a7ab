"""Commands in processes that are forked ready: the program itself, and killed like any other."""

from pathlib import Path

import pytest
from scripts.stress.clients import BrokenPromise
from scripts.stress.command_kills import AFTER, BEFORE, FINISHED, CommandKills
from scripts.stress.command_scene import CASES, Case, Scene, is_whole
from scripts.stress.commands import Commands
from scripts.stress.opened import reading

from nightlatch.core.events import EventType


def test_it_is_the_program_with_its_output_and_exit_code(tmp_path: Path) -> None:
    commands = Commands(tmp_path / "out", tmp_path / "ledger.db")
    done = commands.run("sessions", "list")
    assert done.code == 6 and "There is no ledger at" in done.out
    done = commands.run("policy", "list", ledger=False)
    assert done.code == 0 and "default" in done.out


def test_it_dies_of_kill_9(tmp_path: Path) -> None:
    Scene(tmp_path)
    commands = Commands(tmp_path / "out", tmp_path / "ledger.db")
    process = commands.start("events", "--follow")
    process.kill()
    assert commands.ended(process).code == -9


def test_a_change_and_its_events_go_together(tmp_path: Path) -> None:
    """What each case is judged by, with what a broken command would leave."""
    kills, scene = CommandKills(tmp_path / "scene", 1), Scene(tmp_path / "other")
    ended = EventType.SESSION_ENDED
    case = Case((), [ended], lambda: True)
    assert kills.judged("x", case, -9, "", [ended]) == AFTER
    assert kills.judged("x", case, 0, "", [ended]) == FINISHED
    assert kills.judged("x", case._replace(changed=lambda: False), -9, "", []) == BEFORE
    for broken, code, added in (
        (case, -9, []),
        (case, -9, [ended, ended]),
        (case._replace(changed=lambda: False), -9, [ended]),
        (case._replace(changed=lambda: False), 0, []),
        (case._replace(printed=lambda _: False), 0, [ended]),
    ):
        with pytest.raises(BrokenPromise):
            kills.judged("x", broken, code, "", added)
    (half := scene.folder / "report.json").write_text("{")
    with pytest.raises(BrokenPromise, match="half a file"):
        kills.judged("x", case._replace(changed=lambda: is_whole(half)), -9, "", [])


@pytest.mark.parametrize("name", ["sessions end", "clock reset"])
def test_a_case_knows_what_its_command_does(tmp_path: Path, name: str) -> None:
    scene = Scene(tmp_path)
    case = CASES[name](scene)
    with reading(str(scene.ledger)) as reader:
        last = reader.last_link()
        assert not case.changed()
        assert Commands(tmp_path / "out", scene.ledger).run(*case.arguments).code == 0
        assert case.changed() and [each.event.type for each in reader.events(after=last)] == case.events


def test_a_file_that_is_there_by_half_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    for text, lines, whole in (("before", 2, False), ('{"a":1}', 1, True), ("{}\n{}\n", 2, True)):
        file.write_text(text)
        assert is_whole(file, lines) is whole
    for text, lines in (("", 1), ('{"a":', 1), ("{}\n", 2), ('{}\n{"a', 2)):
        file.write_text(text)
        with pytest.raises(ValueError):
            is_whole(file, lines)
