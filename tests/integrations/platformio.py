# Stands in for PlatformIO: reads platformio.ini, replaces variables as SCons does and runs the command of an upload.
# usage: platformio.py INI BUILD_DIR
import configparser
import re
import subprocess
import sys


class Environment(dict):
    def Replace(self, **values):
        self.update(values)

    def subst(self, text):
        def value(found):
            name = found[1].strip("{}")
            if "." in name:
                raise SystemExit(f"SCons takes {found[0]} for an attribute")
            return self.subst(" ".join(self.get(name, "").split("\n")))

        return re.sub(r"\$([_a-zA-Z][.\w]*|{[^}]*})", value, text)


def run_script(path, env):
    names = {}
    names["Import"] = lambda name: names.update({name: env})
    with open(path) as script:
        exec(compile(script.read(), path, "exec"), names)


config = configparser.ConfigParser(interpolation=None)
config.read(sys.argv[1])
options = config[config.sections()[0]]
env = Environment(BUILD_DIR=sys.argv[2], PROGNAME="firmware")
for option in ["upload_flags", "upload_port"]:
    if option in options:
        env[option.upper()] = options[option].strip()

kind, _, script = options.get("extra_scripts", "").partition(":")
if kind == "pre":
    run_script(script, env)
# What the platform ststm32 does for each protocol.
if options["upload_protocol"] == "dfu":
    env.Replace(UPLOADER="dfu-util-of-the-platform", UPLOADCMD='$UPLOADER -a 0 "$BUILD_DIR/${PROGNAME}.bin"')
elif options["upload_protocol"] == "custom":
    env.Replace(UPLOADCMD=options["upload_command"])
if kind == "post":
    run_script(script, env)
sys.exit(subprocess.call(env.subst("$UPLOADCMD"), shell=True))
