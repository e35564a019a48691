# For the project above: a target `firmware` that builds this one, with its own compiler, into
# <build>/firmware/: blackpill.elf and guard-f411.elf, .bin, .hex and .map, and the variants that tests need. Without
# arm-none-eabi-gcc there is no such target.
find_program(ARM_NONE_EABI_GCC arm-none-eabi-gcc)
if(NOT ARM_NONE_EABI_GCC)
  message(STATUS "No arm-none-eabi-gcc: the firmware is not built")
  return()
endif()

set(STM32BOOT_FIRMWARE_DIR ${PROJECT_BINARY_DIR}/firmware)
set(firmware_images
  blackpill blackpill-guarded blackpill-ram blackpill-next blackpill-stack-offset blackpill-rtc
  blackpill-guarded-next blackpill-guarded-stack-offset blackpill-guarded-rtc
  guard-f2 guard-f401xc guard-f401xe guard-f405 guard-f411 guard-f412 guard-f446 guard-f411-stack-offset guard-f411-rtc)
list(TRANSFORM firmware_images PREPEND ${STM32BOOT_FIRMWARE_DIR}/)
list(TRANSFORM firmware_images APPEND .elf OUTPUT_VARIABLE firmware_elves)
list(TRANSFORM firmware_images APPEND .bin OUTPUT_VARIABLE firmware_binaries)
set(firmware_in_all)
if(BUILD_TESTING)
  set(firmware_in_all ALL)
endif()

# Flags that the environment has are for the host's compiler.
add_custom_target(firmware ${firmware_in_all}
  COMMAND ${CMAKE_COMMAND} -E env --unset=CFLAGS --unset=CPPFLAGS --unset=LDFLAGS
    ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR}/firmware -B ${STM32BOOT_FIRMWARE_DIR}
    -G ${CMAKE_GENERATOR} --log-level=WARNING -DCMAKE_BUILD_TYPE=MinSizeRel
    -DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/firmware/cmake/arm-none-eabi.cmake
    -DBLACKPILL_VERSION=${PROJECT_VERSION} -DBLACKPILL_VARIANTS=ON
    -DGUARD_VARIANTS=ON
  COMMAND ${CMAKE_COMMAND} --build ${STM32BOOT_FIRMWARE_DIR}
  BYPRODUCTS ${firmware_elves} ${firmware_binaries}
  COMMENT "Building the firmware"
  VERBATIM)
