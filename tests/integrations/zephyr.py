# Stands in for west: finds the runner as Zephyr does, by module.yml, and lets it flash what a build folder has.
# usage: zephyr.py MODULE BUILD_FOLDER [--file FILE] [--dev-id TEXT] [--tool-opt OPTION]...
import argparse
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import types

import yaml

module, build = sys.argv[1:3]


class RunnerCaps:
    def __init__(self, commands, dev_id=False, tool_opt=False):
        self.commands, self.dev_id, self.tool_opt = commands, dev_id, tool_opt


class ZephyrBinaryRunner:
    def __init__(self, cfg):
        self.cfg = cfg
        self.logger = logging.getLogger()

    @staticmethod
    def require(program):
        if shutil.which(program) is None:
            raise RuntimeError(f"required program {program} not found")

    @staticmethod
    def check_call(words):
        subprocess.check_call(words)


core = types.ModuleType("runners.core")
core.RunnerCaps, core.ZephyrBinaryRunner = RunnerCaps, ZephyrBinaryRunner
sys.modules["runners"], sys.modules["runners.core"] = types.ModuleType("runners"), core

with open(f"{module}/zephyr/module.yml") as text:
    settings = yaml.safe_load(text)
assert settings["name"] == "stm32boot" and os.path.isfile(f"{module}/{settings['build']['cmake']}/CMakeLists.txt")
(entry,) = settings["runners"]
spec = importlib.util.spec_from_file_location("runner", f"{module}/{entry['file']}")
loaded = importlib.util.module_from_spec(spec)
spec.loader.exec_module(loaded)
(runner,) = ZephyrBinaryRunner.__subclasses__()

caps = runner.capabilities()
assert runner.name() == "stm32boot" and caps.commands == {"flash"} and caps.dev_id and caps.tool_opt
parser = argparse.ArgumentParser()
parser.add_argument("--file")
parser.add_argument("--dev-id", help=runner.dev_id_help())
parser.add_argument("--tool-opt", action="append", help=runner.tool_opt_help())
runner.do_add_parser(parser)
args = parser.parse_args(sys.argv[3:])
cfg = types.SimpleNamespace(file=args.file, hex_file=f"{build}/zephyr.hex", elf_file=f"{build}/zephyr.elf", bin_file=None)
try:
    runner.do_create(cfg, args).do_run("flash")
except (RuntimeError, subprocess.CalledProcessError) as error:
    sys.exit(str(error))
