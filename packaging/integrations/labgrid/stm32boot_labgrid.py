# stm32boot as a driver of labgrid. In an environment: imports: [stm32boot_labgrid.py]
import logging
import subprocess
from time import sleep

import attr
from labgrid import step, target_factory
from labgrid.binding import StateError
from labgrid.driver import Driver
from labgrid.driver.exception import ExecutionError
from labgrid.protocol import BootstrapProtocol, ResetProtocol
from labgrid.util import Timeout
from labgrid.util.managedfile import ManagedFile


class Stm32bootError(ExecutionError):
    """What stm32boot said, from its error on; exit_code is one of those in stm32boot(1)."""

    def __init__(self, said, exit_code):
        super().__init__("\n".join(said), said)
        self.exit_code = exit_code

    def __str__(self):
        return f"{self.msg}\n(exit code {self.exit_code})"


@target_factory.reg_driver
@attr.s(eq=False)
class Stm32bootDriver(Driver, BootstrapProtocol, ResetProtocol):
    """Works on the board that is plugged in where its resource is, in its application or in DFU mode.

    Args:
        image (str): key in `images:` of what is flashed and verified when no file is named
    """

    # What names a USB port by its path; not every version of labgrid has all of these.
    bindings = {
        "board": {"USBFlashableDevice", "NetworkUSBFlashableDevice", "DFUDevice", "NetworkDFUDevice", "USBSerialPort"}
        & set(target_factory.resources)
    }
    image = attr.ib(default=None, validator=attr.validators.optional(attr.validators.instance_of(str)))

    def __attrs_post_init__(self):
        super().__attrs_post_init__()
        self.logger = logging.getLogger(self.display_name)
        config = self.target.env and self.target.env.config
        self.tool = (config and config.get_tool("stm32boot")) or "stm32boot"
        self.path = None

    def on_activate(self):
        # udevd tells of reboots later than the kernel: the board may just have left, as far as labgrid knows.
        timeout = Timeout(self.board.timeout)
        while self.board.path is None and not timeout.expired:
            sleep(0.05)
            self.board.poll()
        self.path = self.board.path

    @step(args=["image"])
    def flash(self, image=None):
        """Flashes an ELF, HEX, DfuSe or binary file, verifies it and waits for its application."""
        self._run("flash", self._file_there(image))

    @step(args=["image"])
    def verify(self, image=None):
        """Compares flash with the file."""
        self._run("verify", self._file_there(image))

    @step()
    def enter(self):
        """Takes the board into DFU mode."""
        self._run("enter")

    @step()
    def restart(self):
        """Restarts the application."""
        self._run("restart")

    def load(self, filename=None):
        self.flash(filename)

    def reset(self):
        self.restart()

    # Its name on the machine that the board is plugged into.
    def _file_there(self, image):
        file = ManagedFile(image or self.target.env.config.get_image_path(self.image), self.board)
        file.sync_to_resource()
        return file.get_remote_path()

    # Not only while it is active: labgrid deactivates it when it sees the board reboot.
    def _run(self, command, *image):
        if self.path is None:
            raise StateError(f"{self.display_name} has not been activated with a board")
        words = [*self.board.command_prefix, self.tool, command, f"--usb={self.path}", *image]
        self.logger.info("running %s", " ".join(words))
        said = []
        # At a terminal, which labgrid's own way of running programs has, lines are wrapped.
        with subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            for line in process.stdout:
                said.append(line.rstrip("\n"))
                self.logger.info("%s", said[-1])
        if process.returncode != 0:
            start = next((number for number, line in enumerate(said) if line.startswith("error: ")), 0)
            raise Stm32bootError(said[start:], process.returncode)
