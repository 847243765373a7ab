"""Writing behind: the event loop hands over what is to be written, a thread of its own writes it.

No write ever holds up a request: activity is kept in memory, exact, laid over whatever is read, and is on disk within
250 ms; durable work is answered through a future once it is on disk. Knows the ledger's port only.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

from nightlatch.clock import monotonic_now
from nightlatch.core.session import Session
from nightlatch.ledger.port import Decision, LedgerError, LedgerWriter, Overtaken
from nightlatch.ledger.touches import laid_over, touch_of

T = TypeVar("T")

DECISIONS_WAITING = 10_000
"""How many decisions wait at most for a ledger that cannot be written; then the oldest are dropped."""

PAUSES_HELD = 8
"""For how many pauses of the thread a touch is still held after it was written: whoever read the ledger just before
lays it over what was read. Not counted in seconds, so that a process that was suspended meanwhile loses none."""


class Call(NamedTuple):
    """Durable work and where its result goes."""

    work: Callable[[LedgerWriter], Any]
    result: "Future[Any]"


class Batch(NamedTuple):
    """What one round writes, in this order."""

    touched: dict[str, Session]
    decisions: deque[Decision]
    calls: list[Call]
    stopping: bool


class WriteBehind:
    """Owns a `LedgerWriter` on a thread of its own. All its methods but `stop` return at once."""

    def __init__(self, open_writer: Callable[[], LedgerWriter], flush_every: float = 0.25) -> None:
        """`flush_every`: seconds within which a touch is on disk, the writing included."""
        self._open_writer = open_writer
        self._pause = flush_every * 0.8
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._held: dict[str, Session] = {}
        self._pauses, self._counted_at = 0, monotonic_now()
        self._landed: deque[tuple[int, dict[str, Session]]] = deque()
        self._batch = self._writing = _empty()
        self._refusal: str | None = "The ledger is not open yet."
        self._thread: threading.Thread | None = None
        self.failure: str | None = None
        """Why the last write failed; None again as soon as one succeeds."""
        self._untold: str | None = None

    def start(self) -> None:
        """Open the ledger on the thread.

        Raises:
            LedgerError: it cannot be opened.
        """
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._live, args=(opened,), name="nightlatch-ledger", daemon=True)
        self._thread.start()
        opened.result()

    def stop(self) -> None:
        """Write what is pending, close the ledger, end the thread. What cannot be written is named by `failure`."""
        with self._changed:
            self._batch = self._batch._replace(stopping=True)
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def overcome(self) -> str | None:
        """What could not be written and can be again: told once. None while it lasts, and where nothing was amiss."""
        if self.failure is not None:
            return None
        told, self._untold = self._untold, None
        return told

    def _failed(self, reason: str) -> str:
        self.failure = self._untold = reason
        return reason

    def touch(self, session: Session) -> None:
        """Keep `session`, as it is after activity, until it is on disk. The latest of a session wins."""
        with self._lock:
            first = not self._batch.touched
            self._held[session.id] = self._batch.touched[session.id] = session
            self._notify_if(first)

    def overlay(self, session: Session) -> Session:
        """`session` as it was just read, with the activity that was not in the ledger yet; the very same object when
        there was none. An ended session stays as it ended."""
        held = self._held.get(session.id)
        return session if held is None else laid_over(session, held)

    def log(self, decision: Decision) -> None:
        """Keep a line for the decision log."""
        with self._lock:
            first = not self._batch.decisions
            self._batch.decisions.append(decision)
            self._notify_if(first)

    def submit(self, work: Callable[[LedgerWriter], T]) -> "Future[T]":
        """Have `work` done at once, after the touches that came before it; the future tells when it is on disk.

        It cannot be cancelled: an end is written even when the client who caused it has hung up. The future raises
        `LedgerError` when the ledger cannot be written.
        """
        result: Future[T] = Future()
        result.set_running_or_notify_cancel()
        with self._changed:
            if self._refusal is None:
                self._batch.calls.append(Call(work, result))
                self._changed.notify()
            else:
                result.set_exception(LedgerError(self._refusal))
        return result

    def _notify_if(self, first: bool) -> None:
        """Only the first of a kind wakes the thread: it then waits for more of its own accord. (A session that is
        touched again and again is one entry, and would wake it at every request.)"""
        if first:
            self._changed.notify()

    def _live(self, opened: "Future[None]") -> None:
        """The thread's whole life."""
        try:
            writer = self._open_writer()
        except BaseException as error:  # whatever it is, the caller is waiting for it
            opened.set_exception(error)
            return
        self._refusal = None
        opened.set_result(None)
        reason = "The ledger is closed."
        try:
            self._write_all(writer)
        except BaseException as error:
            reason = self._failed(f"The ledger's thread ended by mistake: {error!r}. Restart nightlatch.")
        finally:
            self._refuse_rest(reason)
            writer.close()

    def _write_all(self, writer: LedgerWriter) -> None:
        stopping = False
        while not stopping:
            self._writing = self._next()
            stopping = self._writing.stopping
            self._write(writer, self._writing)
            self._let_go()

    def _next(self) -> Batch:
        """Wait for something to write, then a little for more of it; durable work waits for nothing."""
        with self._changed:
            resting = not self._landed and self.failure is None
            woken = self._changed.wait_for(self._has_work, timeout=None if resting else self._pause)
            if any(self._batch[:2]):
                woken = self._changed.wait_for(self._is_urgent, timeout=self._pause)
            self._count_pause(woken)
            batch, self._batch = self._batch, _empty()
            return batch

    def _count_pause(self, woken: bool) -> None:
        """One a round at most, so that a process that stood still has lost none; but one also where durable work comes
        so often that there never is a quiet one, or nothing would be let go of."""
        now = monotonic_now()
        if not woken or now - self._counted_at >= self._pause * 1_000_000:
            self._pauses, self._counted_at = self._pauses + 1, now

    def _has_work(self) -> bool:
        return any(self._batch)

    def _is_urgent(self) -> bool:
        return any(self._batch[2:])

    def _write(self, writer: LedgerWriter, batch: Batch) -> None:
        """Touches, log, durable work. What follows a failure is not tried: it would wait as long again."""
        try:
            self._flush(writer, batch)
        except Exception as error:
            reason = self._failed(_told(error))
            self._keep(batch, error)
            _refuse(batch.calls, reason)
            return
        for call in batch.calls:
            self._do(writer, call)

    def _flush(self, writer: LedgerWriter, batch: Batch) -> None:
        if batch.touched:
            writer.touch(map(touch_of, batch.touched.values()))
            self._landed.append((self._pauses, batch.touched))
        if batch.decisions:
            writer.log(batch.decisions)
        if self.failure is not None and not any(batch[:2]):
            writer.probe()  # a guard that refuses everything has nothing to write, and would never learn better
        self.failure = None

    def _keep(self, batch: Batch, error: Exception) -> None:
        """Touches are tried again; the log, which has no authority, only when it is not itself at fault."""
        waiting = batch.decisions if isinstance(error, LedgerError) else ()
        with self._changed:
            self._batch = self._batch._replace(
                touched={**batch.touched, **self._batch.touched},
                decisions=deque((*waiting, *self._batch.decisions), DECISIONS_WAITING),
            )

    def _do(self, writer: LedgerWriter, call: Call) -> None:
        try:
            result = call.work(writer)
        except BaseException as error:
            if isinstance(error, LedgerError) and not isinstance(error, Overtaken):
                self._failed(str(error))
            call.result.set_exception(error)
        else:
            self.failure = None
            call.result.set_result(result)

    def _let_go(self) -> None:
        """Forget touches that have long been in the ledger, unless newer ones of the same session came."""
        while self._landed and self._landed[0][0] + PAUSES_HELD <= self._pauses:
            _, written = self._landed.popleft()
            with self._changed:
                for key, session in written.items():
                    if self._held.get(key) is session:
                        del self._held[key]

    def _refuse_rest(self, reason: str) -> None:
        with self._changed:
            self._refusal = reason
            _refuse((*self._writing.calls, *self._batch.calls), reason)


def _empty() -> Batch:
    return Batch({}, deque(maxlen=DECISIONS_WAITING), [], False)


def _refuse(calls: Iterable[Call], reason: str) -> None:
    for call in calls:
        if not call.result.done():
            call.result.set_exception(LedgerError(reason))


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, LedgerError) else f"The ledger could not be written: {error!r}."
