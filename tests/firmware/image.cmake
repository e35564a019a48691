# What the target `firmware` has built: images that a chip would start, and that agree.
#
#   cmake -DIMAGE=…/blackpill -DVERSION=0.1.0 -DOBJCOPY=arm-none-eabi-objcopy -DWORK=directory
#         -P image.cmake
cmake_minimum_required(VERSION 3.22)
file(MAKE_DIRECTORY ${WORK})

# What a Cortex-M4 takes from the first words: a stack in RAM, 8-byte aligned, and a Thumb address.
file(READ ${IMAGE}.bin vectors LIMIT 8 HEX)
if(IMAGE MATCHES "-ram$")
  set(memory 0020)
else()
  set(memory 0008)
endif()
if(NOT vectors MATCHES "^f8ff0120[0-9a-f][13579bdf][0-9a-f][0-9a-f]${memory}$")
  message(SEND_ERROR "stack pointer and reset vector, little-endian: ${vectors}")
endif()

file(STRINGS ${IMAGE}.bin version REGEX "^stm32boot Black Pill ${VERSION}\r?$")
if(NOT version)
  message(SEND_ERROR "no version string ${VERSION} in ${IMAGE}.bin")
endif()

foreach(format hex elf)
  set(input_hex ihex)
  set(input_elf elf32-littlearm)
  execute_process(COMMAND ${OBJCOPY} -I ${input_${format}} -O binary ${IMAGE}.${format} ${WORK}/from_${format}.bin
    COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${IMAGE}.bin ${WORK}/from_${format}.bin
    RESULT_VARIABLE differs)
  if(differs)
    message(SEND_ERROR "${IMAGE}.${format} and .bin differ")
  endif()
endforeach()
