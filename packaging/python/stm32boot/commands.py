# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of stm32boot as functions: a result if it was done, an exception if not."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Type, TypeVar, Union, cast

from . import errors, results
from ._program import OutOfTime, Program
from .board import Board

StrPath = Union[str, "os.PathLike[str]"]
Image = Union[StrPath, Tuple[StrPath, int]]
"""A file; with an address, a raw binary that goes there."""
Images = Union[Image, Sequence[Image]]
ProgressCallback = Callable[[results.Progress], None]
R = TypeVar("R", bound=results.Result)

_NOT_ENTERED = ("firmware", "trigger", "text", "tries")


def list_boards(*, virtual: Union[bool, StrPath] = False, program: Optional[str] = None) -> Tuple[results.Device, ...]:
    """The boards that are connected."""
    board = Board(virtual=virtual, program=program)
    return _call(results.ListResult, board, ["list", *Board(virtual=virtual).words()]).items


def enter(board: Optional[Board] = None, *, progress: Optional[ProgressCallback] = None) -> results.EnterResult:
    """Reboots a board into its ROM bootloader."""
    board = board or Board()
    return _call(results.EnterResult, board, ["enter", *board.words()], progress)


def flash(
    image: Images,
    board: Optional[Board] = None,
    *,
    address: Optional[int] = None,
    full: bool = False,
    skip_blank: bool = False,
    keep: bool = False,
    x32: bool = False,
    stamp: bool = True,
    verify: bool = True,
    only_flash: bool = False,
    force: bool = False,
    dry_run: bool = False,
    stay: bool = False,
    wait: bool = True,
    progress: Optional[ProgressCallback] = None,
) -> results.FlashResult:
    """Writes an image, or several as one, reads it back, starts the application and waits for it."""
    board = board or Board()
    flags = _flags(
        full=full,
        skip_blank=skip_blank,
        keep=keep,
        x32=x32,
        no_stamp=not stamp,
        no_verify=not verify,
        only_flash=only_flash,
        force=force,
        dry_run=dry_run,
        stay=stay,
        no_wait=not wait,
    )
    words = ["flash", *board.words(), *flags, *_numbers(address=address), *_files(image)]
    return _call(results.FlashResult, board, words, progress)


def verify(
    image: Images,
    board: Optional[Board] = None,
    *,
    address: Optional[int] = None,
    only_flash: bool = False,
    stay: bool = False,
    progress: Optional[ProgressCallback] = None,
) -> results.VerifyResult:
    """Compares flash with an image or several. MismatchError: it differs; the error's `result` has the differences."""
    board = board or Board()
    flags = _flags(only_flash=only_flash, stay=stay)
    words = ["verify", *board.words(), *flags, *_numbers(address=address), *_files(image)]
    return _call(results.VerifyResult, board, words, progress)


def read(
    output: StrPath,
    board: Optional[Board] = None,
    *,
    address: Optional[int] = None,
    length: Optional[int] = None,
    overwrite: bool = False,
    stay: bool = False,
    progress: Optional[ProgressCallback] = None,
) -> results.ReadResult:
    """Reads flash, or another memory, into a .bin, .hex or .srec."""
    board = board or Board()
    flags = _flags(overwrite=overwrite, stay=stay)
    words = ["read", *board.words(), *flags, *_numbers(address=address, length=length), *_files(output)]
    return _call(results.ReadResult, board, words, progress)


def read_bytes(
    address: int,
    length: int,
    board: Optional[Board] = None,
    *,
    stay: bool = False,
    progress: Optional[ProgressCallback] = None,
) -> bytes:
    """What is in flash, or in another memory."""
    with tempfile.TemporaryDirectory(prefix="stm32boot-") as folder:
        output = Path(folder) / "read.bin"
        read(output, board, address=address, length=length, stay=stay, progress=progress)
        return output.read_bytes()


def erase(
    board: Optional[Board] = None,
    *,
    chip: bool = False,
    sectors: Optional[Iterable[int]] = None,
    address: Optional[int] = None,
    length: Optional[int] = None,
    verify: bool = True,
    x32: bool = False,
    stay: bool = False,
    progress: Optional[ProgressCallback] = None,
) -> results.EraseResult:
    """Erases what is named: the whole chip, sectors by number, or those from an address on."""
    board = board or Board()
    words = ["erase", *board.words(), *_flags(chip=chip, no_verify=not verify, x32=x32, stay=stay)]
    if sectors is not None:
        words.append("--sectors=" + ",".join(str(sector) for sector in sectors))
    words += _numbers(address=address, length=length)
    return _call(results.EraseResult, board, words, progress)


def run(
    board: Optional[Board] = None,
    *,
    image: Optional[Images] = None,
    address: Optional[int] = None,
    wait: bool = True,
    force: bool = False,
    dry_run: bool = False,
    progress: Optional[ProgressCallback] = None,
) -> results.RunResult:
    """Leaves DFU mode and starts the application; or loads an image into RAM, reads it back and starts that."""
    board = board or Board()
    flags = _flags(no_wait=not wait, force=force, dry_run=dry_run)
    there = board.words(*_NOT_ENTERED) if image is None else board.words()
    words = ["run", *there, *flags, *_numbers(address=address)]
    if image is not None:
        words += _files(image)
    return _call(results.RunResult, board, words, progress)


def restart(
    board: Optional[Board] = None, *, wait: bool = True, progress: Optional[ProgressCallback] = None
) -> results.RestartResult:
    """Restarts the application."""
    board = board or Board()
    return _call(results.RestartResult, board, ["restart", *board.words(), *_flags(no_wait=not wait)], progress)


def info(
    board: Optional[Board] = None,
    *,
    image: Optional[Images] = None,
    address: Optional[int] = None,
    only_flash: bool = False,
    stay: bool = False,
    progress: Optional[ProgressCallback] = None,
) -> results.InfoResult:
    """The chip and the memories of a board, and what an image is and would change."""
    board = board or Board()
    words = ["info", *board.words(), *_flags(only_flash=only_flash, stay=stay), *_numbers(address=address)]
    if image is not None:
        words += _files(image)
    return _call(results.InfoResult, board, words, progress)


def _flags(**flags: bool) -> List[str]:
    return ["--" + name.replace("_", "-") for name, is_set in flags.items() if is_set]


def _numbers(**numbers: Optional[int]) -> List[str]:
    return [f"--{name}={number:#x}" for name, number in numbers.items() if number is not None]


def _files(images: Images) -> List[str]:
    words = ["--"]  # whole paths: "-" would be standard input
    for path, address in _pairs(images):
        words.append(os.path.abspath(path) + (f"@{address:#x}" if address is not None else ""))
    return words


def _pairs(images: Images) -> List[Tuple[StrPath, Optional[int]]]:
    if isinstance(images, (str, os.PathLike)):
        return [(images, None)]
    if isinstance(images, tuple) and len(images) == 2 and isinstance(images[1], int):
        return [cast(Tuple[StrPath, int], images)]
    return [pair for image in cast(Sequence[Image], images) for pair in _pairs(image)]


def _call(kind: Type[R], board: Board, words: List[str], progress: Optional[ProgressCallback] = None) -> R:
    __tracebackhide__ = True  # of pytest
    program = Program(board.program, words)
    try:
        totals: Dict[str, int] = {}
        for event in program.events(time.monotonic() + board.deadline):
            if progress is not None:
                _tell(progress, event, totals)
    except OutOfTime:
        program.stop()
        program.take_rest()
        if program.result is None or not program.result.get("ok"):  # else it was done just then
            raise errors.DeadlineError(
                f"was not done within {board.deadline:g} s, and was stopped",
                context=program.name,
                result=program.result,
            ) from None
    except BaseException:  # Ctrl-C, or of `progress`
        program.stop()
        raise
    result = program.outcome()
    try:
        return results.from_json(kind, result)
    except ValueError as error:
        raise program.unusable(str(error)) from error


def _tell(progress: ProgressCallback, event: Mapping[str, Any], totals: Dict[str, int]) -> None:
    if event["event"] not in ("begin", "progress", "end"):
        return
    stage = str(event.get("stage"))
    if event["event"] == "begin":
        totals[stage] = event.get("total", 0)
    progress(results.Progress(event["event"], stage, event.get("done", 0), totals.get(stage, 0), event.get("text")))
