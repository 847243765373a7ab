"""Where the audit trail is sent besides the ledger: options as text, sinks out. Knows neither mitmproxy nor the command
line; whoever raises `AuditInvalid` names the option."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from nightlatch.alerts.channel import Channel
from nightlatch.audit.file_sink import FileSink
from nightlatch.audit.shapes import SHAPES
from nightlatch.audit.syslog_sink import SyslogInvalid, SyslogSink, parse_address


class AuditInvalid(ValueError):
    """An option about the trail cannot be used; the message names the option and the remedy (exit code 3)."""


def read_sinks(options: Mapping[str, str]) -> tuple[Channel, ...]:
    """The sinks that the options (names without the `nightlatch_` prefix) ask for.

    Raises:
        AuditInvalid: one of them cannot be used.
    """
    return tuple(_sinks(options))


def _sinks(options: Mapping[str, str]) -> Iterator[Channel]:
    shape = options["audit_format"]
    if shape not in SHAPES:
        raise AuditInvalid(f"--audit-format `{shape}` is unknown; choose one of {', '.join(SHAPES)}")
    if options["audit_file"]:
        yield _file(Path(options["audit_file"]).expanduser().absolute(), shape)
    for text in options["audit_syslog"].split():
        try:
            yield SyslogSink(parse_address(text), shape)
        except SyslogInvalid as error:
            raise AuditInvalid(f"--audit-syslog: {error}") from None


def _file(path: Path, shape: str) -> FileSink:
    sink = FileSink(path, shape)
    try:
        sink.make()
    except OSError as error:
        raise AuditInvalid(f"--audit-file {path}: {error.strerror}; name a file that can be written") from None
    return sink
