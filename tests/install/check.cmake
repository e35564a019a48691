# Installs libsysboot into an empty prefix and builds a consumer twice: with the CMake package and with
# pkg-config; and the example in README. Given: BUILD (to install from), STAGE, SOURCE (of the consumer), README, WANTED
# (version), CXX, GENERATOR, FLAGS.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nended with ${status}\n${out}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

function(expect_greeting program)
  run("${program}")
  if(NOT out MATCHES "^sysboot ${WANTED}, [0-9]+ boards, sector at 0x8010000\n")
    message(FATAL_ERROR "${program} said: ${out}")
  endif()
endfunction()

function(expect_a_virtual_board program)
  run("${program}")
  if(NOT out MATCHES "^1-1 \\(STM32  BOOTLOADER, .*\\)\nentered\n$")
    message(FATAL_ERROR "${program} said: ${out}")
  endif()
endfunction()

file(REMOVE_RECURSE "${STAGE}")
run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${STAGE}/prefix")

run("${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${SOURCE}" -B "${STAGE}/cmake"
    "-DCMAKE_PREFIX_PATH=${STAGE}/prefix"
    "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DWANTED=${WANTED}")
run("${CMAKE_COMMAND}" --build "${STAGE}/cmake")
expect_greeting("${STAGE}/cmake/consumer")
expect_a_virtual_board("${STAGE}/cmake/consumer-test")

# README's program and its CMakeLists.txt, as they stand there.
file(READ "${README}" readme)
set(file_of_cmake CMakeLists.txt)
set(file_of_cpp main.cpp)
foreach(language cmake cpp)
  if(NOT readme MATCHES "## As a library.*```${language}\n([^`]*)```")
    message(FATAL_ERROR "${README} has no ${language} in 'As a library'")
  endif()
  file(WRITE "${STAGE}/readme/${file_of_${language}}" "${CMAKE_MATCH_1}")
endforeach()
run("${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${STAGE}/readme" -B "${STAGE}/readme/build"
    "-DCMAKE_PREFIX_PATH=${STAGE}/prefix"
    "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_CXX_FLAGS=${FLAGS}")
run("${CMAKE_COMMAND}" --build "${STAGE}/readme/build")

# As a whole, it may be moved.
file(RENAME "${STAGE}/prefix" "${STAGE}/moved")
file(GLOB_RECURSE pc "${STAGE}/moved/*/sysboot.pc")
get_filename_component(pc_dir "${pc}" DIRECTORY)
set(ENV{PKG_CONFIG_PATH} "${pc_dir}")
function(build_with_pkg_config package source program)
  run(pkg-config --cflags --libs "${package} >= ${WANTED}")
  separate_arguments(flags UNIX_COMMAND "${FLAGS} ${out}")
  run("${CXX}" -std=c++20 "${SOURCE}/${source}" ${flags} -o "${program}")
endfunction()
build_with_pkg_config(sysboot main.cpp "${STAGE}/with-pkg-config")
expect_greeting("${STAGE}/with-pkg-config")
build_with_pkg_config(sysboot-virtual main_test.cpp "${STAGE}/test-with-pkg-config")
expect_a_virtual_board("${STAGE}/test-with-pkg-config")

# Nothing but the public API and what is ours.
file(GLOB_RECURSE installed RELATIVE "${STAGE}/moved" "${STAGE}/moved/*")
foreach(file IN LISTS installed)
  if(NOT file MATCHES "^(bin/stm32boot|bin/stm32boot-virtual-board|include/sysboot/(virtual/)?[a-z0-9_]+\\.hpp|lib/.*sysboot.*|lib/udev/rules\\.d/60-stm32boot\\.rules|share/.*)$")
    message(FATAL_ERROR "installed without need: ${file}")
  endif()
endforeach()
