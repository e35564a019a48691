# Stands in for Arduino: merges properties, expands {names} in the recipe of an upload to GenF4 and runs it, as Arduino's
# platform specification says. All boards of boards.local.txt must have what GenF4 has.
# usage: arduino.py CORE METHOD PORT BUILD_PATH PROJECT_NAME [verbose]
import re
import shlex
import subprocess
import sys

core, method, port, build_path, project_name = sys.argv[1:6]


def properties(*files):
    found = {}
    for file in files:
        with open(f"{core}/{file}") as lines:
            for line in lines:
                if line.strip() and not line.startswith("#"):
                    name, value = line.rstrip("\n").split("=", 1)
                    found[name] = value
    return found


def below(prefix, values):
    return {name[len(prefix):]: value for name, value in values.items() if name.startswith(prefix)}


added = properties("boards.local.txt")
boards = sorted({name.split(".")[0] for name in added})
for board in boards:
    if below(f"{board}.", added) != below("GenF4.", added):
        sys.exit(f"{board} does not have the lines of GenF4")
if len(boards) < 15:
    sys.exit(f"only {boards}")

platform = properties("platform.txt", "platform.local.txt")
board = below("GenF4.", properties("boards.txt", "boards.local.txt"))
chosen = f"menu.upload_method.{method}"
values = {**platform, **board, **below(f"{chosen}.", board)}
values.update(below(f"tools.{values['upload.tool']}.", platform))
values.update({"build.path": build_path, "build.project_name": project_name, "serial.port": "" if port == "none" else port})
values["upload.verbose"] = values["upload.params." + ("verbose" if "verbose" in sys.argv[6:] else "quiet")]
if not board[chosen] or not values["upload.protocol"]:
    sys.exit(f"{chosen} has no name or no protocol")

command = values["upload.pattern"]
for _ in range(10):
    command = re.sub(r"{([\w.]+)}", lambda found: values.get(found[1], found[0]), command)
if "{" in command:
    sys.exit(f"not expanded: {command}")
sys.exit(subprocess.call(shlex.split(command)))
