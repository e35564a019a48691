# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that are missing, too old, killed or stopped, that print something else or never end."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import stm32boot
from conftest import PROGRAM, PROJECT
from stm32boot import Board, _program

OK = '{"event":"result","schema":1,"version":"9.9.9","ok":true,"exit":0,"command":"list","items":[],"remarks":[]}'


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("name", ["no-such-program", "./app.bin", "."])
def test_what_cannot_be_started(name, app):
    with pytest.raises(stm32boot.ProgramNotFoundError, match="STM32BOOT") as caught:
        stm32boot.list_boards(program=name)
    assert caught.value.context == name and caught.value.exit_code is None


def test_the_variable_names_the_program(monkeypatch, printing):
    monkeypatch.setenv("STM32BOOT", printing(OK))
    assert stm32boot.list_boards() == ()


def test_what_is_named_comes_before_the_variable(monkeypatch, printing):
    monkeypatch.setenv("STM32BOOT", "no-such-program")
    assert stm32boot.list_boards(program=printing(OK)) == ()


def test_without_both_it_is_that_on_the_path(monkeypatch, script, tmp_path):
    script(f"echo '{OK}'", "stm32boot")
    monkeypatch.delenv("STM32BOOT")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert stm32boot.list_boards() == ()


@pytest.mark.parametrize("schema, word", [('"schema":0,', "too old"), ("", "too old"), ('"schema":2,', "too new")])
def test_another_schema_says_who_has_to_be_updated(schema, word, printing):
    program = printing(OK.replace('"schema":1,', schema))
    with pytest.raises(stm32boot.ProgramVersionError, match=word) as caught:
        stm32boot.list_boards(program=program)
    assert caught.value.result["version"] == "9.9.9"


def test_fields_and_events_of_a_newer_program_are_ignored(printing):
    newer = OK.replace('"items":[]', '"items":[],"more":{"a":1}')
    assert stm32boot.list_boards(program=printing('{"event":"new","a":1}\n' + newer)) == ()


def test_one_that_is_killed(script):
    with pytest.raises(stm32boot.ProgramKilledError, match="SIGKILL") as caught:
        stm32boot.list_boards(program=script("kill -KILL $$"))
    assert caught.value.exit_code == -signal.SIGKILL


def test_one_that_is_killed_after_its_result(script):
    with pytest.raises(stm32boot.ProgramKilledError) as caught:
        stm32boot.list_boards(program=script(f"echo '{OK}'; kill -TERM $$"))
    assert caught.value.result["ok"]


@pytest.mark.parametrize("line", ["hello", "[1]", '"text"', "{}", '{"event":1}', '{"event":"result"', "\udcff", " "])
def test_garbage_is_quoted(line, script, tmp_path):
    (tmp_path / "line").write_bytes(os.fsencode(line) + b"\n")
    with pytest.raises(stm32boot.ProgramOutputError, match="stm32boot-json"):
        stm32boot.list_boards(program=script("cat line"))


def test_garbage_without_end_is_stopped():
    with pytest.raises(stm32boot.ProgramOutputError, match="json"):
        stm32boot.list_boards(program="yes")


@pytest.mark.parametrize("status", [0, 1, 64])
def test_no_result(status, script):
    with pytest.raises(stm32boot.ProgramOutputError, match=f"status {status} and without a result") as caught:
        stm32boot.list_boards(program=script(f"echo 'what it says' >&2; exit {status}"))
    assert "what it says" in str(caught.value) and caught.value.exit_code == status


@pytest.mark.parametrize(
    "result, status",
    [
        (OK, 1),
        (OK.replace('"ok":true,"exit":0', '"ok":false,"exit":64,"error":{"kind":"usage","text":"t"}'), 65),
        (OK.replace('"exit":0', '"exit":64'), 64),
        (OK.replace('"ok":true', '"ok":false'), 0),
        (OK.replace("true", "false").replace(":0", ":64"), 64),
    ],
    ids=["status", "other status", "ok", "not ok", "no error"],
)
def test_contradictions(result, status, printing):
    with pytest.raises(stm32boot.ProgramOutputError, match=f"status {status}"):
        stm32boot.list_boards(program=printing(result, status))


def test_a_result_that_lacks_a_field(printing):
    with pytest.raises(stm32boot.ProgramOutputError, match="items is missing"):
        stm32boot.list_boards(program=printing(OK.replace('"items":[],', "")))


def test_an_unknown_status_keeps_what_is_said(printing):
    error = '"error":{"kind":"new","text":"melted","context":"board 1-1","hints":[]}'
    result = OK.replace('"ok":true,"exit":0', f'"ok":false,"exit":99,{error}')
    with pytest.raises(stm32boot.UnknownExitError, match="melted.*99") as caught:
        stm32boot.list_boards(program=printing(result, 99))
    assert (caught.value.kind, caught.value.exit_code) == ("new", 99)


def test_much_on_standard_error_does_not_block_it(script):
    assert stm32boot.list_boards(program=script(f"head -c 1000000 /dev/zero >&2; echo '{OK}'")) == ()


def test_one_that_closes_its_output_and_stays(monkeypatch, script, tmp_path):
    monkeypatch.setattr(_program, "ENDS_WITHIN", 0.1)
    program = script(f"echo $$ >pid; echo '{OK}'; exec sleep 1000 >/dev/null 2>&1")
    with pytest.raises(stm32boot.ProgramOutputError, match="does not end"):
        stm32boot.list_boards(program=program)
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_notes_are_logged(printing, caplog):
    caplog.set_level(logging.INFO, "stm32boot")
    note = '{"event":"note","level":"%s","text":"%s"}\n'
    stm32boot.list_boards(program=printing(note % ("warning", "careful") + note % ("info", "by the way") + OK))
    assert [(r.levelname, r.message) for r in caplog.records] == [("WARNING", "careful"), ("INFO", "by the way")]


STOPPED = OK.replace('"ok":true,"exit":0', '"ok":false,"exit":130,"error":{"kind":"interrupted","text":"stopped"}')
WAITING = f"""#!{sys.executable} -IS
import os, signal
def wait():
    name = signal.Signals(signal.sigwait(signals)).name
    print(name, file=open("stopped", "a"))
    return name
signals = {{signal.SIGINT, signal.SIGTERM}}
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
print(os.getpid(), file=open("pid", "w"))
print('{{"event":"begin","stage":"find","total":0}}', flush=True)
%s
wait()
print('{STOPPED}', flush=True)
os._exit(130)
"""


@pytest.fixture
def waiting(tmp_path):
    """A program that waits until it is interrupted, and notes that."""

    def write(first="", change=lambda text: text):
        path = tmp_path / "waiting"
        path.write_text(change(WAITING % first))
        path.chmod(0o755)
        return str(path)

    return write


@pytest.fixture
def late(monkeypatch, tmp_path):
    """All deadlines have passed as soon as that program waits."""

    class Clock:
        @staticmethod
        def monotonic():
            return time.monotonic() + (1e6 if (tmp_path / "pid").exists() else 0)

    monkeypatch.setattr(_program, "time", Clock)


def test_the_deadline_stops_it_as_ctrl_c_does(waiting, late, tmp_path):
    with pytest.raises(stm32boot.DeadlineError, match="within 99.5 s") as caught:
        stm32boot.enter(Board(program=waiting(), deadline=99.5))
    assert isinstance(caught.value, TimeoutError)
    assert (tmp_path / "stopped").read_text() == "SIGINT\n"
    assert caught.value.result["error"]["kind"] == "interrupted"


def test_events_without_end_have_a_deadline_too(script):
    event = '{"event":"progress","stage":"find","done":0}'
    with pytest.raises(stm32boot.DeadlineError):
        stm32boot.enter(Board(program=script(f"exec yes '{event}'"), deadline=0.1))


def test_what_was_done_just_before_the_deadline_is_done(waiting, late):
    program = waiting(change=lambda text: text.replace(STOPPED, OK).replace("130", "0"))
    with pytest.raises(stm32boot.ProgramOutputError, match="outcome is missing"):  # it is a result of list
        stm32boot.enter(Board(program=program))


def test_one_that_does_not_stop_is_killed(monkeypatch, waiting, late, tmp_path):
    monkeypatch.setattr(_program, "STOPS_WITHIN", 0.1)
    with pytest.raises(stm32boot.DeadlineError):
        stm32boot.enter(Board(program=waiting("wait()")))
    assert not is_running(int((tmp_path / "pid").read_text()))


def interrupted_by(first, waiting, tmp_path):
    """What the program was told, and whether it is still running, after it has sent Ctrl-C to the test."""
    program = waiting("while not os.path.exists('go'): pass\n" + first)
    with pytest.raises(KeyboardInterrupt):
        stm32boot.enter(Board(program=program), progress=lambda _: (tmp_path / "go").touch())
    return (tmp_path / "stopped").read_text(), is_running(int((tmp_path / "pid").read_text()))


TO_PARENT = "os.kill(os.getppid(), signal.SIGINT)"


def test_ctrl_c_is_passed_on_once_and_waited_for(waiting, tmp_path):
    assert interrupted_by(TO_PARENT, waiting, tmp_path) == ("SIGINT\n", False)


def test_the_second_ctrl_c_kills_it(waiting, tmp_path):
    assert interrupted_by(f"{TO_PARENT}; wait(); {TO_PARENT}", waiting, tmp_path) == ("SIGINT\n", False)


def test_a_ctrl_c_while_it_starts_stops_it_too(waiting, monkeypatch, tmp_path):
    def start(_):
        while not (tmp_path / "pid").exists():
            pass
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(KeyboardInterrupt):
        stm32boot.enter(Board(program=waiting()))
    assert (tmp_path / "stopped").read_text() == "SIGINT\n"


def test_a_ctrl_c_of_the_terminal_does_not_reach_it_twice(script, tmp_path):
    session = "import os; print(os.getsid(0), end='')"
    stm32boot.list_boards(program=script(f"{sys.executable} -IS -c \"{session}\" >session; echo '{OK}'"))
    assert (tmp_path / "session").read_text() != str(os.getsid(0))


def test_with_sigint_ignored_it_is_told_by_sigterm(waiting, late, tmp_path):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(stm32boot.DeadlineError):
            stm32boot.enter(Board(program=waiting()))
    finally:
        signal.signal(signal.SIGINT, before)
    assert (tmp_path / "stopped").read_text() == "SIGTERM\n"


def test_an_error_of_the_callback_stops_it_and_is_raised(waiting, tmp_path):
    def progress(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stm32boot.enter(Board(program=waiting()), progress=progress)
    assert (tmp_path / "stopped").read_text() == "SIGINT\n"


def test_nothing_but_the_standard_library_is_loaded():
    code = "import sys, stm32boot; sys.exit('pytest' in sys.modules)"
    folder = str(PROJECT / "packaging/python")
    subprocess.run([sys.executable, "-IB", "-c", f"import sys; sys.path.insert(0, {folder!r}); {code}"], check=True)


def test_nothing_is_left_open(script):
    code = f"import stm32boot; stm32boot.list_boards(virtual=True, program={PROGRAM!r})"
    words = [sys.executable, "-X", "dev", "-W", "error", "-c", code]
    done = subprocess.run(words, stderr=subprocess.PIPE, check=True)
    assert done.stderr == b""
