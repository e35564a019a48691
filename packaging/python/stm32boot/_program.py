# SPDX-License-Identifier: GPL-3.0-or-later
"""The program stm32boot as a process: its lines of JSON as they come, its end, and what that means."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import IO, Any, Dict, Iterator, List, Mapping, Optional

from . import errors

SCHEMA = 1
LONGEST_LINE = 16 * 1024 * 1024
# After an interrupt, a flash first puts back what shares a sector with the image.
STOPS_WITHIN = 60.0
# Once it has closed its output.
ENDS_WITHIN = 10.0
KEPT_OF_STDERR = 2000

_log = logging.getLogger("stm32boot")
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


class OutOfTime(Exception):
    """The deadline of Program.events() has passed."""


class Program:
    def __init__(self, program: Optional[str], words: List[str], has_input: bool = False) -> None:
        self.name = program or os.environ.get("STM32BOOT") or "stm32boot"
        self.result: Optional[Mapping[str, Any]] = None
        self._lines: queue.Queue[Optional[bytes]] = queue.Queue()
        self._stderr = b""
        self._process = self._start([self.name, "--json", *words], subprocess.PIPE if has_input else subprocess.DEVNULL)
        assert self._process.stdout and self._process.stderr
        self._readers = [
            threading.Thread(target=self._read_lines, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._read_stderr, args=(self._process.stderr,), daemon=True),
        ]
        try:
            for reader in self._readers:
                reader.start()
        except BaseException:  # Ctrl-C
            self.stop()
            if self._readers[0].ident is None:
                self._process.stdout.close()
            if self._readers[1].ident is None:
                self._process.stderr.close()
            raise

    def _start(self, command: List[str], stdin: int) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        try:
            # A group of its own: a Ctrl-C of the terminal reaches it once, through us. The second one would kill it.
            if sys.platform == "win32":
                group = subprocess.CREATE_NEW_PROCESS_GROUP
                return subprocess.Popen(command, stdin=stdin, stdout=pipe, stderr=pipe, creationflags=group)
            return subprocess.Popen(command, stdin=stdin, stdout=pipe, stderr=pipe, start_new_session=True)
        except OSError as error:
            raise errors.ProgramNotFoundError(
                f"cannot be started: {error.strerror or error}",
                context=self.name,
                hints=("install stm32boot, or say in the variable STM32BOOT where it is",),
            ) from error

    @property
    def input(self) -> IO[bytes]:
        assert self._process.stdin
        return self._process.stdin

    def events(self, until: Optional[float] = None) -> Iterator[Dict[str, Any]]:
        """What it prints, up to its result and the end. OutOfTime: at `until`, a time of time.monotonic().
        ProgramOutputError: at the first line that is no event."""
        while True:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise OutOfTime
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                continue
            if line is None:
                return
            event = self._parse(line)
            if event["event"] == "result":
                self.result = event
            elif event["event"] == "note":
                _log.log(_LEVELS.get(str(event.get("level")), logging.INFO), "%s", event.get("text"))
            else:
                yield event

    def _parse(self, line: bytes) -> Dict[str, Any]:
        event = _event(line)
        if event is not None:
            return event
        text = line[:100].decode(errors="replace").rstrip()
        raise self._output_error(f"does not print the lines of stm32boot-json(5), but {text!r}")

    def stop(self, within: Optional[float] = None) -> None:
        """Interrupts it, as Ctrl-C does, and waits for its end. What does not end within this time is killed."""
        try:
            self._interrupt()
            self._process.wait(STOPS_WITHIN if within is None else within)
        except subprocess.TimeoutExpired:
            self.kill()
        except KeyboardInterrupt:  # the second one
            self.kill()
            raise
        if self._process.stdin and self._process.poll() is not None:
            with contextlib.suppress(OSError):  # of what was not sent
                self._process.stdin.close()

    def kill(self) -> None:
        if sys.platform == "win32":
            self._process.kill()
        else:
            self._to_group(signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):  # where a driver holds it
            self._process.wait(ENDS_WITHIN)

    def _interrupt(self) -> None:
        if sys.platform == "win32":
            self._process.send_signal(signal.CTRL_BREAK_EVENT)
        elif signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
            self._to_group(signal.SIGTERM)  # as nohup does: the program ignores SIGINT as well then
        else:
            self._to_group(signal.SIGINT)

    if sys.platform != "win32":

        def _to_group(self, number: int) -> None:
            if self._process.poll() is None:
                try:
                    os.killpg(self._process.pid, number)
                except ProcessLookupError:
                    pass

    def take_rest(self) -> None:
        """What it has printed until it was stopped: its result, perhaps."""
        self._readers[0].join(ENDS_WITHIN)
        while not self._lines.empty():
            event = _event(self._lines.get_nowait() or b"")
            if event is not None and event["event"] == "result":
                self.result = event

    def outcome(self) -> Mapping[str, Any]:
        """The result, after the end of events() or stop(). An exception if it is none of success."""
        try:
            status = self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            raise self._output_error("has closed its output, but does not end") from None
        result = self.result
        if status < 0:
            raise errors.ProgramKilledError(
                f"was killed by {_name_of_signal(-status)}", context=self.name, exit_code=status, result=result
            )
        if result is None:
            raise self._output_error(f"ended with status {status} and without a result")
        self._check_schema(result)
        if result.get("exit") != status or result.get("ok") != (status == 0):
            raise self._output_error(f"ended with status {status}, which is not that of its result")
        if status != 0:
            raise self._error(status, result)
        return result

    def _check_schema(self, result: Mapping[str, Any]) -> None:
        schema = result.get("schema")
        if schema == SCHEMA:
            return
        is_newer = isinstance(schema, int) and schema > SCHEMA
        raise errors.ProgramVersionError(
            f"is too {'new' if is_newer else 'old'}: it prints schema {schema}, and this package reads {SCHEMA}",
            context=self.name,
            hints=("update python3-stm32boot" if is_newer else "update stm32boot",),
            result=result,
        )

    def _error(self, status: int, result: Mapping[str, Any]) -> errors.Stm32bootError:
        error = result.get("error")
        if not isinstance(error, dict):
            return self._output_error(f"ended with status {status} and does not say why")
        message = str(error.get("text", ""))
        hints = error.get("hints")
        kind = errors.BY_EXIT_CODE.get(status)
        if kind is None:
            kind = errors.UnknownExitError
            message += f" (exit status {status}, which this package does not know)"
        return kind(
            message,
            context=str(error.get("context", "")),
            hints=tuple(str(hint) for hint in hints) if isinstance(hints, list) else (),
            kind=str(error.get("kind", "")),
            exit_code=status,
            result=result,
        )

    def unusable(self, why: str) -> errors.ProgramOutputError:
        return self._output_error(f"printed a result that makes no sense: {why}")

    def _output_error(self, message: str) -> errors.ProgramOutputError:
        if self._process.poll() is not None:
            self._readers[1].join(1.0)
        said = self._stderr.decode(errors="replace").strip()
        return errors.ProgramOutputError(
            f"{message}; on standard error: {said}" if said else message,
            context=self.name,
            exit_code=self._process.poll(),
            result=self.result,
        )

    def _read_lines(self, output: IO[bytes]) -> None:
        with output:
            for line in iter(lambda: output.readline(LONGEST_LINE), b""):
                self._lines.put(line)
        self._lines.put(None)

    # All of it is read, so that the program never waits for that.
    def _read_stderr(self, output: IO[bytes]) -> None:
        with output:
            for text in iter(lambda: os.read(output.fileno(), 4096), b""):
                self._stderr = (self._stderr + text)[-KEPT_OF_STDERR:]


def _event(line: bytes) -> Optional[Dict[str, Any]]:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _name_of_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
