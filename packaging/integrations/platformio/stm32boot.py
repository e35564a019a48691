# With `upload_protocol = dfu`, stm32boot uploads in place of dfu-util, to the port that is chosen, if any.
# platformio.ini: extra_scripts = post:stm32boot.py
Import("env")

port = '--port "$UPLOAD_PORT" ' if env.subst("$UPLOAD_PORT") else ""
env.Replace(UPLOADCMD='stm32boot flash $UPLOAD_FLAGS ' + port + '"$BUILD_DIR/${PROGNAME}.elf"')
