# SPDX-License-Identifier: GPL-3.0-or-later
"""The console of a board: what it says, and what it is told. `stm32boot monitor` follows it through resets."""

from __future__ import annotations

import contextlib
import re
import threading
import weakref
from types import TracebackType
from typing import Callable, Iterator, Match, Optional, Pattern, Type, TypeVar, Union

from . import errors
from ._program import Program
from .board import Board

T = TypeVar("T")

CLOSES_WITHIN = 5.0
QUOTED = 300


class Console:
    """The console of a board, as a context manager. Nothing waits longer than `timeout` seconds.

        with stm32boot.Console() as console:
            console.send("version\\r")
            console.expect("1.2.0")

    Other calls may work on the board meanwhile, such as restart() and flash(). Not so with a virtual board in a file,
    which is for one of them at a time.
    """

    def __init__(self, board: Optional[Board] = None, *, timeout: float = 10.0) -> None:
        board = board or Board()
        self.timeout = timeout
        words = board.words("firmware", "trigger", "text", "tries", "timeout")
        self._program = Program(board.program, ["monitor", *words], has_input=True)
        self._heard = _Heard()
        self._at = 0  # what is before it was expected, or given out as a line
        self.is_closed = False
        self._reader = threading.Thread(target=self._heard.read, args=(self._program,), daemon=True)
        self._reader.start()
        # Where nobody closes it, it is stopped all the same.
        self._end = weakref.finalize(self, self._program.stop, CLOSES_WITHIN)

    @property
    def text(self) -> str:
        """All that the board has said so far."""
        return self._heard.text

    def expect(self, text: Union[str, Pattern[str]], timeout: Optional[float] = None) -> Match[str]:
        """Waits until the board says this text, or what matches this pattern, after what was expected or read before.
        NoResponseError: it has not within `timeout`."""
        __tracebackhide__ = True  # of pytest
        pattern = re.compile(re.escape(text)) if isinstance(text, str) else text
        wanted = text if isinstance(text, str) else text.pattern
        found = self._wait(lambda said: pattern.search(said, self._at), timeout, repr(wanted))
        self._at = found.end()
        return found

    def readline(self, timeout: Optional[float] = None) -> str:
        """The next line, without its end. NoResponseError: there is none within `timeout`."""
        __tracebackhide__ = True
        line = re.compile(r"([^\n]*)\n")
        found = self._wait(lambda said: line.match(said, self._at), timeout, "a line")
        self._at = found.end()
        return found[1].rstrip("\r")

    def __iter__(self) -> Iterator[str]:
        """Line by line, up to the end of the console. NoResponseError: there is none within its `timeout`."""
        with contextlib.suppress(errors.ConsoleClosedError):
            while True:
                yield self.readline()
        rest = self.text[self._at :]
        self._at += len(rest)
        if rest:
            yield rest

    def send(self, text: str, timeout: Optional[float] = None) -> None:
        """Sends this as it is. A board that is not there gets it when it is."""
        seconds = self.timeout if timeout is None else timeout
        is_sent = threading.Event()
        writer = threading.Thread(target=self._write, args=(text.encode(), is_sent), daemon=True)
        writer.start()
        writer.join(seconds)
        if writer.is_alive():
            raise errors.NoResponseError("it does not take what is sent to it", kind="not-heard")
        if not is_sent.is_set():
            self._heard.wait(lambda _: None, seconds)  # its end, which says why
            self._heard.raise_if_ended(self.is_closed)
            raise errors.ConsoleClosedError("the console does not listen any more")

    def _write(self, text: bytes, is_sent: threading.Event) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._program.input.write(text)
            self._program.input.flush()
            is_sent.set()

    def _wait(self, find: Callable[[str], Optional[T]], timeout: Optional[float], wanted: str) -> T:
        __tracebackhide__ = True
        seconds = self.timeout if timeout is None else timeout
        found = self._heard.wait(find, seconds)
        if found is not None:
            return found
        self._heard.raise_if_ended(self.is_closed)
        rest = self.text[self._at :]
        said = f"what it said is {rest[-QUOTED:]!r}" if rest else "it said nothing"
        raise errors.NoResponseError(f"it did not say {wanted} within {seconds:g} s; {said}", kind="not-heard")

    def close(self) -> None:
        """Ends it; may be called again. If it has ended by an error that nothing has raised yet, that is raised now."""
        is_first = not self.is_closed
        self.is_closed = True
        if is_first and not self._heard.has_ended:
            self._heard.forgive()
        self._end()
        self._reader.join(CLOSES_WITHIN)
        if is_first:
            self._heard.raise_problem()

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        try:
            self.close()
        except errors.Stm32bootError:
            if error is None:
                raise


class _Heard:
    """What the board says, as a thread reads it, and how that ended."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._text = ""
        self._has_ended = False
        self._problem: Optional[errors.Stm32bootError] = None
        self._is_forgiven = False

    @property
    def text(self) -> str:
        with self._news:
            return self._text

    @property
    def has_ended(self) -> bool:
        with self._news:
            return self._has_ended

    def read(self, program: Program) -> None:
        problem: Optional[errors.Stm32bootError] = None
        try:
            for event in program.events():
                if event["event"] == "console":
                    self._add(str(event.get("text", "")))
            program.outcome()
        except errors.Stm32bootError as error:
            problem = error
        with self._news:
            self._has_ended = True
            self._problem = problem
            self._news.notify_all()

    def _add(self, text: str) -> None:
        with self._news:
            self._text += text
            self._news.notify_all()

    def wait(self, find: Callable[[str], Optional[T]], seconds: float) -> Optional[T]:
        """What is found in the text; None after this time, or where it has ended."""
        with self._news:
            self._news.wait_for(lambda: self._has_ended or find(self._text) is not None, seconds)
            return find(self._text)

    def forgive(self) -> None:
        """What it ends with from now on is no problem."""
        with self._news:
            self._is_forgiven = True

    def raise_if_ended(self, is_closed: bool) -> None:
        __tracebackhide__ = True
        self.raise_problem()
        if is_closed or self.has_ended:
            raise errors.ConsoleClosedError("the console is closed" if is_closed else "the console has ended")

    def raise_problem(self) -> None:
        __tracebackhide__ = True
        with self._news:
            problem = None if self._is_forgiven else self._problem
            self._problem = None
        if problem is not None:
            raise problem
