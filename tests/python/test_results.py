# SPDX-License-Identifier: GPL-3.0-or-later
"""Results are what the JSON Schema says, and objects of a newer program can be read."""

import dataclasses
import json
import typing

import pytest
from conftest import PROJECT
from stm32boot import results

SCHEMA = json.loads((PROJECT / "packaging/schema/stm32boot.schema.json").read_text())["definitions"]
DEFINITIONS = {
    results.Device: "device",
    results.Range: "range",
    results.Enter: "enter",
    results.Run: "run",
    results.UnderGuard: "under_guard",
    results.Guard: "guard_status",
    results.Result: "result",
    results.EnterResult: "enter_command",
    results.FlashResult: "flash",
    results.VerifyResult: "verify",
    results.ReadResult: "read",
    results.EraseResult: "erase",
    results.RunResult: "run_command",
    results.RestartResult: "restart",
    results.InfoResult: "info",
    results.ListResult: "list",
}
ELSEWHERE = {"Difference", "ImageFile", "MemoryPart", "Memory", "Sector"}  # within others
DEVICE = {"usb": "1-1", "mode": "dfu", "id": "0483:df11", "product": "a", "serial": "b", "ports": ["c"]}


def resolved(node):
    return SCHEMA[node["$ref"].rpartition("/")[2]] if "$ref" in node else node


def properties(name):
    """Of an object; a result has the fields of all results, too."""
    own = dict(SCHEMA[name].get("properties", {}))
    return {**SCHEMA["result"]["properties"], **own} if "patternProperties" in SCHEMA[name] else own


def required(name):
    """In each result of success that is about one board."""
    node = SCHEMA[name]
    if "then" not in node:
        return set(node.get("required", []))
    ways = [set(way["required"]) for way in node["then"]["anyOf"]]
    others = [{"boards", "seconds"}, {"text"}, {"watch_ended"}]
    ways = [way for way in ways if way not in others and "passed" not in way]
    return set.intersection(*ways) | set(SCHEMA["result"]["required"])


def check(hint, node, where):
    """The type of a field against the schema of its value."""
    node = resolved(node)
    kinds = node.get("type", "boolean" if "const" in node else "string")
    kinds = set(kinds if isinstance(kinds, list) else [kinds])
    arguments = typing.get_args(hint)
    if type(None) in arguments:
        hint, arguments = arguments[0], typing.get_args(arguments[0])
    else:
        assert "null" not in kinds, f"{where} can be null"
    kinds.discard("null")
    if typing.get_origin(hint) is tuple:
        assert kinds == {"array"}, where
        check(arguments[0], node["items"], where)
    elif dataclasses.is_dataclass(hint):
        assert kinds == {"object"}, where
        check_fields(hint, node["properties"], set(node["required"]))
    elif hint in (int, bytes) and kinds == {"string"}:
        assert node["pattern"] == {int: SCHEMA["address"], bytes: SCHEMA["bytes"]}[hint]["pattern"], where
    else:
        assert {int: "integer", float: "number", str: "string", bool: "boolean"}[hint] in kinds, where


def check_fields(kind, allowed, always_there):
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        where = f"{kind.__name__}.{field.name}"
        if field.name == "json":
            continue
        assert field.name in allowed, f"{where} is not in the schema"
        check(hints[field.name], allowed[field.name], where)
        if field.default is dataclasses.MISSING:
            assert field.name in always_there, f"{where} may be absent"


@pytest.mark.parametrize("kind", DEFINITIONS, ids=lambda kind: kind.__name__)
def test_each_field_is_in_the_schema_and_has_its_type(kind):
    name = DEFINITIONS[kind]
    check_fields(kind, properties(name), required(name))


def test_each_field_of_the_schema_is_there():
    left_out = {"watch_ended", "serial", "passed", "failed", "enumeration_failure", "virtual"}
    for kind, name in DEFINITIONS.items():
        if kind is not results.Result:
            missing = set(SCHEMA[name]["properties"]) - {field.name for field in dataclasses.fields(kind)}
            assert missing - left_out == set(), kind.__name__


def test_progress_has_fields_of_its_events():
    events = [SCHEMA[name]["properties"] for name in ("begin", "progress", "end")]
    for field in dataclasses.fields(results.Progress):
        assert any(field.name in event for event in events), field.name


def test_every_dataclass_is_looked_at():
    classes = {c for c in vars(results).values() if dataclasses.is_dataclass(c)}
    names = {c.__name__ for c in classes} - {c.__name__ for c in DEFINITIONS} - ELSEWHERE - {"Progress"}
    assert names == set()


def test_fields_of_a_newer_program_are_ignored():
    device = results.from_json(results.Device, {**DEVICE, "colour": "blue"})
    assert device.ports == ("c",) and not hasattr(device, "colour")


def test_what_is_absent_or_null_is_none():
    run = {"address": "0x08000000", "left": True, "back": False, "seconds": 1}
    found = results.from_json(results.Run, run)
    assert found == results.Run(address=0x08000000, left=True, back=False, seconds=1.0, device=None)
    assert type(found.seconds) is float


@pytest.mark.parametrize(
    "change",
    [{"usb": None}, {"ports": "c"}, {"ports": [1]}, {"serial": 1}],
    ids=["null", "no list", "number in a list", "number"],
)
def test_other_types_are_refused_by_name(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        results.from_json(results.Device, {**DEVICE, **change})


@pytest.mark.parametrize("address", ["08000000", "0x8000000", "0x0800000G", 1.5, True, None])
def test_an_address_is_eight_digits(address):
    with pytest.raises(ValueError, match="address"):
        results.from_json(results.Range, {"address": address, "bytes": 4})


def test_a_missing_field_is_named():
    with pytest.raises(ValueError, match="mode is missing"):
        results.from_json(results.Device, {"usb": "1-1"})


def test_results_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        results.from_json(results.Device, DEVICE).usb = "1-2"
