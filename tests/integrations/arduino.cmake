# The files in a core that knows nothing of them, and the command that Arduino makes of the recipe.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")
blocks_of(arduino sh pasted)
set(core "${WORK}/.arduino15/packages/STMicroelectronics/hardware/stm32/2.6.0")
file(WRITE "${core}/platform.txt" "tools.other.cmd=false\ntools.other.upload.pattern=\"{cmd}\" {upload.options}\n")
file(WRITE "${core}/boards.txt" "menu.upload_method=Upload method\nGenF4.name=Generic STM32F4 series\n"
     "GenF4.menu.upload_method.other=Other\nGenF4.menu.upload_method.other.upload.tool=other\n")
file(WRITE "${core}/platform.local.txt" "compiler.cpp.extra_flags=-DMINE\n")
paste_into_shell("${pasted}")
file(READ "${core}/platform.local.txt" local)
if(NOT local MATCHES "^compiler.cpp.extra_flags=-DMINE\n")
  message(FATAL_ERROR "the page's lines overwrite a platform.local.txt")
endif()
compile_app("${WORK}/with a blank/Blink.ino.elf")
expect_new_board("with a blank/Blink.ino.elf")

# upload(EXIT PATTERN METHOD PORT|none [verbose])
function(upload exit pattern method port)
  expect("${exit}" "${pattern}" "${PYTHON}" "${CMAKE_CURRENT_LIST_DIR}/arduino.py" "${core}" ${method} "${port}"
         "with a blank" Blink.ino ${ARGN})
endfunction()

upload(0 "flashed and verified: Blink.ino.elf, " stm32boot none)
expect_flashed("with a blank/Blink.ino.elf")
upload(0 "already in flash" stm32boot /dev/ttyACM9)
upload(0 "already in flash" stm32bootPort /dev/ttyACM0)
upload(69 "/dev/ttyACM9" stm32bootPort /dev/ttyACM9)
upload(64 "--port is given, but empty" stm32bootPort none)
upload(0 "firing dfu line" stm32boot none verbose)
