# The lines of labgrid's page in labgrid itself: its target, one that has a serial port, and one on an exporter, each
# with the board at port path 1-2. Says which one it has flashed, and waits for a line.
# usage: labgrid_bench.py PAGES STM32BOOT MAIN_IMAGE SERIAL_IMAGE EXPORTER_IMAGE
import re
import sys
from types import SimpleNamespace

from labgrid import Environment
from labgrid.binding import StateError
from labgrid.driver.exception import ExecutionError
from labgrid.protocol import BootstrapProtocol, ResetProtocol
from labgrid.remote.exporter import exports
from labgrid.resource.remote import RemotePlaceManager

pages, program, main_image, serial_image, exporter_image = sys.argv[1:]
APPLICATION, ROM = "5740", "df11"
ID_PATH = "platform-vhci_hcd.0-usb-0:2"


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what} is {found!r}, not {wanted!r}")


def expect_mode(product_id):
    with open("/sys/bus/usb/devices/1-2/idProduct") as file:
        expect("the product ID", file.read().strip(), product_id)


def expect_error(exit_code, words, action):
    try:
        action()
    except ExecutionError as error:
        expect("the exit code", error.exit_code, exit_code)
        if not str(error).startswith(f"error: {words}"):
            sys.exit(f"the error does not say '{words}': {error}")
    else:
        sys.exit(f"no error: {words}")


def pasted():
    with open(f"{pages}/labgrid/README.md") as page:
        text = page.read()
    if text.count("\n") > 20:
        sys.exit("the page is longer than 20 lines")
    return re.fullmatch(r"# labgrid\n\n```yaml\n([^`]*)```\n.*", text, re.S)[1]


def replaced(text, **pairs):
    for old, new in pairs.values():
        expect(f"how often '{old}' is there", text.count(old), 1)
        text = text.replace(old, new)
    return text


def environment():
    text = replaced(
        pasted(),
        folder=("/usr/share/stm32boot/integrations", pages),
        place=("pci-0000:00:14.0-usb-0:4.2", ID_PATH),
        image=("build/app.elf", f"{main_image}, serial: {serial_image}, exporter: {exporter_image}"),
    )
    main = re.search("^  main:\n(    .*\n)*", text, re.M)[0]
    serial = replaced(
        main,
        name=("main:", "serial:"),
        resource=("USBFlashableDevice: {", "USBFlashableDevice: {name: board, "),
        port=("    drivers:", f"      USBSerialPort: {{name: port, match: {{'@ID_PATH': '{ID_PATH}'}}}}\n    drivers:"),
        driver=("{image: firmware}", "{image: serial, bindings: {board: port}}"),
    )
    exporter = replaced(
        re.sub("USBFlashableDevice: .*", "RemotePlace: {name: bench}", main),
        name=("main:", "exporter:"),
        driver=("{image: firmware}", "{image: exporter}"),
    )
    return text.replace(main, main + serial + exporter) + f"tools: {{stm32boot: {program}}}\n"


def start_exporter():
    """What a coordinator passes on; the exporter, and what becomes of it here, are labgrid's own."""
    entry = {"cls": "USBFlashableDevice", "params": {"match": {"ID_PATH": ID_PATH}}}
    exported = exports["USBFlashableDevice"]({**entry, "acquired": None, "avail": False}, host="bench")
    exported.poll()
    manager = RemotePlaceManager.get()
    manager.env = None
    manager.loop = SimpleNamespace(is_running=lambda: True)
    manager.session = SimpleNamespace(get_place=str, get_target_resources=lambda place: {place: exported})


def flash(target):
    driver = target.get_driver("Stm32bootDriver")
    expect_mode(APPLICATION)
    driver.flash()
    expect_mode(APPLICATION)
    print(f"flashed {target.name}", flush=True)
    sys.stdin.readline()
    return driver


start_exporter()
with open("/tmp/bus/environment.yaml", "w") as file:
    file.write(environment())
bench = Environment("/tmp/bus/environment.yaml")

target = bench.get_target()
try:
    target.get_driver("Stm32bootDriver", activate=False).enter()
    sys.exit("it works before it is activated")
except StateError:
    expect_mode(APPLICATION)
driver = flash(target)
target.deactivate(driver.board)  # as labgrid does when it sees a reboot
expect("what strategies flash with", target.get_driver(BootstrapProtocol, activate=False), driver)
expect("what strategies reset with", target.get_driver(ResetProtocol, activate=False), driver)
driver.verify()
driver.enter()
expect_mode(ROM)
driver.restart()
expect_mode(APPLICATION)
expect_error(76, "board 1-2: flash differs", lambda: driver.verify(serial_image))
expect_error(65, "bad.bin: ", lambda: driver.load("/tmp/bus/bad.bin"))

driver = flash(bench.get_target("serial"))
# The board has left, and that it is back is still to be read.
device, driver.board.device = driver.board.device, None
driver.board.manager.queue.put(device)
driver.on_activate()
expect("the place", driver.path, "1-2")

flash(bench.get_target("exporter"))
