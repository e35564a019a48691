# Runs a job in LAVA itself: its dispatcher, without a server, on the device that the page describes.
# usage: lava_job.py PAGES LAVA IMAGE     in an empty folder
import os
import re
import sys

import jinja2
import yaml

pages, lava, image = sys.argv[1:]
here = os.getcwd()


def write(name, text):
    with open(name, "w") as file:
        file.write(text)


def replaced(text, *pairs):
    for old, new in pairs:
        if old not in text:
            sys.exit(f"'{old}' is not on the page")
        text = text.replace(old, new)
    return text


with open(f"{pages}/lava/README.md") as page:
    text = page.read()
if text.count("\n") > 20:
    sys.exit("the page is longer than 20 lines")
dictionary, actions = re.fullmatch(r"# LAVA\n\n```jinja\n([^`]*)```\n.*```yaml\n([^`]*)```\n.*", text, re.S).groups()

templates = jinja2.Environment(
    autoescape=False, trim_blocks=True, loader=jinja2.FileSystemLoader(f"{lava}/usr/share/lava-server/device-types")
)
device = replaced(dictionary, ("1-4.2", "1-2"))
write("device.yaml", templates.from_string(device).render())
job = {
    "device_type": "stm32-carbon",
    "job_name": "flash",
    "priority": "medium",
    "visibility": "public",
    "timeouts": {"job": {"minutes": 10}, "action": {"minutes": 4}, "connection": {"minutes": 4}},
    "actions": yaml.safe_load(replaced(actions, ("http://lab/app.elf", f"file://{image}"))),
}
write("job.yaml", yaml.safe_dump(job))
write("dispatcher.yaml", f"prefix: {here}/job-\n")
write("guestfs.py", "")  # for images of disks

os.environ["PYTHONPATH"] = f"{lava}/usr/lib/python3/dist-packages:{here}"
command = [sys.executable, f"{lava}/usr/bin/lava-run", "--job-id=1", f"--output-dir={here}/out"]
os.execv(sys.executable, command + ["--device=device.yaml", "--dispatcher=dispatcher.yaml", "job.yaml"])
