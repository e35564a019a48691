# SPDX-License-Identifier: GPL-3.0-or-later
"""The functions on virtual boards, and the words that they make of their arguments."""

import struct

import pytest
import stm32boot
from conftest import PROGRAM, PROJECT
from stm32boot import Board


@pytest.fixture
def board(tmp_path):
    return Board(virtual=tmp_path / "board.img")


def test_list():
    (device,) = stm32boot.list_boards(virtual=True)
    assert (device.usb, device.mode, device.ports) == ("1-1", "application", ("/dev/ttyACM0",))


def test_flash_and_what_is_there_afterwards(app, board):
    result = stm32boot.flash(app, board)
    assert result.verified and result.run.back and result.virtual
    assert (result.address, result.bytes, result.sectors_erased) == (0x08000000, app.stat().st_size, 1)
    assert result.enter.outcome == "entered" and result.json["command"] == "flash"
    again = stm32boot.flash(app, board)
    assert again.sectors_erased == 0 and again.lost is None
    assert stm32boot.verify(app, board).differences == ()
    assert stm32boot.read_bytes(0x08000004, 8, board) == app.read_bytes()[4:12]


def test_several_images_are_one(app, board, tmp_path):
    data = tmp_path / "data.bin"
    data.write_bytes(b"\xa5" * 64)
    images = [app, (data, 0x08008000)]
    result = stm32boot.flash(images, board)
    assert (result.image, result.format, result.path) == ("app.bin + data.bin", "several", None)
    assert [(one.path, one.address) for one in result.images] == [(str(app), 0x08000000), (str(data), 0x08008000)]
    assert stm32boot.read_bytes(0x08008000, 64, board) == data.read_bytes()
    assert stm32boot.verify(images, board).verified and stm32boot.info(board, image=images).images == result.images
    assert stm32boot.verify((data, 0x08008000), board).images is None
    data.write_bytes(b"\xa6" * 64)
    with pytest.raises(stm32boot.MismatchError) as caught:
        stm32boot.verify(images, board)
    assert caught.value.result["differences"][0]["image"] == "data.bin"


def test_dry_run(app, board):
    result = stm32boot.flash(app, board, dry_run=True)
    assert result.dry_run and result.verified is None
    assert result.erase == (stm32boot.Range(0x08000000, 16384),)


def test_read_into_a_file(app, board, tmp_path):
    stm32boot.flash(app, board)
    result = stm32boot.read(tmp_path / "read.bin", board, length=app.stat().st_size)
    assert result.memory == "Internal Flash" and result.run.back
    assert (tmp_path / "read.bin").read_bytes() == app.read_bytes()
    stm32boot.read(tmp_path / "read.bin", board, length=4, overwrite=True)
    assert (tmp_path / "read.bin").read_bytes() == struct.pack("<I", 0x20020000)


def test_erase(app, board):
    stm32boot.flash(app, board)
    result = stm32boot.erase(board, sectors=[0, 2])
    assert result.verified and [sector.address for sector in result.sectors] == [0x08000000, 0x08008000]
    assert stm32boot.read_bytes(0x08000000, 4, board) == b"\xff" * 4


def test_info_of_a_board_and_of_an_image(app, board):
    stm32boot.flash(app, board)
    of_board = stm32boot.info(board, image=app)
    assert of_board.chips == ("STM32F411xE",) and of_board.sectors[0].matches
    assert of_board.memories[0].parts[0].access == "rew"


def test_enter_and_run(app, board):
    stm32boot.flash(app, board)
    entered = stm32boot.enter(board)
    assert (entered.outcome, entered.device.mode) == ("entered", "dfu")
    assert stm32boot.enter(board).outcome == "already"
    assert stm32boot.run(board).device.mode == "application"
    assert stm32boot.restart(board).run.back


def test_run_in_ram(board, tmp_path):
    program = struct.pack("<II", 0x20020000, 0x20004009) + bytes(1000)
    app = tmp_path / "ram.bin"
    app.write_bytes(program)
    image = (app, 0x20004000)
    planned = stm32boot.run(board, image=image, dry_run=True)
    assert planned.dry_run and planned.left is None and planned.run.back
    result = stm32boot.run(board, image=image)
    assert result.left and result.device.mode == "application" and result.enter.outcome == "entered"
    assert (result.address, result.bytes_verified) == (0x20004000, len(program))
    with pytest.raises(stm32boot.ImageError):
        stm32boot.run(board, image=(app, 0x20002000))


def test_progress(app, board):
    seen = []
    stm32boot.flash(app, board, progress=seen.append)
    write = [p for p in seen if p.stage == "write"]
    assert [p.event for p in write[:1] + write[-1:]] == ["begin", "end"]
    assert write[0].done == 0 and write[-1].done == write[-1].total >= app.stat().st_size
    assert all(p.total == write[0].total for p in write)
    assert [p.stage for p in seen if p.event == "begin"][:4] == ["find", "enter", "compare", "erase"]


def test_stopped_in_mid_flash_the_same_call_finishes(app, wrapped, tmp_path):
    image = f"--virtual={tmp_path / 'board.img'}"
    slow = Board(program=wrapped(image, "--virtual-speed=0.5"))

    def stop(progress):
        if progress.stage == "erase":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stm32boot.flash(app, slow, progress=stop)
    board = Board(virtual=tmp_path / "board.img")
    with pytest.raises(stm32boot.MismatchError):
        stm32boot.verify(app, board)
    assert stm32boot.flash(app, board).verified


# Each call, and what the program is called with behind --json.
WORDS = [
    (lambda b: stm32boot.enter(b), "enter B E T"),
    (lambda b: stm32boot.flash("a", b), "flash B E T -- /a"),
    (
        lambda b: stm32boot.flash("a", b, address=0x08004000, full=True, keep=True, verify=False, only_flash=True),
        "flash B E T --full --keep --no-verify --only-flash --address=0x8004000 -- /a",
    ),
    (
        lambda b: stm32boot.flash("a", b, skip_blank=True, x32=True, force=True, dry_run=True, stay=True),
        "flash B E T --skip-blank --x32 --force --dry-run --stay -- /a",
    ),
    (lambda b: stm32boot.flash("a", b, wait=False), "flash B E T --no-wait -- /a"),
    (lambda b: stm32boot.flash("a", b, stamp=False), "flash B E T --no-stamp -- /a"),
    (
        lambda b: stm32boot.verify("-a", b, address=0x08004000, only_flash=True, stay=True),
        "verify B E T --only-flash --stay --address=0x8004000 -- /-a",
    ),
    (
        lambda b: stm32boot.read("a.bin", b, address=0, length=16, overwrite=True, stay=True),
        "read B E T --overwrite --stay --address=0x0 --length=0x10 -- /a.bin",
    ),
    (lambda b: stm32boot.erase(b, chip=True, verify=False, stay=True), "erase B E T --chip --no-verify --stay"),
    (lambda b: stm32boot.erase(b, sectors=[1, 3], x32=True), "erase B E T --x32 --sectors=1,3"),
    (lambda b: stm32boot.erase(b, address=16, length=32), "erase B E T --address=0x10 --length=0x20"),
    (lambda b: stm32boot.run(b, address=16, wait=False, force=True), "run B T --no-wait --force --address=0x10"),
    (
        lambda b: stm32boot.run(b, image=("a", 0x20004000), wait=False, force=True, dry_run=True),
        "run B E T --no-wait --force --dry-run -- /a@0x20004000",
    ),
    (lambda b: stm32boot.restart(b, wait=False), "restart B E T --no-wait"),
    (
        lambda b: stm32boot.info(b, image="a", address=0x08004000, only_flash=True, stay=True),
        "info B E T --only-flash --stay --address=0x8004000 -- /a",
    ),
    (lambda b: stm32boot.info(b), "info B E T"),
]
each_call = pytest.mark.parametrize("call, words", WORDS, ids=[words for _, words in WORDS])


@each_call
def test_the_program_is_called_with_these_words(call, words, script, tmp_path):
    board = Board("p", "u", "s", "f", "t", "x", tries=2, timeout=1.5, program=script('echo "$@" >calls.txt'))
    with pytest.raises(stm32boot.ProgramOutputError):
        call(board)
    words = words.replace(" B", " --port=p --usb=u --serial=s").replace(" T", " --timeout=1.5")
    words = words.replace(" E", " --firmware=f --trigger=t --text=x --tries=2").replace(" /", f" {tmp_path}/")
    assert (tmp_path / "calls.txt").read_text() == f"--json {words}\n"


@each_call
def test_the_program_knows_these_words(call, words, app, tmp_path):
    image = app.read_bytes()
    if "0x8004000" in words:  # it is linked for that
        image = image[:4] + struct.pack("<I", 0x08004009) + image[8:]
    for name in ("a", "-a"):
        (tmp_path / name).write_bytes(image)
    with pytest.raises(stm32boot.NoBoardError):
        call(Board(usb="9-9", tries=2, timeout=0.2, trigger="touch-1200", virtual=True))


def test_a_virtual_board_of_a_file_is_no_number(tmp_path):
    assert Board(virtual="3").words() == [f"--virtual={tmp_path / '3'}"]
    assert Board(virtual=True).words() == ["--virtual"]
    assert Board().words() == []


def test_the_lines_of_the_readme(app, monkeypatch, wrapped, tmp_path):
    readme = (PROJECT / "packaging/python/README.md").read_text()
    assert readme.count("\n") <= 40
    assert readme.startswith("# Python\n\n```python\nimport stm32boot\n")
    lines = readme.split("```python\n")[1].split("```")[0]
    lines = lines.replace("1-4.2", "1-1").replace("build/app.elf", str(app)).replace("1.2.0", "virtual board")
    monkeypatch.setenv("STM32BOOT", wrapped(f"--virtual={tmp_path / 'board.img'}"))
    exec(compile(lines, "README.md", "exec"), {})
    assert stm32boot.verify(app, Board(virtual=tmp_path / "board.img", program=PROGRAM)).verified
