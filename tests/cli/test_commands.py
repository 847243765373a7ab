from nightlatch_cli.commands import COMMANDS, Entry, Family


def test_short_helps_are_one_sentence_that_fits_a_line() -> None:
    entries: list[Entry | Family] = list(COMMANDS.values())
    for entry in COMMANDS.values():
        if isinstance(entry, Family):
            entries += entry.entries.values()
            assert entry.default in entry.entries
    for entry in entries:
        assert entry.short_help.endswith(".") and len(entry.short_help) <= 80 and "\n" not in entry.short_help
