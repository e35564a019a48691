# SPDX-License-Identifier: GPL-3.0-or-later
"""A console hears and sends, ends what it has started, and never waits for ever."""

import gc
import re
import signal

import pytest
import stm32boot
from stm32boot import Board, console

OK = (
    '{"event":"result","schema":1,"version":"9.9.9","ok":true,"exit":0,"command":"monitor","bytes":0,"heard":null,'
    '"seconds":0,"remarks":[]}'
)
VIRTUAL = Board(virtual=True)


def said(*texts):
    return "".join('{"event":"console","text":"%s"}\n' % text for text in texts)


def process_of(one):
    return one._program._process


def test_what_is_sent_and_said():
    with stm32boot.Console(VIRTUAL) as one:
        one.send("version\r")
        assert one.expect("virtual board")[0] == "virtual board"
        assert one.readline() == ""
        one.send("a\rb\r")
        assert [line for _, line in zip(range(2), one)] == ["unknown command"] * 2
        assert one.text == "virtual board\r\n" + "unknown command\r\n" * 2


def test_a_pattern_gives_its_groups():
    with stm32boot.Console(VIRTUAL) as one:
        one.send("version\r")
        assert one.expect(re.compile(r"(\w+) (board)\r\n")).groups() == ("virtual", "board")


def test_text_is_no_pattern(printing):
    with stm32boot.Console(Board(program=printing(said("a+b aab") + OK))) as one:
        assert one.expect("a+b").start() == 0


def test_what_was_expected_does_not_count_again(printing):
    with stm32boot.Console(Board(program=printing(said("one two", " one\\n") + OK))) as one:
        assert one.expect("one").start() == 0
        assert one.expect("one").start() == 8
        with pytest.raises(stm32boot.ConsoleClosedError):
            one.expect("one")


def test_silence_has_a_deadline_and_says_what_was_said():
    with stm32boot.Console(VIRTUAL, timeout=20) as one:
        one.send("x\r")
        one.expect("unknown")
        with pytest.raises(
            stm32boot.NoResponseError, match=r"'PASS' within 0.3 s; what it said is ' command"
        ) as caught:
            one.expect("PASS", timeout=0.3)
        assert (caught.value.exit_code, caught.value.kind) == (75, "not-heard")


def test_the_timeout_of_a_console_is_for_all_of_it():
    with stm32boot.Console(VIRTUAL, timeout=0.1) as one:
        with pytest.raises(stm32boot.NoResponseError, match="it said nothing"):
            one.readline()
        with pytest.raises(stm32boot.NoResponseError):
            list(one)


def test_lines_up_to_the_end(printing):
    with stm32boot.Console(Board(program=printing(said("a\\r\\nb", "c\\n", "d") + OK))) as one:
        assert list(one) == ["a", "bc", "d"]
        assert list(one) == []
        with pytest.raises(stm32boot.ConsoleClosedError, match="has ended"):
            one.readline()


@pytest.mark.parametrize("call", [lambda one: one.expect("x"), lambda one: one.readline(), lambda one: list(one)])
def test_the_error_of_the_program_is_raised_at_once(call, wrapped):
    two = Board(program=wrapped("--virtual=2"))
    with pytest.raises(stm32boot.UsageError) as caught, stm32boot.Console(two, timeout=100) as one:
        call(one)
    assert caught.value.kind == "ambiguous-board"


def test_an_error_that_nobody_has_heard_of_is_raised_at_the_end(wrapped):
    one = stm32boot.Console(Board(program=wrapped("--virtual=2")))
    process_of(one).wait(10)
    one._reader.join(10)
    with pytest.raises(stm32boot.UsageError):
        one.close()
    one.close()


def test_it_does_not_hide_the_error_of_a_test(wrapped):
    with pytest.raises(ZeroDivisionError):
        with stm32boot.Console(Board(program=wrapped("--virtual=2"))) as one:
            process_of(one).wait(10)
            one._reader.join(10)
            raise ZeroDivisionError


def test_its_end_is_that_of_the_program():
    with stm32boot.Console(VIRTUAL) as one:
        one.send("version\r")
        one.expect("virtual")
        assert process_of(one).poll() is None
    assert process_of(one).poll() == 0 and process_of(one).stdin.closed
    assert one.is_closed and one.text.startswith("virtual")
    with pytest.raises(stm32boot.ConsoleClosedError, match="is closed"):
        one.expect("PASS")
    with pytest.raises(stm32boot.ConsoleClosedError):
        one.send("x")


def test_also_after_an_error():
    with pytest.raises(ZeroDivisionError), stm32boot.Console(VIRTUAL) as one:
        raise ZeroDivisionError
    assert process_of(one).poll() is not None


def test_one_that_nobody_closes_is_stopped():
    one = stm32boot.Console(VIRTUAL)
    process = process_of(one)
    del one
    gc.collect()
    assert process.poll() is not None


def test_a_program_that_does_not_stop_is_killed(monkeypatch, script):
    monkeypatch.setattr(console, "CLOSES_WITHIN", 0.1)
    one = stm32boot.Console(Board(program=script(f"trap '' INT; echo '{said('on').strip()}'; exec sleep 1000")))
    one.expect("on")
    one.close()
    assert process_of(one).poll() == -signal.SIGKILL


def test_one_that_does_not_read_has_a_deadline(script):
    one = stm32boot.Console(Board(program=script("exec sleep 1000")), timeout=0.1)
    with pytest.raises(stm32boot.NoResponseError, match="does not take"):
        one.send("x" * 1_000_000)
    one.close()
    assert process_of(one).poll() is not None


ECHOING = 'read -r line; printf \'{"event":"console","text":"%s"}\\n\' "$line"; ' + f"echo '{OK}'"


def test_what_ends_it_was_sent_all_the_same(script):
    with stm32boot.Console(Board(program=script(ECHOING))) as one:
        write = one._write

        def write_and_see_the_end(*arguments):
            write(*arguments)
            one._reader.join(10)

        one._write = write_and_see_the_end
        one.send("bye\n")
        one.expect("bye")
        with pytest.raises(stm32boot.ConsoleClosedError, match="has ended"):
            one.send("again\n")


def test_one_that_has_closed_its_input_is_told(script):
    with stm32boot.Console(Board(program=script(f"exec 0<&-; echo '{said('on').strip()}'; exec sleep 1000"))) as one:
        one.expect("on")
        with pytest.raises(stm32boot.ConsoleClosedError, match="does not listen"):
            one.send("x", timeout=0.1)


def test_garbage_is_an_error_and_not_silence(script):
    with pytest.raises(stm32boot.ProgramOutputError, match="hello"):
        with stm32boot.Console(Board(program=script("echo hello; exec sleep 1000")), timeout=100) as one:
            one.expect("x")


def test_text_is_utf8():
    with stm32boot.Console(VIRTUAL) as one:
        one.send("grüße\r")
        one.expect("unknown command\r\n")


def test_what_is_sent_is_utf8(script):
    with stm32boot.Console(Board(program=script(ECHOING))) as one:
        one.send("grüße\n")
        one.expect("grüße")
