# Installs libsysboot into an empty prefix, builds the examples and the one in README with it, by CMake and by pkg-config,
# and runs them: on this machine only those that change nothing, the others on boards in memory. Given: BUILD (to install
# from), STAGE, SOURCE (of the examples), BOARDS (see there), README, WANTED (version), CXX, GENERATOR, FLAGS.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nended with ${status}\n${out}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

# expect(EXIT PATTERN PROGRAM ARGUMENT…)
function(expect exit pattern)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE error)
  if(NOT status EQUAL exit OR NOT "${out}${error}" MATCHES "${pattern}")
    message(FATAL_ERROR "${ARGN}\nended with ${status}, not ${exit}, and said:\n${out}${error}")
  endif()
endfunction()

file(REMOVE_RECURSE "${STAGE}")
run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${STAGE}/prefix")

run("${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${SOURCE}" -B "${STAGE}/cmake"
    "-DCMAKE_PREFIX_PATH=${STAGE}/prefix"
    "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DWANTED=${WANTED}")
run("${CMAKE_COMMAND}" --build "${STAGE}/cmake" --parallel)
expect(0 "^sysboot ${WANTED}, [0-9]+ boards\n" "${STAGE}/cmake/list_boards")
expect(0 "^entered by boot usb after 2 tries, 20480 of 20480 bytes verified, [.0-9]+ s in virtual time\n$"
       "${STAGE}/cmake/board_in_memory")

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
# build_with_pkg_config(PACKAGE PROGRAM SOURCE…): source or object files.
function(build_with_pkg_config package program)
  run(pkg-config --cflags --libs "${package} >= ${WANTED}")
  separate_arguments(flags UNIX_COMMAND "${FLAGS} ${out}")
  run("${CXX}" -std=c++20 ${ARGN} ${flags} -o "${STAGE}/${program}")
endfunction()
build_with_pkg_config(sysboot with-pkg-config "${SOURCE}/list_boards.cpp")
expect(0 "^sysboot ${WANTED}, [0-9]+ boards\n" "${STAGE}/with-pkg-config")

# In dfu-util's place, under both names.
foreach(call "stm32boot-dfu-util -V" "stm32boot dfu-util -V" "PATH=$(stm32boot shims):/bin && dfu-util -V")
  expect(0 "^dfu-util 0.11\n\nas stm32boot ${WANTED} " sh -c "PATH=$1/bin:$PATH && ${call}" sh "${STAGE}/moved")
endforeach()

# The examples that change boards, with a host in memory in place of this machine's.
build_with_pkg_config(sysboot-virtual boards.o -c "${BOARDS}")
foreach(example flash_one flash_many own_trigger)
  build_with_pkg_config(sysboot-virtual ${example}
    "${STAGE}/cmake/CMakeFiles/${example}.dir/${example}.cpp.o" "${STAGE}/boards.o")
endforeach()
# A vector table, a loop, and what virtual boards do not hold at first.
file(WRITE "${STAGE}/app.hex" ":020000040800F2\n:0C0000000000022009000008FEE700BF1D\n:00000001FF\n")

set(ENV{EXAMPLE_BOARDS} "serial=ABCDEF012345")
expect(0 "compare: 1 of 1 sector differs\n.*12 of 12 bytes verified\n$" "${STAGE}/flash_one" "${STAGE}/app.hex")
expect(0 "12 of 12 bytes verified\n$" "${STAGE}/flash_one" "${STAGE}/app.hex" /dev/ttyACM0)
expect(1 "error .no-board." "${STAGE}/flash_one" "${STAGE}/app.hex" /dev/ttyACM1)
set(ENV{EXAMPLE_BOARDS} "app-lost")
expect(1 "error .application-missing." "${STAGE}/flash_one" "${STAGE}/app.hex")
set(ENV{EXAMPLE_BOARDS} "times=none;times=none")
expect(1 "error .ambiguous-board." "${STAGE}/flash_one" "${STAGE}/app.hex")
expect(1 "error .no-input." "${STAGE}/flash_one" "${STAGE}/missing.hex")

set(ENV{EXAMPLE_BOARDS} "times=none;mode=dfu;bounces=1")
expect(0 "1-3: the application came back instead .*1-1: flashed\n.*1-3: flashed\n" "${STAGE}/flash_many" "${STAGE}/app.hex")
set(ENV{EXAMPLE_BOARDS} "times=none;lost;mode=dfu")
expect(1 "1-1: flashed\n.*1-2: board 1-2: it left the bus " "${STAGE}/flash_many" "${STAGE}/app.hex")
set(ENV{EXAMPLE_BOARDS} "")
expect(1 "^no boards found\n$" "${STAGE}/flash_many" "${STAGE}/app.hex")

set(ENV{EXAMPLE_BOARDS} "line=boot usb,no-touch")
expect(0 "^entered by boot usb\nit said: rebooting into the bootloader\n1-1 " "${STAGE}/own_trigger" /dev/ttyACM0)
set(ENV{EXAMPLE_BOARDS} "")
expect(1 "error .no-board." "${STAGE}/own_trigger" /dev/ttyACM0)

# Nothing but the public API and what is ours.
file(GLOB_RECURSE installed RELATIVE "${STAGE}/moved" "${STAGE}/moved/*")
foreach(file IN LISTS installed)
  if(NOT file MATCHES "^(bin/stm32boot(-dfu-util|-virtual-board)?|libexec/stm32boot/shims/dfu-util|include/sysboot/(virtual/)?[a-z0-9_]+\\.hpp|lib/.*sysboot.*|lib/cmake/stm32boot/stm32bootConfig(Version)?\\.cmake|lib/udev/rules\\.d/60-stm32boot\\.rules|share/.*)$")
    message(FATAL_ERROR "installed without need: ${file}")
  endif()
endforeach()
