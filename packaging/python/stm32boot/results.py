# SPDX-License-Identifier: GPL-3.0-or-later
"""What commands return: the fields that stm32boot-json(5) explains, by the same names.

Addresses are integers here. Fields that do not apply are None; what a newer program adds is only in `json`.
"""

from __future__ import annotations

import dataclasses
import re
import typing
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple, Type, TypeVar

T = TypeVar("T")
_ADDRESS = re.compile(r"0x[0-9A-F]{8}")


@dataclass(frozen=True)
class Device:
    """A board, as it is on the bus. `mode` is "application", "dfu" or "loader"."""

    usb: str
    mode: str
    id: str
    product: str
    serial: str
    ports: Tuple[str, ...]


@dataclass(frozen=True)
class Range:
    address: int
    bytes: int


@dataclass(frozen=True)
class Enter:
    """How the board went into DFU mode. `outcome` is "already", "entered", "bounced", "ignored" or "lost"."""

    outcome: str
    tried: Tuple[str, ...]
    fired: int
    seconds: float
    trigger: Optional[str] = None
    device: Optional[Device] = None
    answer: Optional[str] = None
    enumeration_failure: Optional[str] = None
    refusals: Optional[Tuple[str, ...]] = None


@dataclass(frozen=True)
class Run:
    """How the application came up."""

    address: int
    left: bool
    back: bool
    seconds: float
    device: Optional[Device] = None


@dataclass(frozen=True)
class Difference:
    address: int
    expected: bytes
    observed: bytes
    sector: Optional[Range] = None
    image: Optional[str] = None


@dataclass(frozen=True)
class ImageFile:
    """One of several that are flashed as one image."""

    image: str
    path: Optional[str]
    format: str
    address: int
    bytes: int


@dataclass(frozen=True)
class MemoryPart:
    """`access` is such as "rew": read, erase, write."""

    address: int
    sectors: int
    sector_bytes: int
    access: str


@dataclass(frozen=True)
class Memory:
    alternate: int
    name: str
    parts: Optional[Tuple[MemoryPart, ...]] = None
    problem: Optional[str] = None


@dataclass(frozen=True)
class Sector:
    address: int
    bytes: int
    empty: bool
    in_image: bool
    matches: Optional[bool] = None


@dataclass(frozen=True)
class UnderGuard:
    """Of a flash on a board with guard."""

    version: int
    new: bool
    stamped: bool


@dataclass(frozen=True)
class Guard:
    """`starts` is "application" or "rom", `stamp` is "none", "right" or "wrong"."""

    version: int
    record: int
    starts: str
    stamp: str
    stamped_bytes: int
    asks_confirm: bool
    problem: Optional[str] = None


@dataclass(frozen=True)
class Result:
    """What all results have. `json` is the whole object as the program printed it."""

    version: str
    remarks: Tuple[str, ...]
    json: Mapping[str, Any] = dataclasses.field(repr=False, compare=False)

    @property
    def virtual(self) -> bool:
        return bool(self.json.get("virtual", False))


@dataclass(frozen=True)
class EnterResult(Result):
    outcome: str
    tried: Tuple[str, ...]
    fired: int
    seconds: float
    device: Device
    trigger: Optional[str] = None
    answer: Optional[str] = None
    refusals: Optional[Tuple[str, ...]] = None


@dataclass(frozen=True)
class FlashResult(Result):
    """What is None after a flash is of a dry run, and the other way round."""

    image: str
    path: Optional[str]
    format: str
    address: int
    bytes: int
    lost: Optional[Tuple[Range, ...]]
    guard: Optional[UnderGuard]
    seconds: Optional[float] = None
    sectors: Optional[int] = None
    sectors_erased: Optional[int] = None
    sectors_blank: Optional[int] = None
    bytes_written: Optional[int] = None
    bytes_verified: Optional[int] = None
    verified: Optional[bool] = None
    x32: Optional[bool] = None
    restarts: Optional[int] = None
    starts_by_itself: Optional[bool] = None
    enter: Optional[Enter] = None
    run: Optional[Run] = None
    dry_run: Optional[bool] = None
    device: Optional[Device] = None
    layout_assumed: Optional[bool] = None
    compared: Optional[bool] = None
    touched: Optional[Tuple[Range, ...]] = None
    erase: Optional[Tuple[Range, ...]] = None
    write_bytes: Optional[int] = None
    images: Optional[Tuple[ImageFile, ...]] = None


@dataclass(frozen=True)
class VerifyResult(Result):
    image: str
    path: Optional[str]
    format: str
    address: int
    bytes: int
    sectors: int
    verified: bool
    differences: Tuple[Difference, ...]
    enter: Enter
    seconds: float
    run: Optional[Run] = None
    images: Optional[Tuple[ImageFile, ...]] = None


@dataclass(frozen=True)
class ReadResult(Result):
    output: Optional[str]
    format: str
    memory: str
    address: int
    bytes: int
    enter: Enter
    seconds: float
    run: Optional[Run] = None


@dataclass(frozen=True)
class EraseResult(Result):
    all: bool
    bytes: int
    sectors: Tuple[Range, ...]
    verified: bool
    x32: bool
    enter: Enter
    seconds: float
    run: Optional[Run] = None


@dataclass(frozen=True)
class RunResult(Result):
    """`image` and what follows: of one for RAM. What is None after a run is of a dry run, and the other way round."""

    address: int
    left: Optional[bool] = None
    back: Optional[bool] = None
    seconds: Optional[float] = None
    device: Optional[Device] = None
    image: Optional[str] = None
    path: Optional[str] = None
    format: Optional[str] = None
    images: Optional[Tuple[ImageFile, ...]] = None
    bytes: Optional[int] = None
    bytes_verified: Optional[int] = None
    restarts: Optional[int] = None
    enter: Optional[Enter] = None
    run: Optional[Run] = None
    dry_run: Optional[bool] = None
    layout_assumed: Optional[bool] = None


@dataclass(frozen=True)
class RestartResult(Result):
    enter: Enter
    run: Run
    seconds: float


@dataclass(frozen=True)
class InfoResult(Result):
    """Without a board, there is only what is about the image."""

    seconds: Optional[float] = None
    usb: Optional[str] = None
    id: Optional[str] = None
    product: Optional[str] = None
    serial: Optional[str] = None
    chips: Optional[Tuple[str, ...]] = None
    dfuse: Optional[str] = None
    release: Optional[str] = None
    bootloader_id: Optional[int] = None
    transfer_bytes: Optional[int] = None
    guard: Optional[Guard] = None
    memories: Optional[Tuple[Memory, ...]] = None
    sectors: Optional[Tuple[Sector, ...]] = None
    unreadable: Optional[str] = None
    image: Optional[str] = None
    path: Optional[str] = None
    format: Optional[str] = None
    address: Optional[int] = None
    bytes: Optional[int] = None
    segments: Optional[Tuple[Range, ...]] = None
    made_for: Optional[str] = None
    family: Optional[int] = None
    objection: Optional[str] = None
    enter: Optional[Enter] = None
    run: Optional[Run] = None
    images: Optional[Tuple[ImageFile, ...]] = None


@dataclass(frozen=True)
class ListResult(Result):
    items: Tuple[Device, ...]


@dataclass(frozen=True)
class Progress:
    """A stage begins, goes on or ends: `event` is "begin", "progress" or "end". Without a `total`, there is nothing to
    count. `stage` is "find", "enter", "compare", "erase", "write", "verify", "read", "commit" or "run"."""

    event: str
    stage: str
    done: int
    total: int
    text: Optional[str] = None


def from_json(kind: Type[T], source: Mapping[str, Any]) -> T:
    """An object of the program as a dataclass. ValueError: it lacks a field, or has one of another type."""
    hints = typing.get_type_hints(kind)
    values = {}
    for field in dataclasses.fields(kind):
        if field.name == "json":
            values["json"] = source
        elif field.name in source:
            values[field.name] = _value(hints[field.name], source[field.name], field.name)
        elif field.default is dataclasses.MISSING:
            raise ValueError(f"{field.name} is missing")
    return kind(**values)


def _value(hint: Any, value: Any, name: str) -> Any:
    arguments = typing.get_args(hint)
    if type(None) in arguments:
        return None if value is None else _value(arguments[0], value, name)
    if typing.get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_value(arguments[0], item, name) for item in value)
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        return from_json(hint, value)
    if hint is int and isinstance(value, str) and _ADDRESS.fullmatch(value):
        return int(value, 16)
    if hint is bytes and isinstance(value, str):
        return bytes.fromhex(value)
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is hint:
        return value
    raise ValueError(f"{name} is {value!r}")
