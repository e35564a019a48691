# For the project above: guard for each line of chips, in ${guard_images_source}, a C++ file for the table of
# apps/stm32boot/commands/guard_images.hpp. Without arm-none-eabi-gcc the table is empty, and `stm32boot guard
# install` has to be given a file.
find_program(ARM_NONE_EABI_GCC arm-none-eabi-gcc)
set(guard_images_source ${PROJECT_BINARY_DIR}/guard_images.cpp)
set(guard_names guard-f2 guard-f401xc guard-f401xe guard-f405 guard-f411 guard-f412 guard-f446)
set(guard_dir ${PROJECT_BINARY_DIR}/guard)
set(make_guards)
set(guard_sources)
if(ARM_NONE_EABI_GCC)
  # Flags that the environment has are for the host's compiler.
  set(make_guards
    COMMAND ${CMAKE_COMMAND} -E env --unset=CFLAGS --unset=CPPFLAGS --unset=LDFLAGS
      ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR}/firmware -B ${guard_dir} -G ${CMAKE_GENERATOR} --log-level=WARNING
      -DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/firmware/cmake/arm-none-eabi.cmake
    COMMAND ${CMAKE_COMMAND} --build ${guard_dir} --target ${guard_names})
  file(GLOB guard_sources CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/firmware/guard/* ${PROJECT_SOURCE_DIR}/firmware/guard/src/* ${PROJECT_SOURCE_DIR}/firmware/sysboot/*.h)
else()
  message(STATUS "No arm-none-eabi-gcc: stm32boot has no guard in it")
  set(guard_names)
endif()
add_custom_command(OUTPUT ${guard_images_source}
  ${make_guards}
  COMMAND ${CMAKE_COMMAND} -DDIR=${guard_dir} "-DNAMES=${guard_names}" -DOUT=${guard_images_source}
    -P ${CMAKE_CURRENT_LIST_DIR}/guard_images_source.cmake
  DEPENDS ${guard_sources} ${CMAKE_CURRENT_LIST_DIR}/guard_images_source.cmake
  COMMENT "Building guard"
  VERBATIM)
