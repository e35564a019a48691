# Builds the Black Pill's application with every choice of ways into the ROM. What is left out is not
# in the program; without any of them nothing in it can ask for the ROM.
#
#   cmake -DCOMPILER=arm-none-eabi-gcc -DNM=arm-none-eabi-nm -DFIRMWARE=firmware -DWORK=directory
#         -P triggers.cmake
cmake_minimum_required(VERSION 3.22)
file(MAKE_DIRECTORY ${WORK})

set(core -mcpu=cortex-m4 -mthumb -mfloat-abi=soft)
set(flags ${core} -std=c11 -Os -ffreestanding -ffunction-sections -fdata-sections
  -fno-tree-loop-distribute-patterns -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  -Wundef -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Werror -DSTM32F411xE
  -DBLACKPILL_VERSION="0" -I${FIRMWARE}/blackpill/src -I${FIRMWARE}/sysboot)
set(link ${core} -nostdlib -T${FIRMWARE}/blackpill/stm32f411ce.ld -Wl,--gc-sections
  -Wl,--fatal-warnings -Wl,--build-id=none)

# compile(FOLDER SOURCE… FLAGS FLAG…)
function(compile folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FLAGS")
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND ${COMPILER} ${flags} ${arg_FLAGS} -c ${arg_UNPARSED_ARGUMENTS}
    WORKING_DIRECTORY ${folder} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB_RECURSE sources ${FIRMWARE}/blackpill/src/*.c)
list(APPEND sources ${FIRMWARE}/sysboot/sysboot.c)
set(chosen)  # what the choice can change: those that include triggers.h, most by way of usb/device.h
foreach(source ${sources})
  file(STRINGS ${source} uses REGEX "^#include \"(triggers|usb/[a-z_]+)\\.h\"")
  if(uses OR source MATCHES "/usb/")
    list(APPEND chosen ${source})
  endif()
endforeach()
list(REMOVE_ITEM sources ${chosen})
compile(${WORK}/same ${sources})
file(GLOB same ${WORK}/same/*.o)

foreach(choice RANGE 15)
  set(defines)
  set(bit 1)
  foreach(trigger TOUCH LINE DETACH BUTTON)
    math(EXPR ${trigger} "(${choice} / ${bit}) % 2")
    math(EXPR bit "${bit} * 2")
    list(APPEND defines -DBLACKPILL_TRIGGER_${trigger}=${${trigger}})
  endforeach()
  compile(${WORK}/${choice} ${chosen} FLAGS ${defines})
  file(GLOB objects ${WORK}/${choice}/*.o)
  execute_process(COMMAND ${COMPILER} ${link} ${same} ${objects} -lgcc -o ${WORK}/${choice}/program.elf
    COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${NM} ${WORK}/${choice}/program.elf OUTPUT_VARIABLE names
    COMMAND_ERROR_IS_FATAL ANY)
  foreach(pair "${choice}:reboot_into_rom" "${DETACH}:usb_dfu_request" "${BUTTON}:board_button_held")
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 wanted)
    list(GET pair 1 name)
    if(names MATCHES " ${name}\n")
      set(there 1)
    else()
      set(there 0)
    endif()
    if((wanted AND NOT there) OR (there AND NOT wanted))
      message(SEND_ERROR "${defines}: ${name} is there: ${there}, wanted: ${wanted}")
    endif()
  endforeach()
endforeach()
