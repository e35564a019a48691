# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin, in runs of pytest of its own."""

import os
import re
from pathlib import Path

import pytest
import stm32boot
from conftest import PROJECT
from stm32boot import Board

EXAMPLE = PROJECT / "packaging/python/examples/test_firmware.py"


@pytest.fixture
def run(pytester, monkeypatch):
    """pytest with the plugin."""

    def run(*words, plugin=("-p", "stm32boot.pytest_plugin")):
        return pytester.runpytest_inprocess(*plugin, "-p", "no:cacheprovider", *words)

    return run


@pytest.fixture
def calls(monkeypatch, wrapped, pytester):
    """What stm32boot is called with."""
    monkeypatch.setenv("STM32BOOT", wrapped())
    return lambda: Path("calls.txt").read_text().splitlines()


def test_the_example_passes_on_a_virtual_board(run, app):
    result = run("--stm32boot-virtual=board.img", f"--stm32boot-image={app}", str(EXAMPLE))
    result.assert_outcomes(passed=4)
    assert stm32boot.verify(app, Board(virtual="board.img")).verified


def test_the_image_is_flashed_once_and_only_if_there_is_a_test(run, app, calls, pytester):
    pytester.makepyfile(test_a="def test_1(board): pass\ndef test_2(board): pass", test_b="def test_3(board): pass")
    run("--stm32boot-virtual=board.img", f"--stm32boot-image={app}").assert_outcomes(passed=3)
    assert [call.split()[1] for call in calls()] == ["flash"]
    pytester.makepyfile(test_a="def test_1(): pass", test_b="")
    run("--stm32boot-virtual=board.img", f"--stm32boot-image={app}").assert_outcomes(passed=1)
    assert len(calls()) == 1


def test_a_flash_that_fails_is_told_with_its_hints(run, pytester):
    pytester.makepyfile("def test_1(board): pass\ndef test_2(board): pass")
    result = run("--stm32boot-virtual=board.img", "--stm32boot-image=none.elf")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*NoInputError: *none.elf: no such file"])


def test_flash_takes_another_image_too(run, app, pytester):
    pytester.makepyfile(
        f"""
        import pytest
        def test_1(board):
            assert board.flash({str(app)!r}).verified
            assert board.restart().run.back
        def test_2(board):
            with pytest.raises(ValueError, match="--stm32boot-image"):
                board.flash()
        """
    )
    run("--stm32boot-virtual=board.img").assert_outcomes(passed=2)


CONSOLES = """
    import pytest
    @pytest.fixture(scope="module")
    def console(board):
        with board.console() as console:
            yield console
    def test_passes(console):
        console.send("version\\r")
        console.expect("virtual board\\r\\n")
    def test_fails(console):
        console.send("x\\r")
        console.expect("unknown command\\r\\n")
        assert console.readline(timeout=0.1)
    def test_fails_without(board):
        assert not board.virtual
"""


def test_the_report_of_a_failure_has_what_its_board_said(run, pytester):
    pytester.makepyfile(CONSOLES)
    result = run("--stm32boot-virtual=board.img")
    result.assert_outcomes(passed=1, failed=2)
    text = result.stdout.str()
    sections = re.findall(r"--+ Console of the board --+\n([^_]*)", text)
    assert sections == ["unknown command\n"]
    assert "NoResponseError: it did not say a line within 0.1 s" in text


def test_what_passes_shows_it_where_pytest_is_asked_to(run, pytester):
    pytester.makepyfile(CONSOLES)
    result = run("--stm32boot-virtual=board.img", "-rP", "-k", "passes")
    result.stdout.fnmatch_lines(["*- Console of the board -*", "virtual board"])
    assert "virtual board" not in run("--stm32boot-virtual=board.img", "-k", "passes").stdout.str()


def test_the_report_has_what_a_closed_console_heard(run, pytester):
    pytester.makepyfile(
        """
        def test_fails(board):
            with board.console() as console:
                console.send("version\\r")
                console.expect("board")
            assert False
        """
    )
    run("--stm32boot-virtual=board.img").stdout.fnmatch_lines(["*- Console of the board -*", "virtual board"])


def test_a_board_does_not_control_the_terminal(run, printing, monkeypatch, pytester):
    said = '{"event":"console","text":"\\u001b[2Jred\\r\\n\\tblue\\u0007"}\n'
    monkeypatch.setenv("STM32BOOT", printing(said))
    pytester.makepyfile(
        "def test_fails(board):\n    with board.console() as c:\n        c.expect('blue')\n        assert 0"
    )
    result = run("--stm32boot-virtual=board.img")
    result.stdout.fnmatch_lines(["\\x1b[[]2Jred", "*blue\\x07"])
    assert "\x1b" not in result.stdout.str() and "\x07" not in result.stdout.str()


NAMED = [
    ({}, [], "--virtual"),
    ({"usb": "9-1"}, [], "--usb=9-1"),
    ({"port": "a", "serial": "b"}, [], "--port=a --serial=b"),
    ({"usb": "9-1"}, ["--stm32boot-serial=x"], "--serial=x"),
    ({"usb": "9-1"}, ["--stm32boot-port=x", "--stm32boot-usb=1-2"], "--port=x --usb=1-2"),
]


@pytest.mark.parametrize("ini, words, expected", NAMED)
def test_the_command_line_comes_before_the_ini_file(ini, words, expected, run, calls, pytester):
    pytester.makeini("[pytest]\n" + "".join(f"stm32boot_{name} = {value}\n" for name, value in ini.items()))
    pytester.makepyfile("def test(board): board.restart()")
    run("--stm32boot-virtual=board.img", *words)
    assert calls()[0].startswith(f"--json restart {expected}")


def test_the_environment_comes_before_the_ini_file(run, calls, monkeypatch, pytester):
    monkeypatch.setenv("STM32BOOT_USB", "1-1")
    pytester.makeini("[pytest]\nstm32boot_usb = 9-1")
    pytester.makepyfile("def test(board): assert board.restart().enter.device.usb == '1-1'")
    run("--stm32boot-virtual=board.img").assert_outcomes(passed=1)
    assert calls()[0].startswith("--json restart --virtual")


def test_files_in_the_ini_file_are_beside_it(run, app, pytester):
    pytester.makeini("[pytest]\nstm32boot_image = app.bin\nstm32boot_virtual = board.img")
    pytester.makepyfile(**{"below/test_a": "def test(board): pass"})
    (pytester.path / "app.bin").write_bytes(app.read_bytes())
    os.chdir("below")
    run().assert_outcomes(passed=1)
    os.chdir("..")
    assert stm32boot.verify(app, Board(virtual="board.img")).verified


def test_an_installed_package_is_found_by_pytest(pytester, monkeypatch):
    project = (PROJECT / "packaging/python/pyproject.toml").read_text()
    name, value = re.search(r'\[project.entry-points.pytest11\]\n(\w+) = "([\w.]+)"', project).groups()
    installed = pytester.mkdir("stm32boot-0.dist-info")
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: stm32boot\nVersion: 0\n")
    (installed / "entry_points.txt").write_text(f"[pytest11]\n{name} = {value}\n")
    monkeypatch.setenv("PYTHONPATH", f"{pytester.path}:{os.environ['PYTHONPATH']}")
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    pytester.makepyfile("def test(board): assert board.restart().run.back")
    pytester.runpytest_subprocess("--stm32boot-virtual=board.img").assert_outcomes(passed=1)
