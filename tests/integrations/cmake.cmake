# A project for ARM finds the installed package by the PATH alone and flashes with the lines of the page.
include("${CMAKE_CURRENT_LIST_DIR}/support.cmake")
expect(0 "" "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}" --component integrations)
blocks_of(cmake cmake pasted)
list(JOIN app_flags " " flags)

# configure(EXIT PATTERN LINES [OPTION...]): the project with these lines at its end.
function(configure exit pattern lines)
  file(REMOVE_RECURSE "${WORK}/build")
  file(WRITE "${WORK}/project/CMakeLists.txt"
       "cmake_minimum_required(VERSION 3.22)\nproject(example LANGUAGES C)\n"
       "add_executable(app ${app_sources}/app.c)\ntarget_link_options(app PRIVATE ${flags})\n"
       "target_compile_options(app PRIVATE -mcpu=cortex-m4 -mthumb)\n${lines}")
  expect("${exit}" "${pattern}" "${CMAKE_COMMAND}" -G Ninja -S project -B build
         "-DCMAKE_TOOLCHAIN_FILE=${PROJECT}/firmware/cmake/arm-none-eabi.cmake" ${ARGN})
endfunction()

configure(0 "" "${pasted}stm32boot_flash_target(app NAME all_of_it ARGS --full)\n")
compile_app("${WORK}/same.elf")
expect_new_board(same.elf)
expect(0 "flashed and verified: app, " "${CMAKE_COMMAND}" --build build --target flash)
expect_flashed(build/app)
expect(0 "already in flash, verified: app, " "${CMAKE_COMMAND}" --build build --target flash)
expect(0 "flashed and verified: app, " "${CMAKE_COMMAND}" --build build --target all_of_it)

file(READ "${WORK}/build/build.ninja" ninja)
if(NOT ninja MATCHES "bin/stm32boot flash [^\n]*\n(  [^\n]*\n)*  pool = console\n")
  message(FATAL_ERROR "the target does not use the terminal")
endif()

configure(0 "" "find_package(stm32boot ${VERSION} EXACT REQUIRED)\n")
configure(1 "does not know: OPTIONS" "${pasted}stm32boot_flash_target(app NAME other OPTIONS --full)\n")
configure(1 "There is no program stm32boot on the PATH" "${pasted}" -DSTM32BOOT=)
