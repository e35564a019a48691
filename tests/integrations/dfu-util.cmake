# The line of the page with a Makefile that knows one name only. Which calls programs make is a table of its own, in cli and
# e2e.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")
file(WRITE "${WORK}/bin/stm32boot" "#!/bin/sh\nexec '${STM32BOOT}' \"$@\"\n")  # whose board does not matter
blocks_of(dfu-util sh pasted)
file(WRITE "${WORK}/Makefile" "flash:\n\tdfu-util -V\n")
paste_into_shell("${pasted}")
expect(0 "\ndfu-util 0.11\n\nas stm32boot ${VERSION} understands it" sh pasted.sh)
