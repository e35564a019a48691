# stm32boot_flash_target(TARGET [NAME flash] [ARGS option...]): a target that flashes the ELF file of the executable TARGET,
# which is built first. ARGS are options of `stm32boot flash`; STM32BOOT is the program.
find_program(STM32BOOT stm32boot HINTS "${CMAKE_CURRENT_LIST_DIR}/../../../bin" NO_CMAKE_FIND_ROOT_PATH
             DOC "The program stm32boot, which flashes STM32 boards")
if(NOT STM32BOOT)
  set(stm32boot_FOUND FALSE)
  set(stm32boot_NOT_FOUND_MESSAGE "There is no program stm32boot on the PATH; -DSTM32BOOT=FILE names one.")
  return()
endif()

function(stm32boot_flash_target target)
  cmake_parse_arguments(PARSE_ARGV 1 flash "" NAME ARGS)
  if(flash_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "stm32boot_flash_target() does not know: ${flash_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT flash_NAME)
    set(flash_NAME flash)
  endif()
  add_custom_target(${flash_NAME} USES_TERMINAL VERBATIM
                    COMMAND "${STM32BOOT}" flash ${flash_ARGS} "$<TARGET_FILE:${target}>")
endfunction()
