"""One line a message, never a traceback."""

import io
import logging

from nightlatch.proxy.console_log import ConsoleLog


def _record(level: int, text: str, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("mitmproxy", level, "", 0, text, None, info)


def _raised() -> Exception:
    try:
        raise KeyError("gone")
    except KeyError as error:
        return error


def test_levels_are_named() -> None:
    out = io.StringIO()
    log = ConsoleLog(out)
    log.started()
    for level in (logging.INFO, logging.WARNING, logging.ERROR):
        log.emit(_record(level, "text"))
    assert out.getvalue() == "nightlatch: text\nnightlatch: warning: text\nnightlatch: error: text\n"


def test_an_exception_is_one_line_with_its_place() -> None:
    out = io.StringIO()
    log = ConsoleLog(out)
    log.started()
    log.emit(_record(logging.ERROR, "Addon error", _raised()))
    assert out.getvalue().startswith("nightlatch: error: Addon error (KeyError: 'gone' at ")
    assert out.getvalue().count("\n") == 1
    assert "test_console_log.py:" in out.getvalue()


def test_what_is_quoted_steers_no_terminal_and_looks_like_no_message() -> None:
    out = io.StringIO()
    log = ConsoleLog(out)
    log.started()
    log.emit(_record(logging.WARNING, "alert of \x1b]0;root\x07 eve\nnightlatch: all is well\r"))
    assert out.getvalue() == "nightlatch: warning: alert of ?]0;root? eve\n    nightlatch: all is well?\n"


def test_errors_of_the_start_are_kept_back() -> None:
    out = io.StringIO()
    log = ConsoleLog(out)
    log.emit(_record(logging.ERROR, "first"))
    log.emit(_record(logging.WARNING, "second"))
    assert (log.startup_errors, out.getvalue()) == (["first"], "nightlatch: warning: second\n")


def test_a_closed_stderr_is_no_reason_to_stop() -> None:
    out = io.StringIO()
    out.close()
    ConsoleLog(out).say("text")


def test_it_listens_until_it_is_told_not_to() -> None:
    out = io.StringIO()
    log = ConsoleLog(out)
    log.install()
    logging.getLogger("nightlatch.somewhere").info("one")
    logging.getLogger("elsewhere").info("not shown")
    log.uninstall()
    logging.getLogger("nightlatch.somewhere").info("two")
    assert out.getvalue() == "nightlatch: one\n"
