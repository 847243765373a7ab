"""The life of the guard and of a test at it, between the plugin and what does the work."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from nightlatch.testing import artefacts, guard_process
from nightlatch.testing.control_client import ControlError
from nightlatch.testing.guard_process import Guard, GuardError
from nightlatch.testing.guarded_site import Nightlatch
from nightlatch.testing.mark_policy import MarkInvalid, asked, policy_text, with_limits
from nightlatch.testing.served_app import served

Marks = Iterable[tuple[tuple[object, ...], Mapping[str, object]]]


class Running(NamedTuple):
    """A test at the guard, and where it began in the guard's files."""

    site: Nightlatch
    guard: Guard
    begun: artefacts.Marks

    def keep(self, folder: Path, name: str, failure: str) -> str:
        """Keep what explains a failure below `folder`; what the report is to say besides `failure`, its own text."""
        explained = artefacts.explanations(self.site)
        place = artefacts.keep(folder, name, self.guard.files, self.begun, explained)
        return "\n\n".join((*artefacts.unsaid(explained, failure), f"kept in {place}"))


@contextmanager
def started(upstream: str | Callable[..., Any], folder: Path, options: Sequence[str], cwd: Path) -> Iterator[Guard]:
    """A guard of one's own in front of `upstream`, a URL or a WSGI application."""
    with ExitStack() as stack:
        url = upstream if isinstance(upstream, str) else stack.enter_context(served(upstream))
        try:
            guard = guard_process.start(url, folder, options, cwd)
        except GuardError as error:
            raise pytest.UsageError(str(error)) from None
        stack.callback(guard.stop)
        yield guard


@contextmanager
def attached(address: str) -> Iterator[Guard]:
    """Somebody else's guard, left at wall time and with nobody logged in."""
    try:
        guard = guard_process.attach(address)
    except (GuardError, ControlError) as error:
        raise pytest.UsageError(str(error)) from None
    yield guard
    guard.client.post("/reset")


@contextmanager
def fresh(guard: Guard, marks: Marks) -> Iterator[Running]:
    """A test at `guard`: nothing is left of earlier ones, the policy is as its marks say, and afterwards as before."""
    try:
        wanted = asked(marks)
        named = policy_text(wanted.pop("policy")) if "policy" in wanted else None
    except MarkInvalid as error:
        raise pytest.UsageError(f"@pytest.mark.nightlatch: {error}") from None
    site = Nightlatch(guard)
    usual = site.policy
    site.begin()
    try:
        _take_policy(site, with_limits(usual if named is None else named, wanted), usual)
        yield Running(site, guard, artefacts.marks(guard.files))
    finally:
        if site.policy != usual:
            site.reset()
            site.set_policy(usual)


def _take_policy(site: Nightlatch, text: str, usual: str) -> None:
    if text == usual:
        return
    try:
        site.set_policy(text)
    except ControlError as error:
        raise pytest.UsageError(f"@pytest.mark.nightlatch: {error}") from None
